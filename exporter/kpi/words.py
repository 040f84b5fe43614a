"""Figures in words: a value with its unit as people write it. Pure functions."""

__all__ = ["age_in_words", "in_words"]

_BYTES = ("B", "kB", "MB", "GB", "TB")
_TIMES = ((86400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s"))


def in_words(value: float | None, unit: str) -> str:
    """A value in the unit of its KPI: 0.032 ratio is 3.2 %, 0.045 seconds are 45 ms, nothing known is –."""
    if value is None:
        return "–"
    match unit:
        case "ratio":
            return f"{_short(value * 100)} %"
        case "seconds":
            return _duration(value)
        case "bytes":
            return _size(value)
        case "usd":
            return f"${value:,.2f}" if value % 1 else f"${value:,.0f}"
        case _:
            return _short(value)


def age_in_words(seconds: float) -> str:
    """A time span by its largest unit: 40 s, 12 min, 3 h, 2 d."""
    seconds = max(0.0, seconds)
    size, name = next(((size, name) for size, name in _TIMES if seconds >= size), _TIMES[-1])
    return f"{int(seconds // size)} {name}"


def _short(value: float) -> str:
    """At most three digits behind the point, fewer for large numbers, thousands separated."""
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2 if abs(value) >= 1 else 3
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _duration(seconds: float) -> str:
    """In the largest unit of which there are two or more, or exactly one: 4 h, 90 s, 36 h, 1 d."""
    if abs(seconds) < 1:
        return f"{_short(seconds * 1000)} ms"
    size, name = next((size, name) for size, name in _TIMES if abs(seconds) >= 2 * size or abs(seconds) == size or size == 1)
    return f"{_short(seconds / size)} {name}"


def _size(size: float) -> str:
    index = 0
    while abs(size) >= 1000 and index < len(_BYTES) - 1:
        size /= 1000
        index += 1
    return f"{_short(size)} {_BYTES[index]}"
