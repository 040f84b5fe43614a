from datetime import UTC, datetime, timedelta

from support.github import (
    Account,
    Category,
    Comment,
    Commit,
    Discussion,
    FakeGitHub,
    Issue,
    Label,
    PullRequest,
    Release,
    Repository,
    Review,
    Star,
    issues,
    pull_requests,
)
from support.github.actions import merge, open_pull
from support.github.asking import ask, numbers, of

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
ADA, GRACE = Account("planted-ada"), Account("planted-grace")
ROBOT = Account("planted-robot", "Bot")


def at(day: float) -> datetime:
    return START + day * DAY


def told(day: float) -> str:
    """A moment as the fake writes it."""
    return f"{at(day):%Y-%m-%dT%H:%M:%SZ}"


def test_people_are_told_with_their_kind_and_those_who_are_gone_are_null() -> None:
    written = [Comment(ADA, at(2), "MEMBER"), Comment(ROBOT, at(1)), Comment(None, at(3))]
    selection = "issues(first: 1){nodes{comments(first: 9){nodes{createdAt authorAssociation author{__typename login}}}}}"
    (issue,) = of(Repository("a/b", issues=[Issue(comments=written)]), selection)["issues"]["nodes"]
    assert issue["comments"]["nodes"] == [
        {"createdAt": told(1), "authorAssociation": "NONE", "author": {"__typename": "Bot", "login": "planted-robot"}},
        {"createdAt": told(2), "authorAssociation": "MEMBER", "author": {"__typename": "User", "login": "planted-ada"}},
        {"createdAt": told(3), "authorAssociation": "NONE", "author": None},
    ]


def test_the_timeline_counts_all_events_and_those_asked_for() -> None:
    issue = Issue(closings=[at(1)], reopened_at=[at(2)], cross_references=[at(3), at(5)], closed_at=at(4))
    selection = (
        "issues(first: 1){nodes{timelineItems(itemTypes: [REOPENED_EVENT, CROSS_REFERENCED_EVENT], last: 2)"
        "{totalCount filteredCount nodes{__typename ... on ReopenedEvent{createdAt} ... on CrossReferencedEvent{createdAt}}}}}"
    )
    (said,) = of(Repository("a/b", issues=[issue]), selection)["issues"]["nodes"]
    cross = "CrossReferencedEvent"
    assert said["timelineItems"] == {
        "totalCount": 5,
        "filteredCount": 3,
        "nodes": [{"__typename": cross, "createdAt": told(3)}, {"__typename": cross, "createdAt": told(5)}],
    }


def test_labels_have_ids_and_are_found_without_regard_to_case() -> None:
    repository = Repository("a/b", labels=[Label("Bug", "LA_7")], issues=issues(1, "Bug"))
    selection = (
        'issues(first: 1){nodes{labels(first: 9){nodes{id name}}}} label(name: "bUG"){id name} none: label(name: "ui"){id}'
    )
    said = of(repository, selection)
    assert said["label"] == {"id": "LA_7", "name": "Bug"}
    assert said["issues"]["nodes"] == [{"labels": {"nodes": [said["label"]]}}]
    assert said["none"] is None


def test_pull_requests_say_how_they_ended_and_who_reviewed_them() -> None:
    merged = PullRequest(created_at=at(1), merged_at=at(3), reviews=[Review(GRACE, at(2.5)), Review(ROBOT, at(2), "COMMENTED")])
    repository = Repository(
        "a/b", pull_requests=[merged, PullRequest(created_at=at(2), closed_at=at(4)), *pull_requests(opened=1)]
    )
    inner = "nodes{number state mergedAt closedAt mergeable reviews(first: 9){nodes{submittedAt state author{login}}}}"
    said = of(repository, f"pullRequests(first: 2, orderBy: {{field: UPDATED_AT, direction: DESC}}){{{inner}}}")
    closed, first = said["pullRequests"]["nodes"]
    assert closed | {"reviews": None} == {
        "number": 2,
        "state": "CLOSED",
        "mergedAt": None,
        "closedAt": told(4),
        "mergeable": "MERGEABLE",
        "reviews": None,
    }
    assert (first["state"], first["mergedAt"], first["closedAt"]) == ("MERGED", told(3), told(3))
    assert first["reviews"]["nodes"] == [
        {"submittedAt": told(2), "state": "COMMENTED", "author": {"login": "planted-robot"}},
        {"submittedAt": told(2.5), "state": "APPROVED", "author": {"login": "planted-grace"}},
    ]
    assert numbers(repository, "pullRequests(first: 9, states: [OPEN, MERGED])") == [3, 1]


