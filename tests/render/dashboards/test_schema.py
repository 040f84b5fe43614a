"""Dashboards are what Grafana reads: no key is misspelt, no word is one that it does not know."""

import copy
import json
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jsonschema
import pytest
from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import units

from support.conventions.panels import fields_of
from support.panel_schemas import DEFAULTS, OPTIONS, PROPERTIES, TRANSFORMATIONS
from support.plain_catalog import PLAIN
from support.rendered import SHIPPED, Board, Json, in_order

with warnings.catch_warnings():
    # It asks for the next model of dashboards, which releases before 12 do not read.
    warnings.simplefilter("ignore", DeprecationWarning)
    from grafana_foundation_sdk.models.dashboard import Dashboard

BOARDS = {**SHIPPED, **PLAIN}
UNITS = {value for name, value in vars(units).items() if isinstance(value, str) and not name.startswith("_")}
OWN_UNIT = ("suffix:", "time:")
NULL = ["id"]
"""The model leaves out what is null: that a dashboard has no id of one Grafana is tested elsewhere."""


def lost(board: Json) -> list[str]:
    """The keys and values that Grafana's own model of a dashboard does not know, as paths."""
    plugins.register_default_plugins()
    # Only what can be written as JSON counts.
    known = json.loads(json.dumps(Dashboard.from_json(copy.deepcopy(board)), cls=JSONEncoder))
    return [path for path in _gone(board, known) if path not in NULL]


def _gone(before: Any, after: Any, path: str = "") -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key, value in before.items():
            inner = f"{path}.{key}".lstrip(".")
            if key in after:
                yield from _gone(value, after[key], inner)
            else:
                yield inner
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _gone(one, other, f"{path}[{index}]")
    elif before != after:
        yield path


def refused(board: Board) -> Iterator[str]:
    """What the panels of a dashboard say that their types do not know."""
    for panel in board.panels:
        kind = panel["type"]
        if kind not in OPTIONS:
            yield f"{panel['title']}: {kind} is no type of panel that is described"
            continue
        yield from _errors(panel, "options", OPTIONS[kind], panel["options"])
        if not panel.get("targets"):
            continue
        defaults, overrides = fields_of(panel)
        yield from _errors(panel, "field", DEFAULTS[kind], defaults)
        for (_, name), field in overrides:
            for id_, value in field.items():
                yield from _errors(panel, f"override of {name}", PROPERTIES[kind], {"id": id_, "value": value})
        for one in panel["transformations"]:
            unknown: Json = {"not": {}}
            yield from _errors(panel, one["id"], TRANSFORMATIONS.get(one["id"], unknown), one["options"])


def _errors(panel: Json, place: str, schema: Any, found: Any) -> Iterator[str]:
    for error in jsonschema.Draft202012Validator(schema).iter_errors(found):
        yield f"{panel['title']}: {place}: {error.json_path}: {error.message[:200]}"


def strange_units(board: Board) -> Iterator[str]:
    """The units that Grafana has no name for."""
    for panel in board.panels:
        defaults, overrides = fields_of(panel)
        for field in (defaults, *(field for _, field in overrides)):
            unit = field.get("unit", "s")
            if unit not in UNITS and not unit.startswith(OWN_UNIT):
                yield f"{panel['title']}: {unit} is no unit"


@pytest.mark.parametrize("uid", BOARDS)
def test_the_model_of_grafana_knows_every_key(uid: str) -> None:
    assert lost(BOARDS[uid].json) == []


@pytest.mark.parametrize("uid", BOARDS)
def test_every_panel_says_what_its_type_knows(uid: str) -> None:
    assert list(refused(BOARDS[uid])) == []


@pytest.mark.parametrize("uid", BOARDS)
def test_every_unit_is_one_of_grafana(uid: str) -> None:
    assert list(strange_units(BOARDS[uid])) == []


def test_a_dashboard_in_order_has_nothing_wrong() -> None:
    board = in_order()
    assert [*lost(board.json), *refused(board), *strange_units(board)] == []


def stars(board: Json) -> Json:
    found: Sequence[Json] = [panel for panel in board["panels"] if panel["title"] == "Stars"]
    return found[0]


def field(board: Json) -> Json:
    found: Json = stars(board)["fieldConfig"]["defaults"]
    return found


@pytest.mark.parametrize(
    ("damage", "path"),
    [
        (lambda board: board.update(refersh="5m"), "refersh"),
        (lambda board: stars(board).update(titel="Stars"), "panels[2].titel"),
        (lambda board: stars(board)["gridPos"].update(width=8), "panels[2].gridPos.width"),
        (lambda board: stars(board)["options"].update(colour="value"), "panels[2].options.colour"),
        (lambda board: field(board).update(unitt="s"), "panels[2].fieldConfig.defaults.unitt"),
        (lambda board: stars(board)["targets"][0].update(expression="a"), "panels[2].targets[0].expression"),
        (lambda board: board["templating"]["list"][1].update(multiple=True), "templating.list[1].multiple"),
        (lambda board: board["links"][0].update(keep=True), "links[0].keep"),
    ],
)
def test_a_misspelt_key_is_noticed(damage: Callable[[Json], Any], path: str) -> None:
    board = in_order().json
    damage(board)
    assert path in lost(board)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda board: stars(board).update(type="gauge"), "gauge is no type of panel that is described"),
        (lambda board: stars(board).update(options={"colorMode": "value"}), "'graphMode' is a required property"),
        (lambda board: stars(board)["options"].update(colorMode="bright"), "$.colorMode: 'bright' is not one of"),
        (lambda board: field(board).update(custom={"lineWidth": 2}), "'lineWidth' was unexpected"),
        (lambda board: field(board).update(color={"mode": "fixed"}), "$.color"),
        (lambda board: field(board).update(mappings=[{"type": "value", "options": {"1": "yes"}}]), "$.mappings[0]"),
        (
            lambda board: stars(board)["fieldConfig"].update(
                overrides=[{"matcher": {"id": "byName", "options": "x"}, "properties": [{"id": "custom.widht", "value": 9}]}]
            ),
            "override of x",
        ),
        (lambda board: stars(board).update(transformations=[{"id": "joinByFeild", "options": {}}]), "joinByFeild: $"),
        (lambda board: stars(board).update(transformations=[{"id": "organize", "options": {"rename": {}}}]), "organize: $"),
    ],
)
def test_what_a_type_of_panel_does_not_know_is_noticed(damage: Callable[[Json], Any], said: str) -> None:
    board = in_order()
    damage(board.json)
    assert said in "\n".join(refused(board))


def test_a_unit_that_is_none_is_noticed() -> None:
    board = in_order()
    field(board.json)["unit"] = "percents"
    assert list(strange_units(board)) == ["Stars: percents is no unit"]
