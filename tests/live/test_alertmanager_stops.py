"""What Alertmanager still knows of its messages after it has ended, in order or not."""

import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep

import pytest

from support.pagers import Pagers
from support.programs import Alertmanager, eventually

CONFIGURATION = """\
route: {{receiver: pager, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 4h}}
receivers:
  - name: pager
    pagerduty_configs: [{{url: '{url}', routing_key: {key}}}]
"""
OFTEN = "--data.maintenance-interval=1s"
"""How often it writes down what it has told; every 15 minutes by default."""
TRIGGERED, RESOLVED = ["trigger"], ["trigger", "resolve"]


@pytest.mark.parametrize(
    ("flags", "end", "still_firing", "ended_meanwhile"),
    [
        pytest.param((), signal.SIGTERM, TRIGGERED, RESOLVED, id="stopped in order"),
        pytest.param((OFTEN,), signal.SIGKILL, TRIGGERED, RESOLVED, id="killed after it wrote"),
        # The second message is of the same incident, which PagerDuty shows once; but one that ended stays open for ever.
        pytest.param((), signal.SIGKILL, ["trigger", "trigger"], TRIGGERED, id="killed before it wrote"),
    ],
)
def test_what_was_told_before_the_end_is_known_after_it(
    tmp_path: Path, flags: tuple[str, ...], end: signal.Signals, still_firing: list[str], ended_meanwhile: list[str]
) -> None:
    began = datetime.now(UTC)
    alerts = {name: {"labels": {"alertname": name}, "startsAt": began.isoformat()} for name in ("Lasting", "Ended")}
    with Pagers() as pagers:

        def told(name: str) -> list[str]:
            return [notice.action for notice in pagers.of("pager", name)]

        config = CONFIGURATION.format(url=pagers.url("pagerduty", "v2/enqueue"), key=Pagers.routing_key("pager"))
        with Alertmanager(tmp_path, config, *flags) as alertmanager:
            alertmanager.post_alerts(alerts.values())
            eventually(lambda: told("Lasting") and told("Ended"))
            if flags:
                log, moment = tmp_path / "alertmanager-data" / "nflog", datetime.now(UTC).timestamp()
                eventually(lambda: log.exists() and log.stat().st_mtime > moment)
            alertmanager.restart(end)
            ended = {**alerts["Ended"], "endsAt": (datetime.now(UTC) - timedelta(milliseconds=1)).isoformat()}
            alertmanager.post_alerts([alerts["Lasting"], ended])
            # Three looks at each group: what is not told by then is not told.
            sleep(3)
            assert (told("Lasting"), told("Ended")) == (still_firing, ended_meanwhile)
        assert len({notice.incident for notice in pagers.of("pager")}) == 2