def test_whether_a_pull_request_can_be_merged_is_known_later() -> None:
    repository = Repository("a/b")
    merge(open_pull(repository, at(1)), at(2))
    assert of(repository, "pullRequests(first: 1){nodes{mergeable merged}}")["pullRequests"]["nodes"] == [
        {"mergeable": "UNKNOWN", "merged": True}
    ]


def test_discussions_have_categories_answers_and_replies() -> None:
    questions = Category("Q&A", "q-a", answerable=True, id="DIC_7")
    answer = Comment(GRACE, at(3), upvotes=4, replies=[Comment(ADA, at(4))])
    asked = Discussion(questions, ADA, at(1), [Comment(ADA, at(2)), answer], answer, upvotes=3, answer_chosen_at=at(5))
    repository = Repository("a/b", discussions=[asked, Discussion(questions, created_at=at(2)), Discussion(created_at=at(3))])
    inner = (
        "number updatedAt upvoteCount isAnswered answerChosenAt category{slug isAnswerable} answer{__typename upvoteCount}"
        " comments(first: 9){totalCount nodes{isAnswer replies(first: 9){totalCount nodes{createdAt}}}}"
    )
    first, second, third = of(
        repository, f"discussions(first: 9, orderBy: {{field: CREATED_AT, direction: ASC}}){{nodes{{{inner}}}}}"
    )["discussions"]["nodes"]
    assert first == {
        "number": 1,
        "updatedAt": told(5),
        "upvoteCount": 3,
        "isAnswered": True,
        "answerChosenAt": told(5),
        "category": {"slug": "q-a", "isAnswerable": True},
        "answer": {"__typename": "DiscussionComment", "upvoteCount": 4},
        "comments": {
            "totalCount": 2,
            "nodes": [
                {"isAnswer": False, "replies": {"totalCount": 0, "nodes": []}},
                {"isAnswer": True, "replies": {"totalCount": 1, "nodes": [{"createdAt": told(4)}]}},
            ],
        },
    }
    assert (second["isAnswered"], third["isAnswered"]) == (False, None)
    assert numbers(repository, "discussions(first: 9)") == [1, 3, 2]
    assert numbers(repository, 'discussions(first: 9, categoryId: "DIC_7", answered: false)') == [2]


def test_stars_are_listed_by_the_moment_they_were_given_and_counted_where_there_are_any() -> None:
    repository = Repository("a/b", stargazer_count=7)
    assert of(repository, "stargazerCount") == {"stargazerCount": 7}
    repository.stars = [Star(at(day), ADA) for day in (3, 1, 2)]
    inner = "stargazerCount stargazers(first: 2, orderBy: {field: STARRED_AT, direction: DESC}){totalCount edges{starredAt}}"
    assert of(repository, inner) == {
        "stargazerCount": 3,
        "stargazers": {"totalCount": 3, "edges": [{"starredAt": told(3)}, {"starredAt": told(2)}]},
    }


HISTORY = "defaultBranchRef{target{oid ... on Commit{history(%s){totalCount nodes{committedDate author{email user{login}}}}}}}"


def history(repository: Repository, arguments: str) -> list[str]:
    """The e-mail addresses of a history, without their domain."""
    found = of(repository, HISTORY % arguments)["defaultBranchRef"]["target"]["history"]
    return [node["author"]["email"].partition("@")[0] for node in found["nodes"]]


def test_a_history_has_the_last_commit_first_and_can_be_cut_by_date_and_author() -> None:
    repository = Repository(
        "a/b",
        commits=[
            Commit(at(1), ADA, "first@example.org"),
            Commit(at(5), ROBOT, "second@example.org"),
            Commit(at(2), None, "merged@example.org"),
            Commit(at(6), GRACE, "head@example.org", oid="f" * 40),
        ],
    )
    assert of(repository, "defaultBranchRef{target{oid}}")["defaultBranchRef"]["target"]["oid"] == "f" * 40
    assert history(repository, "first: 9") == ["head", "second", "merged", "first"]
    assert history(repository, f'first: 9, since: "{at(2).isoformat()}", until: "{at(5).isoformat()}"') == ["second", "merged"]
    assert history(repository, 'first: 9, author: {emails: ["Merged@example.org"]}') == ["merged"]
    assert history(repository, f'first: 9, author: {{id: "{ADA.id}", emails: ["head@example.org"]}}') == ["first"]


