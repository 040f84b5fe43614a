"""Several senders at once, and whatever else can happen in any order."""

import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.tracking.tracker import SETTLING, Setback
from support.issues import Killed
from support.notifications import FINGERPRINT, alerts_in, notification
from support.tools import NOW
from support.tracking import Scene

FINGERPRINTS = [FINGERPRINT, "00000000000000ff"]
LOSSES = st.lists(st.sampled_from([None, None, "request", "answer", "killed before", "killed after"]), max_size=3)
DELIVERIES = st.tuples(LOSSES, st.sampled_from(["keep", "keep", "restart", "lose state"]), st.booleans())
EPISODES = st.lists(
    st.tuples(
        st.sampled_from(FINGERPRINTS),
        st.lists(DELIVERIES, min_size=1, max_size=3),
        st.booleans(),
        st.lists(DELIVERIES, min_size=1, max_size=2),
    ),
    max_size=4,
)


@contextmanager
def a_scene() -> Iterator[Scene]:
    folder = Path(tempfile.mkdtemp())
    try:
        scene = Scene(folder, strict=False)
        yield scene
        scene.ledger.close()
    finally:
        shutil.rmtree(folder)


def deliver(scene: Scene, body: bytes, losses: list[str | None], trouble: str, twice: bool) -> None:
    """Sends until it is taken, as Alertmanager does; the losses come with the first tries."""
    scene.api.losses.extend(losses)
    if trouble != "keep":
        scene.restart(lose_state=trouble == "lose state")
    for _ in range(20):
        try:
            if scene.take(body) is None:
                break
        except Killed:
            scene.restart(lose_state=trouble == "lose state")
        scene.wait(SETTLING.total_seconds() / 60)
    else:
        raise AssertionError("it is never taken")
    scene.api.losses.clear()
    if twice:
        assert scene.take(body) is None


@settings(max_examples=100)
@given(EPISODES)
def test_whatever_happens_there_is_one_issue_an_alert_in_the_state_of_the_alert_and_nothing_is_told_twice(episodes):
    firing: dict[str, datetime] = {}
    with a_scene() as scene:
        for fingerprint, beginnings, resolves, ends in episodes:
            since = firing.setdefault(fingerprint, scene.wait(15))
            for delivery in beginnings:
                deliver(scene, notification("firing", since, fingerprint=fingerprint), *delivery)
            if resolves:
                until = scene.wait(15)
                for delivery in ends:
                    deliver(scene, notification("resolved", since, until, fingerprint=fingerprint), *delivery)
                del firing[fingerprint]
        seen = {fingerprint for fingerprint, *_ in episodes}
        states = {body: entry.state for entry in scene.api.issues for body in seen if body in entry.body}
        assert len(scene.api.issues) == len(seen)
        assert states == {fingerprint: "open" if fingerprint in firing else "closed" for fingerprint in seen}
        marks = [text.rpartition("<!-- ")[2] for entry in scene.api.issues for _, text in entry.comments]
        assert len(marks) == len(set(marks))
        assert sum("told=resolved" in mark for mark in marks) == sum(resolves for _, _, resolves, _ in episodes)


def test_two_senders_at_the_same_moment_open_one_issue(scene: Scene) -> None:
    meeting = threading.Barrier(2)
    told: list[Setback | None] = []

    def send() -> None:
        meeting.wait()
        told.append(scene.fire(NOW))

    senders = [threading.Thread(target=send) for _ in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert told == [None, None]
    assert len(scene.api.issues) == 1


def test_who_waits_too_long_for_another_sender_is_asked_to_come_again(scene):
    with scene.ledger.turn(1.0):
        assert scene.tracker.take(alerts_in(notification("firing", NOW)), 0.0).seconds == 5.0
    assert scene.api.requests == []


def test_a_sender_that_hangs_does_not_hold_up_repeats(scene):
    scene.fire(NOW)
    with scene.ledger.turn(1.0):
        assert scene.fire(NOW) is None
