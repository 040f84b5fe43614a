"""The source as the rest of the project sees it."""

from collections.abc import Iterable
from datetime import datetime

from exporter.facts import Part
from exporter.sources.base import Finding, Source, Tools
from exporter.sources.github.api.graph import Graph
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.doctor import examine
from exporter.sources.github.metrics import METRICS
from exporter.sources.github.repositories.reader import Reader, Sizes

__all__ = ["GitHub"]


class GitHub(Source[GitHubConfig]):
    """Reads repositories over GitHub's GraphQL API; one part a repository, called as in the configuration."""

    name = "github"
    summary = "Stars, forks, issues, pull requests and releases of repositories, from the GraphQL API of GitHub."
    config_type = GitHubConfig
    metrics = METRICS

    def __init__(self, config: GitHubConfig) -> None:
        super().__init__(config)
        self._sizes = Sizes()

    def collect(self, tools: Tools, now: datetime) -> Iterable[Part]:
        return Reader(self.config, self._graph(tools, now), self._sizes).parts(now)

    def examine(self, tools: Tools, now: datetime) -> Iterable[Finding]:
        return examine(self.config, self._graph(tools, now))

    def _graph(self, tools: Tools, now: datetime) -> Graph:
        return Graph(tools.client, self.config.graphql_url, self.config.token, now)