def test_only_people_are_users_in_a_history() -> None:
    repository = Repository("a/b", commits=[Commit(at(1), ROBOT), Commit(at(2), None), Commit(at(3), ADA)])
    nodes = of(repository, HISTORY % "first: 9")["defaultBranchRef"]["target"]["history"]["nodes"]
    assert [node["author"]["user"] for node in nodes] == [{"login": "planted-ada"}, None, None]


def test_an_empty_repository_has_no_default_branch_and_no_files() -> None:
    mailmap = 'object(expression: "HEAD:.mailmap"){... on Blob{text}}'
    selection = f"isEmpty defaultBranchRef{{name}} {mailmap}"
    assert of(Repository("a/b", mailmap="planted"), selection) == {"isEmpty": True, "defaultBranchRef": None, "object": None}
    full = Repository("a/b", commits=[Commit()], mailmap="planted")
    assert of(full, selection) == {"isEmpty": False, "defaultBranchRef": {"name": "main"}, "object": {"text": "planted"}}
    full.mailmap = None
    assert of(full, mailmap) == {"object": None}


def test_everything_with_an_id_is_found_by_it() -> None:
    inner, written, review, commit = Comment(ADA), Comment(GRACE), Review(ADA), Commit()
    repository = Repository(
        "a/b", releases=[Release()], labels=[Label("x")], issues=[Issue(comments=[Comment()])], commits=[commit]
    )
    repository.pull_requests = [PullRequest(reviews=[review])]
    repository.discussions = [Discussion(comments=[Comment(GRACE, replies=[inner]), written])]
    kinds = {
        repository: "Repository",
        repository.releases[0]: "Release",
        repository.labels[0]: "Label",
        repository.issues[0]: "Issue",
        repository.issues[0].comments[0]: "IssueComment",
        repository.pull_requests[0]: "PullRequest",
        review: "PullRequestReview",
        repository.discussions[0]: "Discussion",
        repository.discussions[0].category: "DiscussionCategory",
        written: "DiscussionComment",
        inner: "DiscussionComment",
        commit: "Commit",
        ADA: "User",
    }
    entries = " ".join(f'n{i}: node(id: "{thing.id}"){{__typename id}}' for i, thing in enumerate(kinds))
    said = ask(FakeGitHub(repository), f"{{{entries}}}")
    assert list(said["data"].values()) == [{"__typename": kind, "id": thing.id} for thing, kind in kinds.items()]


def test_an_unknown_id_is_null_with_an_error() -> None:
    said = ask(FakeGitHub(), '{node(id: "I_0"){id}}')
    assert (said["data"], said["errors"][0]["type"]) == ({"node": None}, "NOT_FOUND")


def test_an_organisation_lists_its_repositories() -> None:
    github = FakeGitHub(
        Repository("Acme/tool"),
        Repository("acme/Attic", is_archived=True),
        Repository("acme/fork", is_fork=True),
        Repository("acme/secret", is_private=True),
        Repository("other/tool"),
    )

    def named(arguments: str) -> list[str]:
        listing = f"repositories(first: 9, orderBy: {{field: NAME, direction: ASC}}{arguments}){{nodes{{name}}}}"
        said = ask(github, f'{{organization(login: "ACME"){{{listing}}}}}')
        return [node["name"] for node in said["data"]["organization"]["repositories"]["nodes"]]

    assert named("") == ["Attic", "fork", "secret", "tool"]
    assert named(", isFork: false, isArchived: false") == ["secret", "tool"]
    assert named(", privacy: PUBLIC") == ["Attic", "fork", "tool"]


def test_an_owner_may_be_a_person_who_is_no_organisation() -> None:
    github = FakeGitHub(Repository("planted-ada/tool"))
    github.owners.append(ADA)
    owner = 'repositoryOwner(login: "planted-ada"){__typename repositories(first: 1){totalCount}}'
    assert ask(github, f"{{{owner} viewer{{login}}}}")["data"] == {
        "repositoryOwner": {"__typename": "User", "repositories": {"totalCount": 1}},
        "viewer": {"login": "planted-viewer"},
    }
    assert ask(github, '{organization(login: "planted-ada"){id}}')["errors"][0]["type"] == "NOT_FOUND"
