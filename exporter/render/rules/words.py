"""Words of an alert: what it says of a KPI, as constant text and as templates that Prometheus fills in."""

from collections.abc import Sequence
from datetime import timedelta

from exporter.catalog.model import Alert, Kpi, KpiUnit, When
from exporter.kpi.words import in_words
from exporter.promql import number
from exporter.render.rules.series import REACHED, TARGET

__all__ = ["duration", "figure", "limit", "literal", "subject", "symptom", "target"]

SEGMENT = "{{ $labels.segment }}"

_ROW_LABELS = "$labels.project $labels.kpi $labels.segment"
_ROW = f'{{project=%q,kpi=%q,segment=%q}}" {_ROW_LABELS}'


def figure(unit: KpiUnit, value: str = "$value") -> str:
    """The template of a value in the unit of its KPI."""
    match unit:
        case "ratio":
            # With the space that stands in the words of limits.
            return f'{{{{ {value} | humanizePercentage | reReplaceAll "%" " %" }}}}'
        case "seconds":
            return f"{{{{ {value} | humanizeDuration }}}}"
        case "bytes":
            return f"{{{{ {value} | humanize1024 }}}}B"
        case "usd":
            return f'{{{{ {value} | printf "$%.0f" }}}}'
        case "count" | "rank":
            # Whole above 10,000, where four digits would become a power of ten.
            small, large = f'{{{{ {value} | printf "%.4g" }}}}', f'{{{{ {value} | printf "%.0f" }}}}'
            return f"{{{{ if lt {value} 1e4 }}}}{small}{{{{ else }}}}{large}{{{{ end }}}}"
        case _:
            return f'{{{{ {value} | printf "%.4g" }}}}'


def literal(text: str) -> str:
    """A text of the catalog as it is, whatever in it looks like a template."""
    return text.replace("{{", '{{ "{{" }}')


def subject(kpi: Kpi, alert: Alert) -> str:
    """What the alert is about: the KPI, and the segment where it watches one."""
    title, names = literal(kpi.title), set(alert.segments)
    if names == {""}:
        return title
    if len(names) == 1 and "*" not in names:
        return f"{title} ({literal(alert.segments[0])})"
    if "" not in names:
        return f"{title} ({SEGMENT})"
    return f"{title}{{{{ with $labels.segment }}}} ({{{{ . }}}}){{{{ end }}}}"


def symptom(unit: KpiUnit, when: When) -> str:
    """What is the matter, in words that stay the same whatever the value: above 1 %."""
    if when.above is not None:
        return f"above {in_words(when.above, unit)}"
    if when.below is not None:
        return f"below {in_words(when.below, unit)}"
    if when.below_target is not None:
        return f"below {_factor(when.below_target)} its target"
    if when.above_target is not None:
        return f"above {_factor(when.above_target)} its target"
    if when.growth_below is not None:
        growth = when.growth_below
        return f"grown by less than {in_words(growth.ratio, 'ratio')} within {duration(growth.over)}"
    if when.drop is not None:
        fall = in_words(when.drop.ratio, "ratio") if when.drop.ratio is not None else in_words(when.drop.points, unit)
        return f"fallen by more than {fall} within {duration(when.drop.over)}"
    return "past a milestone"


def limit(unit: KpiUnit, alert: Alert) -> str:
    """The limit of the condition; a template where it moves with the target, and for the rung that was reached."""
    when = alert.when
    factor = when.below_target if when.below_target is not None else when.above_target
    if factor is not None:
        word = "below" if when.below_target is not None else "above"
        asked = f'with printf "{number(factor)} * {TARGET}{_ROW} | query'
        return f"{word} {{{{ {asked} }}}}{figure(unit, '(. | first | value)')}{{{{ end }}}}, {_factor(factor)} the target"
    if when.crosses is not None:
        return _rung(unit, when.crosses, alert.name)
    return symptom(unit, when)


def _rung(unit: KpiUnit, ladder: Sequence[float], name: str) -> str:
    """The highest rung that was reached; how many were is recorded."""
    asked = f'printf "{REACHED}{{project=%q,kpi=%q,segment=%q,ladder=%q}}" {_ROW_LABELS} "{name}" | query'
    rungs = reversed(list(enumerate(ladder, start=1)))
    found = "{{ else ".join(f"if ge $reached {count}.0 }}}}{in_words(rung, unit)}" for count, rung in rungs)
    return f"{{{{ with {asked} }}}}{{{{ $reached := . | first | value }}}}{{{{ {found}{{{{ end }}}}{{{{ end }}}}"


def target(kpi: Kpi, unit: KpiUnit) -> str:
    """The target in force: a template, or `none` where the catalog sets none."""
    targets = [*kpi.targets, *(one for segment in kpi.segments for one in segment.targets)]
    if not targets:
        return "none"
    bounds = {"at least" if one.at_least is not None else "at most" for one in targets}
    bound = f"{bounds.pop()} " if len(bounds) == 1 else ""
    asked = f'with printf "{TARGET}{_ROW} | query'
    return f"{{{{ {asked} }}}}{bound}{figure(unit, '(. | first | value)')}{{{{ else }}}}none{{{{ end }}}}"


def duration(length: timedelta) -> str:
    """A length of time as people write it: 30 min, 4 h."""
    return in_words(length.total_seconds(), "seconds")


def _factor(factor: float) -> str:
    return f"{in_words(factor, 'ratio')} of" if factor < 1 else f"{number(factor)} times"
