"""A stop of ZenML's, Ctrl-C and an alarm end the step, in whatever line of a tracker's they arrive."""

from __future__ import annotations

import itertools
import os
import random
import signal
import sys
import threading
import time
from contextlib import contextmanager
from functools import partial

import pytest

from tests.support import direct, reader
from tests.support.trackers import connected, every_tracker, only_run, url_of
from zenml_trackers import connect
from zenml_trackers.backends.memory import MemorySink
from zenml_trackers.errors import TrackerUnreachable
from zenml_trackers.interruption import let_through
from zenml_trackers.model.records import Status

STOPS = 12
LONGEST = 0.5
"""Seconds after which a stop that never came counts as swallowed."""


class Stop(Exception):
    """As ZenML's own, which derive from `Exception` too."""


def stop(number, frame):
    raise Stop("stopped")


@pytest.fixture
def handled():
    """`Stop` is raised in this thread by an alarm."""
    assert threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGALRM, stop)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@contextmanager
def ignored_by_python():
    """What Python itself can't raise, since the signal came while it cleaned an object up."""
    found = []
    before, sys.unraisablehook = sys.unraisablehook, lambda told: found.append(told.exc_type)
    try:
        yield found
    finally:
        sys.unraisablehook = before


def stopped(call, seconds):
    """Whether the stop that comes in so many seconds ends a loop of calls."""
    until = time.monotonic() + LONGEST
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        while time.monotonic() < until:
            call()
    except Stop:
        return True
    return False


@pytest.mark.slow
@every_tracker
@pytest.mark.parametrize("what", ["metrics", "params"])
def test_each_stop_ends_the_step_and_costs_no_other_call(backend, what, tmp_path, project, handled, monkeypatch):
    at, chance, returned = connected(backend, tmp_path, project, monkeypatch), random.Random(0), []
    with at.start_run("r") as run:
        log = {
            "metrics": lambda number: run.log({"m": number}),
            "params": lambda number: run.log_params({f"p{number % 5}": number}),
        }[what]
        numbers = itertools.count()

        def call():
            number = next(numbers)
            log(number)
            returned.append(number)

        with ignored_by_python() as ignored:
            came = sum(stopped(call, chance.uniform(0.0005, 0.003)) for _ in range(STOPS))
    assert came + ignored.count(Stop) >= STOPS
    assert came > STOPS / 2
    stored = only_run(at)
    assert stored.status is Status.FINISHED
    if what == "metrics":
        assert set(returned) <= {point.value for point in stored.metrics}


@pytest.mark.parametrize("hook", ["prepare_step_run", "get_step_run_metadata", "cleanup_step_run"])
def test_a_stop_comes_through_each_hook_and_no_run_stays_open(project, handled, monkeypatch, hook):
    component, info = direct.tracker(project=project), direct.info()
    if hook != "prepare_step_run":
        component.prepare_step_run(info)
    monkeypatch.setattr(component, hook, stopping(getattr(component, hook)))
    with pytest.raises(Stop):
        getattr(component, hook)(info, *([False] if hook == "cleanup_step_run" else []))
    component._end_leaked()
    states = [run.config["zenml.status"] for run in reader.local(project)]
    assert "running" not in states


def stopping(call):
    """The call, in which a stop arrives after its first hundred lines or so."""

    def stopped_call(*arguments):
        lines = itertools.count()

        def trace(frame, event, argument):
            if (event == "line" and next(lines) == 100) or (event == "return" and frame.f_code is call.__code__):
                sys.settrace(None)
                os.kill(os.getpid(), signal.SIGALRM)
            return trace

        sys.settrace(trace)
        try:
            return call(*arguments)
        finally:
            sys.settrace(None)

    return stopped_call


class Handler:
    def __call__(self, number, frame):
        raise Stop("stopped")

    def method(self, number, frame):
        raise Stop("stopped")


@pytest.mark.parametrize("handler", [stop, Handler(), Handler().method, partial(stop)])
def test_any_kind_of_handler_is_known(handled, handler):
    signal.signal(signal.SIGALRM, handler)
    with pytest.raises(Stop):
        try:
            signal.raise_signal(signal.SIGALRM)
        except Exception as error:
            let_through(error)


def test_another_name_on_the_way_hides_no_stop(handled):
    def library():
        try:
            signal.raise_signal(signal.SIGALRM)
        except Exception as error:
            raise TrackerUnreachable(str(error)) from None

    with pytest.raises(Stop):
        try:
            library()
        except Exception as error:
            let_through(error)


def test_ctrl_c_comes_through(tmp_path, project, monkeypatch):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a process in the background ignores it
    at = connected("memory", tmp_path, project, monkeypatch)
    try:
        with pytest.raises(KeyboardInterrupt), at.start_run() as run:
            for number in range(50):
                run.log({"m": number})
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
    stored = only_run(at)
    assert (stored.error.type, len(stored.metrics)) == ("KeyboardInterrupt", 50)


class Stopping(os.PathLike):
    """A path during the reading of which an alarm arrives."""

    def __fspath__(self):
        signal.raise_signal(signal.SIGALRM)
        return "never"


def test_a_timeouts_alarm_is_no_picture_that_cannot_be_read(handled, tmp_path, project, monkeypatch):
    def late(number, frame):
        raise TimeoutError("too late")  # an OSError, as a file that can't be read

    signal.signal(signal.SIGALRM, late)
    at = connected("memory", tmp_path, project, monkeypatch)
    with pytest.raises(TimeoutError, match="too late"), at.start_run() as run:
        run.log_image("i", Stopping())
    assert only_run(at).error.type == "TimeoutError"


@pytest.mark.parametrize("when", ["connecting", "closing"])
def test_a_stop_leaves_no_run_of_several_trackers_open(handled, tmp_path, project, monkeypatch, when):
    urls = [url_of("memory", tmp_path, f"{project}-{name}", monkeypatch) for name in "ab"]
    delayed = MemorySink.begin if when == "connecting" else MemorySink.close
    monkeypatch.setattr(MemorySink, delayed.__name__, lambda *given: [time.sleep(0.4), delayed(*given)][1])
    with pytest.raises(Stop):
        if when == "connecting":
            signal.setitimer(signal.ITIMER_REAL, 0.2)
        with connect(urls).start_run():
            signal.setitimer(signal.ITIMER_REAL, 0.2)
    expected = Status.FAILED if when == "connecting" else Status.FINISHED
    assert [only_run(connect(url)).status for url in urls] == [expected] * 2
