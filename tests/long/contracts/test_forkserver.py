from __future__ import annotations

import json
import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tracker_contracts.drivers import forkserver
from tracker_contracts.engine.examiner import Examiner
from tracker_contracts.harness import HarnessBroken
from tracker_contracts.profiles import QUICK

from tests.contract.command import PLAIN, alive, soon
from tests.support import forked

MODULE = forked.__name__


@pytest.fixture
def errors(tmp_path: Path) -> Path:
    return tmp_path / "errors"


def started(*arguments: str, errors: Path, **variables: str) -> forkserver.Process:
    with errors.open("wb") as file:
        environment = {**os.environ, **variables}
        return forkserver.start(MODULE, *arguments, environment=environment, errors=file.fileno())


def test_it_is_a_process_of_its_own_with_what_it_is_given(
    errors: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    process = started("tell", "b", "c d", errors=errors, ONLY_THERE="1", PYTHONPATH=f"{tmp_path}:/other")
    told = json.loads(process.stdout.read())
    assert process.wait() == 0
    assert told["arguments"] == ["b", "c d"]
    assert told["variables"]["ONLY_THERE"] == "1"
    assert told["folder"] == str(tmp_path)
    assert told["path"][:2] == [str(tmp_path), "/other"]
    assert told["main"] == forked.__file__
    assert told["group"], "it is in the group of another process"
    assert told["config"], "ZenML had been used before"
    assert errors.read_text() == "at exit\n"
    assert "ONLY_THERE" not in json.loads(started("tell", errors=errors).stdout.read())["variables"]


@pytest.mark.parametrize(
    ("action", "status", "said"), [("exit", 7, ""), ("raise", 1, "ValueError: raised in the fork")]
)
def test_its_end_is_told(errors: Path, action: str, status: int, said: str) -> None:
    assert started(action, errors=errors).wait() == status
    assert said in errors.read_text()


def test_it_runs_until_it_is_ended_by_a_signal(errors: Path) -> None:
    process = started("wait", errors=errors)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.1)
    assert process.poll() is None
    process.stdin.write("a line\n")
    process.stdin.flush()
    assert process.stdout.readline() == "a line\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait() == process.poll() == -signal.SIGTERM
    process.send_signal(signal.SIGTERM)  # another process may have its number by now
    assert not alive(process.pid)


def test_several_run_at_the_same_time_and_are_ended_apart(errors: Path) -> None:
    first, second = started("wait", errors=errors), started("wait", errors=errors)
    second.kill()
    assert second.wait() == -signal.SIGKILL
    assert first.poll() is None
    first.kill()
    assert first.wait() == -signal.SIGKILL


@pytest.mark.slow
def test_several_threads_may_wait_for_its_end(errors: Path) -> None:
    process = started("wait", errors=errors)
    with ThreadPoolExecutor(8) as pool:
        ends = [pool.submit(process.wait) for _ in range(8)]
        process.kill()
        assert [end.result() for end in ends] == [-signal.SIGKILL] * 8


def test_another_one_is_forked_where_somebody_ended_the_first(errors: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forkserver, "_servers", {})
    assert started("exit", errors=errors).wait() == 7
    (server,) = forkserver._servers.values()
    assert server._process is not None
    running = started("wait", errors=errors)
    server._process.kill()
    server._process.wait()
    assert soon(lambda: running.poll() is not None, 10), "nobody knows its status any more, and waits for it"
    os.kill(running.pid, signal.SIGKILL)
    assert started("exit", errors=errors).wait() == 7


@pytest.mark.slow
def test_where_zenml_cant_be_imported_a_check_says_so_and_waits_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forkserver, "_servers", {})
    monkeypatch.setattr(forkserver, "SERVER", "raise SystemExit({})")
    with pytest.raises(HarnessBroken, match=r"No process can be started .* ZenML can't be imported"):
        Examiner(PLAIN, QUICK).__enter__()


def test_it_ends_with_all_that_could_ask_it(errors: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forkserver, "_servers", {})
    assert started("exit", errors=errors).wait() == 7
    (server,) = forkserver._servers.values()
    process = server._process
    assert process is not None
    server._line.close()
    assert process.wait(20) == 0


@pytest.mark.slow
def test_what_is_read_before_zenml_is_has_a_server_of_its_own(errors: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forkserver, "_servers", {})
    started("exit", errors=errors).wait()
    monkeypatch.setenv("ZENML_CONFIG_PATH", "elsewhere")
    started("exit", errors=errors).wait()
    assert len(forkserver._servers) == 1
    monkeypatch.setenv("ZENML_LOGGING_VERBOSITY", "ERROR")
    started("exit", errors=errors).wait()
    assert len(forkserver._servers) == 2
