"""What `doctor` finds about tracking issues."""

import pytest
from pydantic import SecretStr

from exporter.config.github_issues import GitHubIssues
from exporter.tracking import examine
from support.issues import REPOSITORY, TOKEN, IssuesAPI
from support.upstream import Upstream


def findings(api: IssuesAPI, token: str = TOKEN, repository: str = REPOSITORY) -> dict[str, tuple[bool | None, str]]:
    with Upstream(api) as upstream:
        config = GitHubIssues(repository=repository, token=SecretStr(token), base_url=upstream.url)
        return {finding.subject: (finding.works, finding.detail) for finding in examine(config, None)}


def test_everything_works():
    api = IssuesAPI()
    assert findings(api) == {
        "repository": (True, "readable, its issues are on"),
        "issues": (True, "the token may write them"),
        "labels": (True, "the account of the token may set kpi-alert"),
    }
    assert api.issues == []
    assert api.refused == []


def test_issues_that_the_token_may_not_write():
    api = IssuesAPI()
    api.issues_allowed = False
    works, detail = findings(api)["issues"]
    assert (works, "Issues, read and write" in detail) == (False, True)


def test_labels_that_the_account_may_not_set():
    api = IssuesAPI()
    api.labels_allowed = False
    assert findings(api)["labels"] == (False, "the account of the token may not set labels: it needs the role Triage at least")


def test_issues_that_are_turned_off():
    api = IssuesAPI()
    api.has_issues = False
    [(works, detail)] = findings(api).values()
    assert (works, detail.partition(":")[0]) == (False, "its issues are turned off")


@pytest.mark.parametrize(
    ("token", "repository", "detail"),
    [
        ("planted", REPOSITORY, "refused: the token is wrong, has expired, or an organisation has not authorised it"),
        (TOKEN, "acme/other", "not found: check the spelling, and that the token sees the repository"),
    ],
)
def test_a_repository_that_cannot_be_seen(token, repository, detail):
    assert findings(IssuesAPI(), token, repository) == {"repository": (False, detail)}
