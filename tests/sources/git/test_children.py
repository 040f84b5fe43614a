"""Processes that must not outlive the program."""

import subprocess

import pytest

from exporter.errors import UpstreamError
from exporter.sources.git.children import Children


def sleeping() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(["sleep", "60"], start_new_session=True)


def test_the_end_reaches_every_process_that_still_runs() -> None:
    children = Children()
    running, gone = children.start(sleeping), children.start(sleeping)
    gone.kill()
    gone.wait()
    children.forget(gone)
    children.end()
    assert running.wait(5) == -15


def test_a_process_that_is_gone_unnoticed_does_no_harm() -> None:
    children = Children()
    process = children.start(sleeping)
    process.kill()
    assert process.wait() == -9
    children.end()
    with pytest.raises(UpstreamError):
        children.start(sleeping)


def test_after_the_end_none_is_started() -> None:
    children = Children()
    children.end()
    with pytest.raises(UpstreamError, match="the exporter is ending"):
        children.start(lambda: pytest.fail("must not be called"))
