"""Shows how a collection gets on, where somebody is watching and it takes long enough to wonder."""

import sys

from exporter.collect.collector import Collector
from exporter.collect.job import Job

__all__ = ["refresh_with_progress"]


def refresh_with_progress(collector: Collector) -> None:
    """Refreshes everything once; on a terminal a bar on standard error names what has answered."""
    if not sys.stderr.isatty():
        collector.refresh()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("collecting", total=len(collector.jobs))

        def done(job: Job) -> None:
            progress.update(task, advance=1, description=f"{job.project} {job.name}")

        collector.refresh(done)
