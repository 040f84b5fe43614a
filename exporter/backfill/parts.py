"""Parts as JSON and back."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from exporter.errors import Reason
from exporter.facts import Metric, Part, Sample, Topic

__all__ = ["decoded", "encoded"]


def encoded(parts: Sequence[Part]) -> list[Any]:
    """Parts as lists, texts and numbers; floats keep every digit."""
    return [
        [
            part.labels,
            part.time.timestamp(),
            [[sample.name, [value for _, value in sample.labels], sample.value] for sample in part.samples],
            part.failure,
            None if part.topic is None else [part.topic.name, [metric.name for metric in part.topic.metrics]],
        ]
        for part in parts
    ]


def decoded(content: Sequence[Any], declared: Mapping[str, Metric]) -> list[Part]:
    """The parts again; `declared` are the metrics of their source by name."""
    return [
        Part(
            tuple((name, value) for name, value in labels),
            datetime.fromtimestamp(time, UTC),
            tuple(Sample(name, tuple(zip(declared[name].labels, values, strict=True)), value) for name, values, value in samples),
            None if failure is None else Reason(failure),
            None if topic is None else Topic(topic[0], tuple(declared[name] for name in topic[1])),
        )
        for labels, time, samples, failure, topic in content
    ]
