"""All of the demo, from its start to its end: the services and the page in this process, the programs as its children."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from exporter.demo.answers import answers
from exporter.demo.beta import project_at
from exporter.demo.crew import EXPORTER, HISTORY, Crew
from exporter.demo.files import Tokens, write_configuration, write_facts
from exporter.demo.messages import App, Inbox, Mailbox, Message
from exporter.demo.options import Options
from exporter.demo.places import places, table
from exporter.demo.programs import find, ours
from exporter.demo.services import services_of
from exporter.demo.site import HOST, Site, new_site
from exporter.demo.trouble import Trouble
from exporter.demo.upstreams.packages import Clock
from exporter.demo.watchers import find_grafana, start_alertmanager, start_grafana, start_history, start_prometheus
from exporter.demo.watching import DISCORD, MAIL, SHORT_WAIT, SLACK, Watching, shipped
from exporter.errors import KpiExporterError
from exporter.web.address import ListenAddress
from exporter.web.server import Server

__all__ = ["Stage"]

_LOOK_SECONDS = 0.2
_PATIENCE_SECONDS = 60.0
"""How long the first figures may take on a machine that has other things to do."""
_GOOD_SECONDS = 10.0
"""How long it stays a good day, from the first figures on, where somebody wants to see trouble."""


class Stage:
    """Runs the demo once.

    `say` is told what happens, a text each, from any thread. `ended` waits so many seconds and tells whether somebody wants the
    end. `clock` gives the time (UTC). `begun` is when somebody asked for the demo, in seconds of the monotonic clock.
    """

    def __init__(
        self, options: Options, say: Callable[[str], None], ended: Callable[[float], bool], clock: Clock, begun: float
    ) -> None:
        self._options = options
        self._say = say
        self._ended = ended
        self._clock = clock
        self._begun = begun

    def run(self) -> None:
        """Starts everything, and ends it in order; raises KpiExporterError where the exporter cannot do its part."""
        options = self._options
        with new_site(options.into, options.port_base) as site, ExitStack() as opened:
            crew = Crew(site, opened)
            trouble, configuration = self._measured(site, crew, opened)
            if self._first_figures(site, crew):
                self._watched(site, crew, opened, configuration)
                for text in self._introduced(site, crew, configuration):
                    self._say(text)
                self._look_on(site, crew, trouble, configuration)
            self._say("ending")
        self._say("ended" if options.into is None else f"ended; the files are in {options.into}")

    def _measured(self, site: Site, crew: Crew, opened: ExitStack) -> tuple[Trouble, Path]:
        """Starts the services and the exporter that reads them."""
        now, tokens, git = self._clock(), Tokens.new(), find("git")
        project = project_at(now)
        services = services_of(project, tokens, self._clock)
        opened.enter_context(Server(ListenAddress(HOST, site.ports["upstreams"]), services))
        if git is None:
            crew.lacks("git")
        write_facts(site.folder, project, git, now)
        configuration = write_configuration(site.folder, site.url("upstreams"), tokens, now, git=git is not None)
        flags = [f"--config.file={configuration}", f"--web.listen-address={site.address('exporter')}"]
        crew.start(EXPORTER, ours("serve", *flags))
        return Trouble(site.folder, services, project), configuration

    def _first_figures(self, site: Site, crew: Crew) -> bool:
        """Waits until every source has been asked once; False where somebody wants the end before."""
        while self._seconds() < _PATIENCE_SECONDS:
            if self._ended(_LOOK_SECONDS):
                return False
            if answers(f"{site.url('exporter')}/-/ready"):
                self._say(f"first figures after {self._seconds():.1f} s")
                return True
            for text in crew.fallen():
                self._say(text)
        raise KpiExporterError(f"{EXPORTER} has no figures after {_PATIENCE_SECONDS:.0f} s; {crew.last_words(EXPORTER)}")

    def _watched(self, site: Site, crew: Crew, opened: ExitStack, configuration: Path) -> None:
        """Starts the page, and the programs that are there."""
        inbox = Inbox(self._clock, self._tell)
        app = App(inbox, SLACK, DISCORD, _runbooks())
        opened.enter_context(Server(ListenAddress(HOST, site.ports["messages"]), app))
        opened.enter_context(Mailbox(site.ports["mail"], inbox, MAIL))
        grafana = find_grafana()
        watching = Watching(site, configuration, "messages" if grafana is None else "grafana", hurried=self._options.hurried)
        start_alertmanager(site, crew, watching)
        start_prometheus(site, crew, watching)
        start_grafana(grafana, crew, watching)
        if self._options.history and find("promtool") is None:
            crew.lacks("promtool")

    def _introduced(self, site: Site, crew: Crew, configuration: Path) -> Iterator[str]:
        """What runs where, and what does not."""
        yield f"\n{table(places(site, crew.running, configuration))}\n"
        for sentence in crew.lacking:
            yield f"missing: {sentence}"
        if self._options.hurried:
            yield f"Alerts wait {SHORT_WAIT.seconds} s here instead of 5 minutes and more, in a copy of the rules."
        yield "Ctrl-C ends it all."

    def _look_on(self, site: Site, crew: Crew, trouble: Trouble, configuration: Path) -> None:
        """Tells what becomes of the programs, has history written, and makes the trouble that is wanted, until the end."""
        options, good_until = self._options, self._seconds() + _GOOD_SECONDS
        history = options.history and "prometheus" in crew.running and find("promtool") is not None
        wanted = options.hurried
        while not self._ended(_LOOK_SECONDS):
            if options.length is not None and self._seconds() > options.length.total_seconds():
                return
            for text in crew.fallen():
                self._say(text)
            history = history and "prometheus" in crew.running
            if history and answers(f"{site.url('prometheus')}/-/ready"):
                history = False
                start_history(site, crew, configuration)
            busy = options.needs_history and (history or HISTORY in crew.running)
            if wanted and self._seconds() > good_until and not busy:
                wanted = False
                for sentence in self._make(trouble):
                    self._say(f"{self._clock():%H:%M:%S} {sentence}")

    def _make(self, trouble: Trouble) -> Iterator[str]:
        for source in self._options.broken:
            yield trouble.break_source(source)
        if self._options.raised is not None:
            yield trouble.raise_alert(self._options.raised, self._clock())

    def _tell(self, message: Message) -> None:
        kind = "resolved" if message.resolved else message.priority
        self._say(f"{message.at:%H:%M:%S} {message.channel} ({message.service}) {kind}: {message.title}")

    def _seconds(self) -> float:
        return time.monotonic() - self._begun


def _runbooks() -> Mapping[str, bytes]:
    """The text of each runbook by the name of its file; nothing where they did not come along."""
    folder = shipped("prometheus/runbooks")
    return {} if folder is None else {path.name: path.read_bytes() for path in folder.glob("*.md")}
