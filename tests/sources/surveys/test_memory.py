"""What is kept of a survey from one refresh to the next, and what is asked for again."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest

from exporter.errors import Reason, UpstreamError
from exporter.sources.surveys.answers import Number, Response
from exporter.sources.surveys.memory import ANEW, Memory
from exporter.sources.surveys.samples import earliest
from support.tools import NOW

HOUR = timedelta(hours=1)


def sent(name: str, moment: datetime, value: float = 9) -> Response:
    return Response(name, moment, {"nps": Number(value)}, {})


class Tool:
    """A survey tool, which notes since when it was asked."""

    def __init__(self, *responses: Response) -> None:
        self.responses = list(responses)
        self.since: list[datetime] = []

    def read(self, since: datetime) -> Iterable[Response]:
        self.since.append(since)
        return [response for response in self.responses if response.time >= since]


def known(memory: Memory, tool: Tool, now: datetime, manner: str = "") -> dict[str, Response]:
    return {response.id: response for response in memory.refresh(tool.read, manner, now)}


def test_first_all_are_asked_for_that_figures_are_made_of() -> None:
    tool = Tool(sent("a", NOW - 3 * HOUR), sent("old", earliest(NOW) - HOUR))
    assert set(known(Memory(HOUR), tool, NOW)) == {"a"}
    assert tool.since == [earliest(NOW)]


def test_then_only_those_since_the_newest_and_a_while_before_it() -> None:
    memory, tool = Memory(HOUR), Tool(sent("a", NOW - 5 * HOUR), sent("b", NOW - 3 * HOUR))
    known(memory, tool, NOW)
    tool.responses.append(sent("late", NOW - 4 * HOUR))
    assert set(known(memory, tool, NOW + HOUR)) == {"a", "b", "late"}
    assert tool.since[1:] == [NOW - 4 * HOUR]


def test_a_response_that_comes_again_replaces_what_was_known() -> None:
    memory, tool = Memory(HOUR), Tool(sent("a", NOW - 3 * HOUR, 2))
    known(memory, tool, NOW)
    tool.responses = [sent("a", NOW, 10)]
    assert known(memory, tool, NOW + HOUR) == {"a": sent("a", NOW, 10)}


def test_a_deleted_response_is_forgotten_within_a_day() -> None:
    memory, tool = Memory(HOUR), Tool(sent("a", NOW - 30 * HOUR), sent("b", NOW - 3 * HOUR))
    known(memory, tool, NOW)
    del tool.responses[0]
    assert set(known(memory, tool, NOW + ANEW - HOUR)) == {"a", "b"}
    assert set(known(memory, tool, NOW + ANEW)) == {"b"}
    assert tool.since[-1] == earliest(NOW + ANEW)


def test_all_are_asked_for_again_where_answers_are_read_in_another_manner() -> None:
    memory, tool = Memory(HOUR), Tool(sent("a", NOW - 30 * HOUR))
    known(memory, tool, NOW, "of 5")
    tool.responses = [sent("a", NOW - 30 * HOUR, 5)]
    assert known(memory, tool, NOW + HOUR, "of 10") == {"a": sent("a", NOW - 30 * HOUR, 5)}


def test_all_are_asked_for_again_where_the_clock_went_back() -> None:
    memory, tool = Memory(HOUR), Tool(sent("a", NOW - 3 * HOUR))
    known(memory, tool, NOW)
    known(memory, tool, NOW - HOUR)
    assert tool.since[1:] == [earliest(NOW - HOUR)]


def test_a_response_out_of_the_future_hides_no_later_one() -> None:
    memory, tool = Memory(HOUR), Tool(sent("a", NOW + timedelta(days=400)))
    known(memory, tool, NOW)
    tool.responses.append(sent("b", NOW))
    assert set(known(memory, tool, NOW)) == {"a", "b"}


def test_what_is_too_old_for_any_figure_is_not_kept() -> None:
    memory, tool = Memory(HOUR), Tool(sent("a", earliest(NOW)), sent("b", NOW))
    assert set(known(memory, tool, NOW)) == {"a", "b"}
    assert set(known(memory, tool, NOW + 2 * HOUR)) == {"b"}


@pytest.mark.parametrize("later", [HOUR, ANEW])
def test_a_refresh_that_fails_leaves_everything_as_it_was(later: timedelta) -> None:
    memory, tool = Memory(HOUR), Tool(sent("a", NOW - 3 * HOUR), sent("b", NOW - 2 * HOUR))

    def failing(since: datetime) -> Iterable[Response]:
        yield sent("a", NOW, 0)
        raise UpstreamError(Reason.TIMEOUT, "took too long")

    known(memory, tool, NOW)
    with pytest.raises(UpstreamError):
        memory.refresh(failing, "", NOW + later)
    assert known(memory, tool, NOW + HOUR)["a"] == sent("a", NOW - 3 * HOUR)
