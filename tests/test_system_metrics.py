"""The load of the machine, as metrics of a run, on every tracker."""

from __future__ import annotations

import math
import os
import sys
import threading
import time
from multiprocessing import get_context
from types import ModuleType, SimpleNamespace

import psutil
import pytest

from tests.support import direct, reader, trackers, workers
from tests.support.said import warnings_in
from zenml_trackers import connect
from zenml_trackers.errors import InvalidSettings
from zenml_trackers.zenml.unified.flavor import UnifiedExperimentTrackerConfig as Config

OFTEN = 0.05
NAMES = {
    "system/cpu_utilization_percentage",
    "system/system_memory_usage_megabytes",
    "system/system_memory_usage_percentage",
    "system/process_memory_mib",
    "system/disk_usage_percentage",
    "system/disk_usage_megabytes",
    "system/disk_available_megabytes",
    "system/network_receive_megabytes",
    "system/network_transmit_megabytes",
}


def until(holds):
    """Wait for it, for much longer than it takes."""
    ends = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.01)


def sampling():
    return [thread for thread in threading.enumerate() if "system metrics" in thread.name]


def series(run):
    found = {}
    for point in run.metrics:
        found.setdefault(point.name, []).append((point.step, point.value))
    return found


def steps(points):
    return [step for step, _ in points]


@trackers.every_tracker
def test_samples_have_steps_of_their_own_and_disturb_no_others(backend, tmp_path, project, monkeypatch, said):
    tracker = trackers.connected(backend, tmp_path, project, monkeypatch)
    for _ in range(2):
        with tracker.start_run("sampled", resume="allow", log_system=OFTEN) as run:
            run.log({"loss": 1})
            until(lambda: run.rows >= 4)
            run.log({"loss": 2})
            run.log_table("cells", ["a"], [[1]])
        assert run.rows >= 5
    until(lambda: not sampling())
    found = series(trackers.only_run(tracker))
    assert found.pop("loss") == [(0, 1), (1, 2), (2, 1), (3, 2)]
    assert {name for name in found if "gpu" not in name} == NAMES
    assert all(math.isfinite(value) for points in found.values() for _, value in points)
    for points in found.values():
        assert steps(points) == list(range(len(points)))
    assert 0 < found["system/system_memory_usage_percentage"][0][1] <= 100
    assert warnings_in(said) == []


def test_a_short_run_and_one_without_the_setting_have_none(project):
    tracker = connect(f"memory://{project}")
    for wanted in (False, 0, True):
        with tracker.start_run(log_system=wanted) as run:
            assert len(sampling()) == (wanted is True)
            run.log({"loss": 1})
        until(lambda: not sampling())
    assert [len(run.metrics) for run in tracker.read()] == [1, 1, 1]


def test_the_thread_ends_with_the_run_however_long_it_would_wait(project):
    with connect(f"memory://{project}").start_run(log_system=3600) as run:
        until(lambda: run.rows == 1)
        assert len(sampling()) == 1
    until(lambda: not sampling())


def test_the_steps_of_rank_0_are_not_disturbed_either(project):
    tracker = connect(f"memory://{project}")
    with tracker.start_run(log_system=OFTEN) as run:
        until(lambda: run.rows >= 3)
        child = get_context("fork").Process(target=_log_as_rank_0)
        child.start()
        child.join()
        assert run.flush(60)
        run.log({"loss": 3})
    assert series(trackers.only_run(tracker))["loss"] == [(0, 1), (1, 2), (2, 3)]


def _log_as_rank_0():
    from zenml_trackers import get_run

    os.environ["RANK"] = "0"
    get_run().log({"loss": 1})
    get_run().log({"loss": 2})


def test_processes_that_are_forked_meanwhile_log_as_ever_and_sample_nothing(project):
    tracker = connect(f"memory://{project}")
    with tracker.start_run(log_system=0.002) as run:
        until(lambda: run.rows >= 3)
        for _ in range(8):
            child = get_context("fork").Process(target=_log_and_measure)
            child.start()
            child.join(60)
            assert child.exitcode == 0
    found = series(trackers.only_run(tracker))
    assert [points for name, points in found.items() if name.startswith("process-")] == [[(0, 0)]] * 8
    assert NAMES <= found.keys()


def _log_and_measure():
    assert sampling() == []
    psutil.net_io_counters()
    workers.log_number(0)


