"""A project whose alerts become issues of a fake GitHub."""

from pathlib import Path

import pytest

from support.tracking import Scene


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)
