"""A project whose past is known to the point: commits in git, figures that people entered, and what rests on them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.acme import Acme


@pytest.fixture
def acme(tmp_path: Path) -> Acme:
    """The project as it stands at this hour, 40 days old."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    return Acme(tmp_path, now - timedelta(days=40), now)
