"""Eight steps on eight machines, whose network fails for 20 s, and two of which are lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.remote import network, pipeline
from tests.remote.network import Machine
from tests.remote.orchestrator import written
from tests.remote.servers import PASSWORD, TOKEN, Team, team

pytest.importorskip("moto", reason="tox -e remote has what these tests need")
STEPS = 8
CUT = 20.0
"""Seconds for which the machines of the steps reach nobody."""
BEFORE = 50
"""Rows that each step has logged before that."""
MORE = 50
"""Rows that nobody was told of when a machine is lost."""
PATIENCE = 600.0
JOURNAL = "ZENML_TRACKERS_JOURNAL"
LOST = (pipeline.LOST, pipeline.KEPT)
TOOL = str(Path(sys.executable).with_name("zenml-trackers"))
Found = dict[str, Any]


@pytest.fixture(scope="module", autouse=True)
def allowed() -> None:
    """No machine can be made everywhere; in CI it has to be possible."""
    lacking = network.lacks()
    if lacking and os.environ.get("CI"):
        pytest.fail(lacking)
    elif lacking:
        pytest.skip(lacking)


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    with team(tmp_path_factory.mktemp("team"), STEPS) as made:
        made.client.variables |= {
            "ZENML_STORE_TYPE": "rest",
            "ZENML_STORE_URL": made.zenml,
            "ZENML_STORE_USERNAME": "default",
            "ZENML_STORE_PASSWORD": PASSWORD,
        }
        print(f"ZenML's server stores in {made.zenml_store}, MLflow's in PostgreSQL and S3.")
        assert made.zenml_store == "MariaDB" or not os.environ.get("CI"), "mariadb-server is to be installed in CI"
        yield made


@pytest.fixture(scope="module")
def trackers(there: Team) -> list[str]:
    return [f"trackio+{there.trackio}/team", f"mlflow+{there.mlflow}/team"]


@pytest.fixture(scope="module")
def ended(there: Team, trackers: list[str]) -> Team:
    """The pipeline has run, and met what it has to meet."""
    client, machines = there.client, machines_of(there)
    machines[pipeline.KEPT].variables[JOURNAL] = str(client.home / "volume")
    facts = {
        "machines": str(written(machines, client.home / "machines.json")),
        "storage": there.storage,
        "trackers": trackers,
        "token": TOKEN,
    }
    tool(client, "register")
    ask(client, "register", json.dumps(facts))
    log = client.home / "run.log"
    running = client.start([sys.executable, "-m", "tests.remote.client", "run", str(STEPS)], log)

    def all_have(rows: int) -> bool:
        assert running.poll() is None, log.read_text()[-3000:]
        return all(logged(machine) >= rows for machine in machines.values())

    wait(lambda: all_have(BEFORE), "each step has logged some rows")
    before = {name: logged(machine) for name, machine in machines.items()}
    for machine in machines.values():
        machine.cut()
    time.sleep(CUT)
    during = {name: logged(machine) - before[name] for name, machine in machines.items()}
    for machine in machines.values():
        machine.mend()
    print("Rows logged while nobody was reached:", during)
    assert min(during.values()) > CUT / pipeline.PAUSE / 4  # no step waited for the network
    time.sleep(CUT)
    until = logged(machines[pipeline.KEPT]) + MORE
    machines[pipeline.KEPT].cut()
    wait(lambda: logged(machines[pipeline.KEPT]) >= until, "a step logs while its machine reaches nobody")
    for name, machine in machines.items():
        if name in LOST:
            machine.lose()
        else:
            (machine.home / pipeline.END).touch()
    wait(lambda: running.poll() is not None, "the pipeline has ended")
    return there


def test_each_row_is_there_once_in_order_in_each_tracker(ended: Team, trackers: list[str]) -> None:
    for url in trackers:
        runs = found(ended, url)
        assert sorted(runs) == sorted(pipeline.names(STEPS))
        for name, machine in machines_of(ended).items():
            rows = runs[name]["rows"]
            count = len(rows) if name in LOST else int((machine.home / pipeline.LOGGED).read_text())
            assert rows == [[step, float(step)] for step in range(count)], (url, name)
            assert count > BEFORE
        print(url, {name: len(run["rows"]) for name, run in runs.items()})


def test_tags_params_files_and_statuses_are_right(ended: Team, trackers: list[str]) -> None:
    for url in trackers:
        for name, run in found(ended, url).items():
            over = name not in LOST
            assert {f"of-{name}", "training", name} | ({"at-the-end"} if over else set()) <= set(run["tags"])
            assert run["params"] == {"of": name}
            if over:
                assert run["files"] == {"notes": f"all of {name}"}
                assert run["status"] == ("failed" if name == pipeline.FAILS else "finished")
    assert found(ended, trackers[0])[pipeline.FAILS]["error"] == {"type": "ValueError", "message": "the data are bad"}


def test_zenml_has_the_steps_states_and_the_pages_of_their_runs(ended: Team, trackers: list[str]) -> None:
    steps = {step["name"]: step for step in ask(ended.client, "steps")}
    assert {name for name, step in steps.items() if step["status"] == "completed"} == set(pipeline.names(STEPS)[:-3])
    for name in pipeline.names(STEPS)[:-3]:
        metadata = steps[name]["metadata"]
        for url in (metadata["experiment_tracker_url"], metadata["mlflow_url"]):
            assert_answers(ended.client, url)
            assert TOKEN not in url
        assert metadata["experiment_tracker_url"].startswith(ended.trackio)
        assert metadata["mlflow_url"].startswith(ended.mlflow)


def test_a_journal_on_a_volume_is_delivered_by_another_machine(ended: Team, trackers: list[str]) -> None:
    rows = logged(machines_of(ended)[pipeline.KEPT])
    before = {url: len(found(ended, url)[pipeline.KEPT]["rows"]) for url in trackers}
    print(f"Of {rows} rows in the journal of the lost machine, delivered were {before}.")
    assert max(before.values()) <= rows - MORE
    print(tool(ended.client, "deliver", "--journal", machines_of(ended)[pipeline.KEPT].variables[JOURNAL]))
    for url in trackers:
        run = found(ended, url)[pipeline.KEPT]
        assert run["rows"] == [[step, float(step)] for step in range(rows)], url
        assert run["status"] == "failed", url


def test_the_run_of_a_lost_machine_is_ended_by_reconcile(ended: Team, trackers: list[str]) -> None:
    assert {found(ended, url)[pipeline.LOST]["status"] for url in trackers} == {"running"}
    said = tool(ended.client, "reconcile", "--json")
    print(said)
    assert sum(f"_{pipeline.LOST}" in line for line in said.splitlines()) == len(trackers)
    for url in trackers:
        statuses = {name: run["status"] for name, run in found(ended, url).items()}
        assert {name for name, status in statuses.items() if status == "failed"} == {pipeline.FAILS, *LOST}
        assert set(statuses.values()) == {"finished", "failed"}


def machines_of(there: Team) -> dict[str, Machine]:
    """The machine of each step."""
    return dict(zip(pipeline.names(STEPS), there.steps(), strict=True))


def ask(client: Machine, *arguments: str) -> list[Found]:
    """What the client's program says, a line each."""
    command = client.command([sys.executable, "-m", "tests.remote.client", *arguments])
    done = subprocess.run(command, env=client.environment, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def tool(client: Machine, *arguments: str) -> str:
    """What our own command prints there."""
    done = subprocess.run(
        client.command([TOOL, *arguments]), env=client.environment, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def found(there: Team, url: str) -> dict[str, Found]:
    """The runs of a tracker, by their steps."""
    token = TOKEN if url.startswith("trackio") else ""
    return {run["step"]: run for run in ask(there.client, "found", url, token)}


def logged(machine: Machine) -> int:
    """The rows that a step has in the journals on its machine."""
    journals = machine.variables.get(JOURNAL, machine.home / ".local" / "share" / "zenml-trackers")
    files = Path(journals).glob("**/records.jsonl")
    return max((file.read_bytes().count(b'{"kind":"metrics"') for file in files), default=0)


def wait(until: Callable[[], bool], for_what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < end, f"It is not so that {for_what}."
        time.sleep(0.5)


def assert_answers(client: Machine, url: str) -> None:
    script = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=10).status)"
    done = subprocess.run(
        client.command([sys.executable, "-c", script, url]), env=client.environment, capture_output=True, text=True
    )
    assert done.stdout.strip() == "200", (url, done.stderr[-500:])