class TestWhatCantBeMeasured:
    def test_without_psutil_one_warning_says_what_to_install(self, project, said, monkeypatch):
        monkeypatch.setitem(sys.modules, "psutil", None)
        tracker = connect(f"memory://{project}", strict=True)
        with tracker.start_run(log_system=True) as run:
            assert sampling() == []
            run.log({"loss": 1})
        assert len(trackers.only_run(tracker).metrics) == 1
        [warning] = warnings_in(said)
        assert "pip install 'zenml-trackers[system]'" in warning

    def test_what_fails_is_named_once_and_costs_no_other(self, project, said, monkeypatch):
        def refused(*args, **kwargs):
            raise PermissionError("not for you")

        monkeypatch.setattr(psutil, "disk_usage", refused)
        monkeypatch.setattr(psutil, "net_io_counters", refused)
        tracker = connect(f"memory://{project}")
        with tracker.start_run(log_system=OFTEN) as run:
            until(lambda: run.rows >= 3)
        left = {name for name in NAMES if "disk" not in name and "network" not in name}
        assert {name for name in series(trackers.only_run(tracker)) if "gpu" not in name} == left
        assert sorted("the disk" in told for told in warnings_in(said)) == [False, True]


class Nvml(ModuleType):
    """The part of NVIDIA's module that is used, of two GPUs of which the second tells no power."""

    NVMLError = RuntimeError

    def __init__(self):
        super().__init__("pynvml")

    def nvmlInit(self):
        pass

    def nvmlDeviceGetCount(self):
        return 2

    def nvmlDeviceGetHandleByIndex(self, number):
        return number

    def nvmlDeviceGetUtilizationRates(self, handle):
        return SimpleNamespace(gpu=40 + handle)

    def nvmlDeviceGetMemoryInfo(self, handle):
        return SimpleNamespace(used=2_000_000, total=8_000_000)

    def nvmlDeviceGetPowerUsage(self, handle):
        if handle:
            raise self.NVMLError("Not Supported")
        return 50_000

    def nvmlDeviceGetEnforcedPowerLimit(self, handle):
        return 200_000


def test_gpus_are_measured(project, said, monkeypatch):
    monkeypatch.setitem(sys.modules, "pynvml", Nvml())
    tracker = connect(f"memory://{project}")
    with tracker.start_run(log_system=OFTEN) as run:
        until(lambda: run.rows >= 2)
    first = {name.removeprefix("system/"): points[0][1] for name, points in series(trackers.only_run(tracker)).items()}
    assert {name: value for name, value in first.items() if "gpu" in name} == {
        "gpu_0_utilization_percentage": 40,
        "gpu_0_memory_usage_percentage": 25,
        "gpu_0_memory_usage_megabytes": 2,
        "gpu_0_power_usage_watts": 50,
        "gpu_0_power_usage_percentage": 25,
        "gpu_1_utilization_percentage": 41,
        "gpu_1_memory_usage_percentage": 25,
        "gpu_1_memory_usage_megabytes": 2,
    }
    [warning] = warnings_in(said)
    assert "GPU 1's power" in warning


class TestTheSetting:
    @pytest.mark.parametrize(
        ("given", "seconds"),
        [(True, 15), (False, 0), ("true", 15), ("False", 0), (30, 30), ("2.5", 2.5), (0, 0), (1, 1), (None, 0)],
    )
    def test_is_a_bool_or_a_number_of_seconds(self, given, seconds):
        assert Config(url="memory://a", log_system=given).log_system == seconds

    @pytest.mark.parametrize("given", ["soon", -1, "nan", math.inf, [1]])
    def test_anything_else_is_refused_with_what_there_is(self, given, project):
        with pytest.raises(ValueError, match=r"log_system is .*such as 30"):
            Config(url="memory://a", log_system=given)
        with (
            pytest.raises(InvalidSettings, match="log_system"),
            connect(f"memory://{project}").start_run(log_system=given),
        ):
            pass

    def test_holds_for_steps(self, project):
        from zenml_trackers import get_run

        for component, settings in (({"log_system": OFTEN}, {}), ({}, {"log_system": OFTEN})):
            step = direct.info(**settings)
            direct.run_step(
                direct.tracker(project=project, **component), step, lambda: until(lambda: get_run().rows >= 2)
            )
        until(lambda: not sampling())
        for run in reader.local(project):
            assert run.series("system/process_memory_mib")[0][0] == 0
