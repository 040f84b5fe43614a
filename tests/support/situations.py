"""Projects as `init` may find them, made at random."""

from hypothesis import strategies as st

from exporter.starter import REGISTRIES, Known, Package, Repository, Server
from support.starter import GUILD, INVITE

__all__ = ["situations"]

FAILURE = "the registry could not be reached: GET https://example.org answered 503"
LABELS = ("bug", "kind/bug", "P0", "p1", "priority: critical", "Priority: High", "docs: #1, 'two' {three}", "yes", "~", "🐛 bug")
NAMES = ("widget", "on", "null", "1e3", "2026-01-15", "a.b_c-d")

counts = st.integers(0, 3_000_000)
maybe = st.none() | counts


def _repository(name: str) -> st.SearchStrategy[Repository]:
    return st.builds(
        Repository,
        name=st.just(f"acme/{name}"),
        url=st.just(f"https://github.com/acme/{name}"),
        stars=counts,
        forks=counts,
        open_issues=maybe,
        open_pull_requests=maybe,
        contributors=maybe,
        has_issues=st.booleans(),
        archived=st.booleans(),
        public=st.booleans(),
        labels=st.none() | st.lists(st.sampled_from(LABELS), unique_by=str.casefold),
    )


def _package(registry: str, name: str) -> st.SearchStrategy[Package]:
    manifest = st.sampled_from([None, "package.json"])
    confirmed = st.builds(Package, st.just(registry), st.just(name), downloads=maybe, manifest=manifest)
    return confirmed | st.builds(Package, st.just(registry), st.just(name), failure=st.just(FAILURE))


_servers = st.one_of(
    st.none(),
    st.builds(Server, st.just("invite"), st.just(INVITE), members=counts, online=maybe),
    st.builds(Server, st.just("guild_id"), st.just(GUILD), online=counts),
    st.builds(Server, st.sampled_from(["invite", "guild_id"]), st.just(GUILD), failure=st.just("Discord tells nothing")),
)


@st.composite
def situations(draw: st.DrawFn) -> Known:
    """A project of which at least one service told something."""
    repositories = [draw(_repository(name)) for name in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=2))]
    packages = [
        draw(_package(registry, name))
        for registry in REGISTRIES
        for name in draw(st.lists(st.sampled_from(["widget", "null", "gadget"]), unique=True, max_size=2))
    ]
    addresses = {name: f"http://127.0.0.1:1/{name}" for name in draw(st.sets(st.sampled_from(["github", "npm", "discord"])))}
    project = draw(st.sampled_from(["widget", "on", "null", "acme-widget_2", "x" * 64]))
    known = Known(project, repositories, packages, draw(_servers), addresses)
    return known if known.anything else Known(project, [draw(_repository("widget"))], packages, known.server, addresses)
