"""The shipped catalogs, and what the specifications of their projects ask for."""

import json
from pathlib import Path
from typing import Any

from exporter.catalog import Catalog, load, shipped
from exporter.sources.registry import declared_metrics

__all__ = ["CATALOGS", "SPECS"]

_FOLDER = Path(__file__).parents[1] / "fixtures" / "spec"

SPECS: dict[str, Any] = {name: json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8")) for name in shipped()}
"""By project: the launch, the KPIs and the alerts, as numbers, ids, dates, units and names of sections."""

CATALOGS: dict[str, Catalog] = {name: load(name, declared_metrics(), base=Path()) for name in SPECS}
"""By project: the catalog."""
