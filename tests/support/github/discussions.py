"""How discussions are answered."""

from operator import attrgetter
from typing import Any

from support.github.connections import Arguments, Page, descending, total
from support.github.resolvers import answers, listed
from support.github.rules import RefusalError
from support.github.threads import ORDERS
from support.github.world import Category, Comment, Discussion, Repository

_CREATED = attrgetter("created_at", "id")


@answers("Repository.discussions")
def _discussions(repository: Repository, arguments: Arguments, asking: Any) -> Page:
    states, category = arguments.get("states") or ("OPEN", "CLOSED"), arguments.get("categoryId")
    answered = arguments.get("answered")
    found = [
        discussion
        for discussion in repository.discussions
        if discussion.state in states
        and category in (None, discussion.category.id)
        and answered in (None, discussion.answer is not None)
    ]
    order = arguments["orderBy"]
    return listed(found, arguments, asking, ORDERS[order["field"]], repository, backwards=descending(arguments))


@answers("Repository.discussion")
def _discussion(repository: Repository, arguments: Arguments, asking: Any) -> Discussion:
    for discussion in repository.discussions:
        if repository.place(discussion).number == arguments["number"]:
            assert isinstance(discussion, Discussion)
            return discussion
    raise RefusalError("NOT_FOUND", f"Could not resolve to a Discussion with the number of {arguments['number']}.")


@answers("Repository.discussionCategories")
def _categories(repository: Repository, arguments: Arguments, asking: Any) -> Page:
    used = {discussion.category: None for discussion in repository.discussions}
    return total(list(dict.fromkeys((*repository.categories, *used))), arguments)


@answers("DiscussionCategory.isAnswerable")
def _is_answerable(category: Category, arguments: Arguments, asking: Any) -> bool:
    return category.answerable


@answers("Discussion.comments")
def _comments(discussion: Discussion, arguments: Arguments, asking: Any) -> Page:
    return listed(discussion.comments, arguments, asking, _CREATED, discussion)


@answers("DiscussionComment.replies")
def _replies(comment: Comment, arguments: Arguments, asking: Any) -> Page:
    return listed(comment.replies, arguments, asking, _CREATED, comment)


@answers("Discussion.isAnswered")
def _is_answered(discussion: Discussion, arguments: Arguments, asking: Any) -> bool | None:
    return discussion.answer is not None if discussion.category.answerable else None


@answers("Discussion.answer")
def _answer(discussion: Discussion, arguments: Arguments, asking: Any) -> Comment | None:
    if discussion.answer is not None:
        discussion.answer.place = discussion
    return discussion.answer


@answers("DiscussionComment.isAnswer")
def _is_answer(comment: Comment, arguments: Arguments, asking: Any) -> bool:
    return isinstance(comment.place, Discussion) and comment.place.answer is comment


@answers("DiscussionComment.replyTo")
def _reply_to(comment: Comment, arguments: Arguments, asking: Any) -> Comment | None:
    return comment.place if isinstance(comment.place, Comment) else None


@answers("Discussion.upvoteCount", "DiscussionComment.upvoteCount")
def _upvotes(votable: Discussion | Comment, arguments: Arguments, asking: Any) -> int:
    return votable.upvotes
