"""What refreshes of the source `git` take: 100,000 commits by 3,000 people, first, then unchanged, then with 10 more commits.

Run it with `PYTHONPATH=tests python tests/benchmarks/git_history.py [COMMITS]`. It makes the history with git fast-import, every
tenth commit a merge, a file changed in each, and reads it from a path and over smart HTTP on loopback.
"""

# ruff: noqa: T201  # a benchmark prints its figures

import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from exporter.sources.git import Git, GitConfig
from support.gits import Origin, git_backend
from support.tools import NOW, make_tools
from support.upstream import Upstream

COMMITS = 100_000
PEOPLE = 3_000
YEARS = 10


def history(commits: int) -> Iterator[bytes]:
    """A history for git fast-import; a few people make most of the commits."""
    chance = random.Random(1)
    end, step = int(NOW.timestamp()), YEARS * 365 * 86400 / commits
    for number in range(1, commits + 1):
        person = int(chance.paretovariate(0.5)) % PEOPLE
        time_of_day = int(end - (commits - number) * step)
        line = f"Person {person} <person{person}@example.org> {time_of_day} +0000"
        parents = f"from :{number - 1}\n" if number > 1 else ""
        parents += f"merge :{number - 7}\n" if number > 10 and number % 10 == 0 else ""
        file = f"folder{number % 20}/folder{number % 17}/file{number % 7}"
        yield (
            f"commit refs/heads/main\nmark :{number}\nauthor {line}\ncommitter {line}\ndata 50\n{f'Change number {number}':50}\n"
            f"{parents}M 100644 inline {file}\ndata 6\n{number:06}\n\n"
        ).encode()


def measured(what: str, source: Git, state: Path) -> None:
    """Refreshes once and prints how long it took and what was found."""
    tools = make_tools(state)
    start = time.perf_counter()
    *_, pooled = source.collect(tools, NOW)
    seconds = time.perf_counter() - start
    found = {sample.name: sample.value for sample in pooled.samples}
    print(f"{what:34}{seconds:8.2f} s   {found['git_contributors']:,.0f} contributors")


def refreshes(way: str, url: str, origin: Origin, state: Path) -> None:
    """The refreshes of the life of a clone."""
    config = GitConfig(repositories=(url,))
    source = Git(config)
    measured(f"{way}: first refresh", source, state)
    measured(f"{way}: nothing new", source, state)
    origin.commit(*["Newcomer <new@example.org>"] * 10)
    measured(f"{way}: 10 new commits", source, state)
    measured(f"{way}: after a restart", Git(config), state)
    size = sum(file.stat().st_size for file in state.rglob("*") if file.is_file())
    print(f"{way + ': clone':34}{size / 1e6:8.1f} MB")


def main(commits: int) -> None:
    """Makes the history and measures."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        origin = Origin(root / "srv" / "big.git")
        start = time.perf_counter()
        with subprocess.Popen(["git", "-C", str(origin.folder), "fast-import", "--quiet"], stdin=subprocess.PIPE) as process:
            assert process.stdin is not None
            process.stdin.writelines(history(commits))
        print(f"{f'{commits:,} commits made':34}{time.perf_counter() - start:8.2f} s")
        refreshes("path", str(origin.folder), origin, root / "by-path")
        with Upstream(git_backend(root / "srv")) as server:
            refreshes("http", f"{server.url}/big.git", origin, root / "by-http")
    print(f"{'memory, at most':34}{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:8.1f} MB (with the server)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COMMITS)
