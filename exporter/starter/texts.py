"""The files that a project begins with, by name. Pure."""

from collections.abc import Mapping
from datetime import date

from exporter.sources.figures import COLUMNS
from exporter.starter.catalog import catalog_text
from exporter.starter.configuration import TOKEN_FILE, configuration_text
from exporter.starter.known import Known

__all__ = ["CATALOG_FILE", "CONFIG_FILE", "FIGURES_FILE", "FILES", "texts_of"]

CONFIG_FILE = "kpi-exporter.yml"
CATALOG_FILE = "catalog.yml"
FIGURES_FILE = "figures.csv"
FILES = (CONFIG_FILE, CATALOG_FILE, FIGURES_FILE)


def texts_of(known: Known, today: date, token_file: str = TOKEN_FILE) -> Mapping[str, str]:
    """The text of each file, in the order of FILES; `token_file` is relative to their folder."""
    return {
        CONFIG_FILE: configuration_text(known, today, catalog=CATALOG_FILE, figures=FIGURES_FILE, token_file=token_file),
        CATALOG_FILE: catalog_text(known, today),
        FIGURES_FILE: f"{','.join(COLUMNS)}\n# {today},satisfaction,,0.85,an example; without the # it counts\n",
    }
