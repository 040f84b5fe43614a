"""`kpi-exporter init` over services that know one repository and its two packages."""

from collections.abc import Iterator

import pytest

from support.starter import StarterServices, of_widget
from support.upstream import Upstream


@pytest.fixture
def services() -> StarterServices:
    return of_widget()


@pytest.fixture
def upstream(services: StarterServices) -> Iterator[Upstream]:
    with Upstream(services) as upstream:
        yield upstream
