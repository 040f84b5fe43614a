"""What the comments of an issue tell: who answered first, and when. People are looked at here, and go no further."""

from collections.abc import Iterable
from typing import NamedTuple

from exporter.sources.github.issues.answers import Comment
from exporter.sources.github.people import MAINTAINERS, Actor, is_bot, is_other_person

__all__ = ["ENOUGH", "Thread"]

ENOUGH = 2
"""Answers that are counted: whether there was one only is all that figures ask."""


class Thread(NamedTuple):
    """What has been read of the comments of an issue; moments are seconds since 1970.

    `answered` is the first comment by a person who is not the author, `by_maintainer` whether a maintainer wrote it, and
    `answers` how many such comments there are, up to ENOUGH. `maintainer` is the first of them by a maintainer. `maintained` says
    whether any maintainer has commented, the author among them, `joined` when first. `again` is the second answer. Hidden
    comments do not count.
    """

    answered: int | None = None
    by_maintainer: bool = False
    answers: int = 0
    maintainer: int | None = None
    maintained: bool = False
    again: int | None = None
    joined: int | None = None

    def after(self, comments: Iterable[Comment], author: Actor | None, bots: frozenset[str]) -> "Thread":
        """The thread with further comments, in the order in which they were written."""
        thread = self
        for comment in comments:
            if not comment.is_minimized and not is_bot(comment.author, bots):
                thread = thread._with(comment, is_other_person(comment.author, author, bots))
        return thread

    def decided(self, *, closed: bool, report: bool) -> bool:
        """Whether further comments would change no figure about the issue as it is now.

        Of an open issue only the first answer counts, and of a security `report` the first by a maintainer as well. When an issue
        is closed or labelled, it is read anew.
        """
        if self.answered is None or (report and self.maintainer is None):
            return False
        return not closed or (self.answers >= ENOUGH and self.maintainer is not None)

    def then(self, moment: int) -> "Thread":
        """The thread as it was at a moment, where enough has been read to tell."""
        if self.answered is None or self.answered > moment:
            return Thread(maintained=_by(self.joined, moment), joined=self.joined)
        return self._replace(
            answers=self.answers if _by(self.again, moment) else 1,
            maintainer=self.maintainer if _by(self.maintainer, moment) else None,
            maintained=_by(self.joined, moment),
        )

    def _with(self, comment: Comment, answers: bool) -> "Thread":
        at = int(comment.created_at.timestamp())
        maintains = comment.author_association in MAINTAINERS
        thread = self._replace(
            maintained=self.maintained or maintains, joined=at if maintains and not self.maintained else self.joined
        )
        if not answers:
            return thread
        first = self.answered is None
        return thread._replace(
            answered=at if first else self.answered,
            by_maintainer=maintains if first else self.by_maintainer,
            answers=min(self.answers + 1, ENOUGH),
            again=at if self.answers == 1 else self.again,
            maintainer=at if maintains and self.maintainer is None else self.maintainer,
        )


def _by(at: int | None, moment: int) -> bool:
    """Whether something had happened by a moment."""
    return at is not None and at <= moment
