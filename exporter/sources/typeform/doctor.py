"""Whether the token and the forms fit the configuration. Titles, options and answers are not shown."""

from collections.abc import Iterator
from datetime import datetime

from exporter.document import did_you_mean
from exporter.errors import UpstreamError
from exporter.sources.base import Finding, Tools
from exporter.sources.typeform.config import FormConfig, TypeformConfig
from exporter.sources.typeform.form import Form
from exporter.sources.typeform.questions import MISSING, Unread, hidden_fields, match
from exporter.sources.typeform.service import Service

__all__ = ["examined"]


def examined(config: TypeformConfig, tools: Tools, now: datetime) -> Iterator[Finding]:
    """What is right and wrong with each form: whether it is seen, whether its questions fit, whether its responses are seen."""
    service = Service(config)
    for form in config.forms:
        subject = f"typeform form {form.id}"
        try:
            seen = service.form(form.id, tools)
            service.page(form.id, now, (), tools, size=1)
        except UpstreamError as error:
            yield Finding(subject, False, str(error))
            if error.status == 401:
                return
            continue
        yield Finding(f"{subject} responses", True, "the token may read them")
        yield from _examined(subject, form, seen)


def _examined(subject: str, config: FormConfig, form: Form | None) -> Iterator[Finding]:
    mapped, unread = match(config, form)
    if form is None:
        without = "without it, kinds and scales must be configured, and nothing tells whether the questions are there"
        yield Finding(subject, False, f"the token lacks the scope forms:read; {without}")
    asked = len(config.questions)
    yield Finding(f"{subject} questions", not unread, f"{len(mapped)} of {asked} can be read")
    for question in unread:
        yield Finding(f"{subject} question {question.key}", False, _why(question, form))
    for place in hidden_fields(config):
        if form is not None and place not in form.hidden:
            yield Finding(f"{subject} hidden field {place}", False, f"the form has none; {did_you_mean(place, form.hidden)}")


def _why(question: Unread, form: Form | None) -> str:
    if form is None or question.why != MISSING:
        return question.why
    return f"{question.why}; {did_you_mean(question.key, form.references())}"
