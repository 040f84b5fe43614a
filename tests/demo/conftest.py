"""The services of the demo, for every test of this folder."""

from collections.abc import Iterator

import pytest

from support.demo import Served, serving


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as served:
        yield served
