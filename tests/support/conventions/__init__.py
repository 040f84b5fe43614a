"""What every dashboard keeps to, as rules: each looks at a board and says in a sentence what is wrong."""

from collections.abc import Callable, Iterator, Mapping

from support.conventions import colours, page, panels, queries
from support.rendered import Board

__all__ = ["RULES", "Rule"]

Rule = Callable[[Board], Iterator[str]]

RULES: Mapping[str, Rule] = {
    rule.__name__: rule
    for rule in (
        page.fixed_uid,
        page.tagged,
        page.uneditable,
        page.without_traces,
        page.one_question,
        page.chosen_data_source,
        page.ready_variables,
        page.calm_time,
        page.calm_refresh,
        page.kept_time,
        page.isolated,
        panels.numbered,
        panels.apart,
        panels.titled,
        panels.described,
        panels.measured,
        panels.told_when_empty,
        panels.asking,
        panels.named_parts,
        panels.led_somewhere,
        queries.own_data_source,
        queries.letters,
        queries.counted_by_rate,
        queries.rate_interval,
        queries.long_memory,
        queries.few_lines,
        queries.named_lines,
        colours.told_in_words,
        colours.mapped_with_text,
        colours.without_red_and_green,
        colours.chosen,
    )
}
"""By name."""
