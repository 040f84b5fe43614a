"""How long each committed dashboard takes to have all its queries answered over 90 days of history.

A real Prometheus has known the three shipped projects for that long. The queries of a dashboard are sent as a browser sends
them, at most six at once, with variables as they are when it is opened; the best of three times counts.

Run it: python tests/benchmarks/dashboards.py
"""

# ruff: noqa: T201  # a benchmark prints its figures

import json
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from support.boards import Answered, Query, answer, queries, variables
from support.history import history
from support.programs import Prometheus

BUDGET_SECONDS = 2.0
DAYS = 90
CONNECTIONS = 6
"""A browser opens so many to one server over HTTP/1.1."""
TIMES = 3
DASHBOARDS = Path(__file__).parents[2] / "grafana" / "dashboards"


def measure(prometheus: Prometheus, dashboard: dict[str, Any], start: datetime, end: datetime) -> tuple[float, list[Answered]]:
    """Seconds until all queries of a dashboard are answered, those of its variables included, and the answers."""
    begin = time.perf_counter()
    values = variables(prometheus, dashboard, start, end)

    def ask(query: Query) -> Answered:
        return answer(prometheus, query, start, end, values)

    with ThreadPoolExecutor(CONNECTIONS) as browser:
        answers = list(browser.map(ask, queries(dashboard)))
    return time.perf_counter() - begin, answers


def main() -> int:
    now = datetime.now(UTC).replace(microsecond=0)
    slow = []
    with tempfile.TemporaryDirectory() as folder, history(Path(folder), now, DAYS) as prometheus:
        for path in sorted(DASHBOARDS.rglob("*.json")):
            dashboard = json.loads(path.read_text(encoding="utf-8"))
            runs = [measure(prometheus, dashboard, now - timedelta(days=DAYS), datetime.now(UTC)) for _ in range(TIMES)]
            seconds, answers = min(runs, key=lambda run: run[0])
            series, points = sum(one.series for one in answers), sum(one.points for one in answers)
            print(f"{dashboard['uid']}: {seconds:.2f} s ({len(answers)} queries, {series} series, {points} points)")
            if seconds > BUDGET_SECONDS:
                slow.append(dashboard["uid"])
    if slow:
        print(f"above the budget of {BUDGET_SECONDS} s: {', '.join(slow)}", file=sys.stderr)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
