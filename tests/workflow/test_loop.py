"""The loop of worker and clock."""

import os
import signal
import threading
import time
from unittest.mock import Mock

import pytest

from workflow import loop
from workflow.loop import until_stopped


@pytest.fixture(autouse=True)
def connections(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """Keep the loop from closing the test's own database connection."""
    monkeypatch.setattr(loop, "close_old_connections", Mock())
    monkeypatch.setattr(loop, "connections", Mock())
    return loop.connections


class Steps:
    """A step that answers as told and stops the loop after the last answer."""

    def __init__(self, *answers: bool | Exception) -> None:
        self.answers = list(answers)
        self.times: list[float] = []
        self.stop = threading.Event()

    def __call__(self) -> bool:
        self.times.append(time.monotonic())
        answer = self.answers.pop(0)
        if not self.answers:
            self.stop.set()
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_step_with_more_to_do_runs_again_at_once() -> None:
    steps = Steps(True, True, True, False)
    until_stopped(steps, every=30, stop=steps.stop)
    assert len(steps.times) == 4
    assert steps.times[-1] - steps.times[0] < 5


def test_failing_step_is_logged_and_tried_again_on_a_new_connection(
    monkeypatch: pytest.MonkeyPatch, connections: Mock
) -> None:
    noted = Mock()
    monkeypatch.setattr("workflow.loop.log", noted)
    steps = Steps(ValueError("lost"), ValueError("lost"), False)
    until_stopped(steps, every=0.01, stop=steps.stop)
    assert len(steps.times) == 3
    assert noted.exception.call_count == 2
    assert connections.close_all.call_count == 3


def test_sigterm_ends_the_loop_after_the_step_under_way() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    finished = []

    def step() -> bool:
        os.kill(os.getpid(), signal.SIGTERM)
        finished.append(True)
        return True

    try:
        until_stopped(step, every=1)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert finished == [True]
