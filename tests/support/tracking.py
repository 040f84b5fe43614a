"""A project whose alerts become issues of a fake GitHub."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from exporter.config.github_issues import GitHubIssues
from exporter.tracking.ledger import Ledger
from exporter.tracking.meters import Meters
from exporter.tracking.tracker import Setback, Tracker
from support.issues import REPOSITORY, TOKEN, IssuesAPI, direct_client
from support.notifications import FINGERPRINT, alerts_in, notification

__all__ = ["Scene"]


@dataclass
class Scene:
    """GitHub, the exporter and the time; `restart` ends the exporter and starts another."""

    folder: Path
    strict: bool = True
    api: IssuesAPI = field(init=False)
    meters: Meters = field(default_factory=Meters)
    config: GitHubIssues = field(default_factory=lambda: GitHubIssues(repository=REPOSITORY, token=SecretStr(TOKEN)))

    def __post_init__(self) -> None:
        self.api = IssuesAPI(strict=self.strict)
        self.meters.begin("bolt")
        self._start()

    def fire(self, since: datetime | None = None, fingerprint: str = FINGERPRINT, **annotations: str) -> Setback | None:
        """A notification that the alert fires since a moment, by default this one."""
        return self.take(notification("firing", since or self.api.now, fingerprint=fingerprint, annotations=annotations))

    def resolve(self, since: datetime, until: datetime | None = None, fingerprint: str = FINGERPRINT) -> Setback | None:
        """A notification that the alert is resolved, by default at this moment."""
        return self.take(notification("resolved", since, until or self.api.now, fingerprint=fingerprint))

    def take(self, body: bytes) -> Setback | None:
        return self.tracker.take(alerts_in(body), 5.0)

    def wait(self, minutes: float) -> datetime:
        """Lets time pass; gives the time that it is then."""
        self.api.now += timedelta(minutes=minutes)
        return self.api.now

    def restart(self, *, lose_state: bool = False) -> None:
        self.ledger.close()
        if lose_state:
            for file in self.folder.iterdir():
                file.unlink()
        self._start()

    def counted(self) -> dict[str, float]:
        """What was done, by action, and what failed, by reason; what never happened is left out."""
        samples = (sample for family in self.meters.families() for sample in family.samples if sample.value)
        return {sample.labels.get("action") or sample.labels["reason"]: sample.value for sample in samples}

    def _start(self) -> None:
        self.ledger = Ledger(self.folder / "issues.sqlite")
        self.tracker = Tracker(
            "bolt",
            self.config,
            ledger=self.ledger,
            client=direct_client(self.api),
            meters=self.meters,
            clock=lambda: self.api.now,
            monotonic=lambda: 0.0,
        )
