"""What the users of the project caro do and say: events in a warehouse, and answers to a survey, small enough to check by eye."""

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from support.beta import small_beta
from support.warehouses import SqliteStore

__all__ = ["SOURCES", "write_use"]

SOURCES = """\
      telemetry:
        url_file: warehouse_url
        min_group: 2
        known: {error_type: [critical, timeout], feature: [safety_override]}
        heavy_use: 21
      survey_csv:
        surveys:
          - survey: users
            file: answers.csv
            time: sent
            min_group: 2
            questions:
              recommend: {name: nps, kind: nps}
              content: {name: satisfaction, kind: rating}
              shell: {name: shell, options: {Bash: bash, Zsh: zsh}, positive: [zsh]}
              wishes: {name: wishes, themes: {speed: [fast, slow]}}
            segments: {shell: shell}
            channel: came by
            invitations: [{date: DAY, count: 10, channel: email}, {date: DAY, count: 10, channel: discord}]
"""
"""How they are read; the file of the configuration has the folder that they were written to."""

_ANSWERS = (
    # Days ago, recommendation, rating, shell, wish, channel.
    (3, 10, 5, "Bash", "planted wish: make it fast", "email"),
    (3, 9, 4, "Bash", "", "email"),
    (5, 7, 4, "Zsh", "planted: it is slow", "discord"),
    (20, 3, 2, "Zsh", "planted words", "discord"),
)


def write_use(folder: Path, now: datetime) -> str:
    """Writes warehouse and answers into a folder, as they are at that moment; gives the sources of the configuration."""
    with closing(SqliteStore(folder / "analytics.db")) as store:
        for table, rows in small_beta(now).items():
            store.insert(table, rows)
        (folder / "warehouse_url").write_text(store.url)
    lines = ["sent,recommend,content,shell,wishes,came by"]
    for days, recommend, rating, shell, wish, channel in _ANSWERS:
        lines.append(f"{(now - timedelta(days=days)).isoformat()},{recommend},{rating},{shell},{wish},{channel}")
    (folder / "answers.csv").write_text("\n".join(lines))
    return SOURCES.replace("DAY", f"{(now - timedelta(days=21)).date()}")
