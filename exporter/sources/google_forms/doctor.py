"""Whether the service account and the forms fit the configuration. Titles and answers are not told."""

from collections.abc import Iterable, Iterator, Mapping

from exporter.errors import UpstreamError
from exporter.sources.base import Finding, Tools
from exporter.sources.google_forms.config import FormConfig
from exporter.sources.google_forms.form import Offered
from exporter.sources.google_forms.questions import Unread, match, unoffered
from exporter.sources.google_forms.service import Service

__all__ = ["examined"]


def examined(forms: Iterable[FormConfig], service: Service, tools: Tools) -> Iterator[Finding]:
    """The account first, which without a token makes all else idle, then every form with its questions by id. Raises nothing."""
    try:
        service.token(tools)
    except UpstreamError as error:
        yield Finding("google service account", False, str(error))
        return
    yield Finding("google service account", True, "Google gives it a token")
    for config in forms:
        yield from _form(config, service, tools)


def _form(config: FormConfig, service: Service, tools: Tools) -> Iterator[Finding]:
    subject = f"google form of {config.survey}"
    try:
        form = service.form(config.id, tools)
        next(service.responses(config.id, tools.clock(), tools), None)
    except UpstreamError as error:
        yield Finding(subject, False, str(error))
        return
    listed = ", ".join(f"{question_id} ({offered})" for question_id, offered in form.items())
    yield Finding(subject, True, f"can be read; its questions: {listed}" if listed else "can be read, and has no question yet")
    for question_id, why in _problems(config, form):
        yield Finding(f"{subject}, question {question_id}", False, why)


def _problems(config: FormConfig, form: Mapping[str, Offered]) -> Iterator[tuple[str, str]]:
    for question_id, matched in match(config, form).items():
        if isinstance(matched, Unread):
            yield question_id, matched.why
        else:
            for word in unoffered(matched, form[question_id]):
                yield question_id, f"the form has no option for {word}; write its text as it stands in the form"
