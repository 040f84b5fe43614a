"""Who was asked, and which share of them answered."""

from collections.abc import Iterator, Sequence
from datetime import date

from exporter.facts import Sample
from exporter.sources.surveys import metrics
from exporter.sources.surveys.answers import Response
from exporter.sources.surveys.config import SurveyConfig

__all__ = ["rate_samples"]


def rate_samples(config: SurveyConfig, responses: Sequence[Response], first: date, last: date, window: str) -> Iterator[Sample]:
    """The people invited from the day `first` to the day `last` (UTC), and the share of them that the responses are.

    The share over one channel is not given where fewer than `min_group` people were invited over it: it would tell who answered.
    """
    if not config.invitations:
        return
    where = {"survey": config.survey, "window": window}
    invitations = [invitation for invitation in config.invitations if first <= invitation.date <= last]
    invited = sum(invitation.count for invitation in invitations)
    yield metrics.INVITATIONS.sample(invited, **where)
    if invited:
        yield metrics.RESPONSE_RATIO.sample(len(responses) / invited, **where)
    if config.channel is None:
        return
    for channel in sorted({invitation.channel for invitation in invitations if invitation.channel is not None}):
        asked = sum(invitation.count for invitation in invitations if invitation.channel == channel)
        if asked >= config.min_group:
            answered = sum(response.channel == channel for response in responses)
            yield metrics.CHANNEL_RESPONSE_RATIO.sample(answered / asked, channel=channel, **where)
