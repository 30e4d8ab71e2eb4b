"""S1 and S2 on all that a machine has after a step: each secret is where it was put, and nowhere else."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
from zenml.utils.secret_utils import is_secret_field

from tests.faults.server import Server
from tests.long.canaries.cases import CASES, Case
from tests.long.canaries.search import forms, places
from tests.support import stores
from tests.support.environments import REPOSITORY
from tests.support.server import answering_server, closed_port, refusing_server
from zenml_trackers.zenml.trackio.flavor import TrackioExperimentTrackerConfig
from zenml_trackers.zenml.unified.flavor import UnifiedExperimentTrackerConfig

KINDS = {"trackio": TrackioExperimentTrackerConfig, "unified": UnifiedExperimentTrackerConfig}


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """Their addresses; what they say themselves is not searched, what they store is."""
    with ExitStack() as running:
        addresses = {"away": closed_port()}
        for library in ("trackio", "mlflow"):
            server = Server(library, tmp_path_factory.mktemp("servers") / library)
            running.callback(server.stop)
            server.start()
            addresses[library] = server.url
        addresses["refusing"] = running.enter_context(refusing_server())
        addresses["failing"] = running.enter_context(answering_server(500, "sorry"))
        yield addresses


@pytest.fixture(scope="module")
def folder(servers: Mapping[str, str], store_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that is left of a process that used every secret."""
    folder = tmp_path_factory.mktemp("secrets")
    stores.copy_of(store_template, folder / "zenml")
    for name in ("home", "store", "shown", "temporary"):
        (folder / name).mkdir()
    variables = {
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "temporary"),
        "TRACKIO_DIR": str(folder / "store" / "trackio"),
        "ZENML_CONFIG_PATH": str(folder / "zenml"),
        "ZENML_LOGGING_VERBOSITY": "DEBUG",
        "ZENML_CUSTOM_SOURCE_ROOT": str(REPOSITORY),
        "WANDB_ERROR_REPORTING": "false",
        "COMET_ERROR_TRACKING_ENABLE": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")])),
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "ZENML_TRACKERS_"))}
    addresses = json.dumps({**servers, "store": str(folder / "store")})
    command = [sys.executable, "-m", "tests.long.canaries.process", str(folder / "shown"), addresses]
    with (folder / "shown" / "printed.txt").open("wb") as printed:
        done = subprocess.run(command, cwd=folder, env={**kept, **variables}, stdout=printed, stderr=printed)
    assert done.returncode == 0, (folder / "shown" / "printed.txt").read_text()[-3000:]
    return folder


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_secret_is_nowhere(case: Case, folder: Path) -> None:
    pickled = [f"shown/{case.file}.{KINDS[case.flavor].__name__}.pickle"] if not case.kept else []
    assert [place for place in places(folder, case.secret) if place not in pickled] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_case_was_what_it_is_called(case: Case, folder: Path) -> None:
    """Refused at registration, or when the tracker is used, or not at all."""
    ends = sorted(path.name.removeprefix(f"{case.file}.") for path in (folder / "shown").glob(f"{case.file}.*"))
    if case.refused:
        assert ends == ["refused.txt"]
    elif case.is_strict:
        assert ends == ["raised.txt"]
    else:
        assert {"Run.txt", "children.txt", "crash.txt", f"{KINDS[case.flavor].__name__}.txt"} <= set(ends)
        assert "raised.txt" not in ends


def test_each_field_that_takes_a_secret_has_a_case() -> None:
    given = {(case.flavor, name) for case in CASES for name, value in case.given.items() if value == "<canary>"}
    wanted = {
        (flavor, name)
        for flavor, kind in KINDS.items()
        for name, field in kind.model_fields.items()
        if is_secret_field(field)
    }
    assert wanted - given == set()


def test_the_journals_are_their_owners_alone(folder: Path) -> None:
    [journals] = (folder / "home").rglob("journals")
    assert len(list(journals.iterdir())) >= 4, "of those that could not be reached"
    assert {stat.S_IMODE(each.stat().st_mode) for each in (journals, *journals.iterdir())} == {0o700}


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "canary-0").mkdir()
    for number, form in enumerate(sorted(forms("canary-0"))):
        (tmp_path / str(number)).write_bytes(b"before " + form + b" after")
    assert len(list(places(tmp_path, "canary-0"))) == 1 + number + 1
