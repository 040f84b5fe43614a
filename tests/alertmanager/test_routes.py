"""Where alerts are sent, as Alertmanager's own program tells it."""

import subprocess
from pathlib import Path

import pytest

from exporter.catalog.model import DEFAULT_CHANNELS

CONFIGURATION = Path(__file__).parents[2] / "alertmanager" / "alertmanager.yml"


def receivers(*channels: str) -> set[str]:
    """The receivers of an alert with these channels."""
    label = f"channels=,{','.join(channels)}," if channels else "alertname=Unrouted"
    command = ["amtool", "config", "routes", "test", f"--config.file={CONFIGURATION}", label]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(done.stdout.strip().split(","))


@pytest.mark.parametrize("channels", DEFAULT_CHANNELS.values(), ids=DEFAULT_CHANNELS)
def test_an_alert_is_sent_where_its_priority_says(channels: tuple[str, ...]) -> None:
    assert receivers(*channels) == set(channels)


def test_a_channel_is_not_taken_for_one_whose_name_begins_alike() -> None:
    assert receivers("slack-alerts-of-others") == {"slack-alerts"}
    assert receivers("email-digest-of-others", "pagerduty") == {"pagerduty"}


def test_an_alert_without_channels_is_read_all_the_same() -> None:
    assert receivers() == {"slack-alerts"}


def test_the_configuration_is_accepted() -> None:
    done = subprocess.run(["amtool", "check-config", str(CONFIGURATION)], capture_output=True, text=True, check=False)
    assert (done.returncode, "SUCCESS" in done.stdout) == (0, True)
