"""Metrics of the topic `discussions`. Bots count as nobody."""

from exporter.facts import Metric, Topic

__all__ = ["TOPIC"]

DISCUSSIONS = Metric("github_discussions", "Discussions so far.", "count", ("repository",))
BY_CATEGORY = Metric("github_discussions_by_category", "Discussions so far, by category.", "count", ("repository", "category"))
ANSWERABLE = Metric(
    "github_discussions_answerable",
    "Discussions so far in categories whose discussions can be marked as answered.",
    "count",
    ("repository",),
)
ANSWERED = Metric("github_discussions_answered", "Discussions so far of which an answer was accepted.", "count", ("repository",))
NEWLY_OPENED = Metric(
    "github_discussions_newly_opened", "Discussions opened in the window (24h, 7d, 30d).", "count", ("repository", "window")
)
POSTS = Metric(
    "github_discussion_posts",
    "Discussions, comments and replies written by people in the window (24h, 7d, 30d).",
    "count",
    ("repository", "window"),
)
UPVOTES = Metric(
    "github_discussion_upvotes",
    "Upvotes of discussions, of their comments and of the replies to these, so far.",
    "count",
    ("repository",),
)
PARTICIPANTS = Metric(
    "github_discussion_participants", "People who wrote in a discussion in the window (30d).", "count", ("window",)
)
NEW_PARTICIPANTS = Metric(
    "github_discussion_participants_new",
    "People who wrote in a discussion for the first time ever in the window (30d).",
    "count",
    ("window",),
)
ANSWERED_RATIO = Metric(
    "github_discussion_answered_ratio",
    "Of the discussions opened in the last 30 days in answerable categories, the share of which an answer was accepted.",
    "ratio",
)
ANSWER_VOTES = Metric("github_discussion_votes_per_answer", "Mean upvotes and reactions of the accepted answers so far.", "index")
TOPIC = Topic(
    "discussions",
    (
        DISCUSSIONS,
        BY_CATEGORY,
        ANSWERABLE,
        ANSWERED,
        NEWLY_OPENED,
        POSTS,
        UPVOTES,
        PARTICIPANTS,
        NEW_PARTICIPANTS,
        ANSWERED_RATIO,
        ANSWER_VOTES,
    ),
)
