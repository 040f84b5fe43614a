"""PromQL as text: names, numbers and selectors, quoted as Prometheus reads them. Pure functions."""

from datetime import timedelta

from exporter.document import format_duration

__all__ = ["matchers", "number", "quoted", "selector", "span"]


def quoted(text: str) -> str:
    """A text between double quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def number(value: float) -> str:
    """A number that reads back as the very same double."""
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)


def matchers(**labels: str) -> str:
    """Matchers in braces for labels with these values; "" means that the label is not there."""
    inner = ",".join(f"{name}={quoted(value)}" for name, value in labels.items())
    return f"{{{inner}}}"


def selector(metric: str, **labels: str) -> str:
    """The series of a metric whose labels have these values."""
    return f"{metric}{matchers(**labels)}"


def span(length: timedelta) -> str:
    """A length of time as a range or an offset is written: 7d."""
    return format_duration(length)
