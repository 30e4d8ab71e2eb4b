"""The demo: run once for real, as a user would, in a home with nothing in it."""

from __future__ import annotations

import os
import re
import subprocess
import sysconfig
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from tests.support.server import closed_port
from zenml_trackers.cli import main
from zenml_trackers.cli.demo import runner
from zenml_trackers.cli.demo.folder import LOG


class Demo(NamedTuple):
    said: str
    errors: str
    status: int
    home: Path
    folder: Path


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    home = tmp_path_factory.mktemp("home")
    folder = home / "kept"
    of_the_user = {
        "HOME": str(home),
        "ZENML_CONFIG_PATH": str(home / "zenml"),
        "ZENML_STORE_URL": "sqlite:////nowhere/zenml.db",
        "ZENML_TRACKERS_OVERRIDE": "off",
        "TRACKIO_DIR": str(home / "trackio"),
        "TRACKIO_SERVER_URL": closed_port(),
    }
    command = [str(Path(sysconfig.get_path("scripts")) / "zenml-trackers"), "demo", "--keep", str(folder)]
    done = subprocess.run(
        command, env={**os.environ, **of_the_user}, cwd=home, capture_output=True, encoding="utf-8", timeout=120
    )
    return Demo(done.stdout, done.stderr, done.returncode, home, folder)


@pytest.mark.slow
def test_it_succeeds_and_is_quiet_about_the_step_that_fails_on_purpose(demo):
    assert demo.status == 0, demo.errors
    assert demo.errors == ""
    assert "Traceback" not in demo.said
    assert "quality_gate: fails, as it should" in demo.said


@pytest.mark.slow
def test_it_shows_each_run_with_its_status_error_tags_points_and_url(demo):
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in demo.said.splitlines() if "│" in line]
    train, evaluate, gate = (row for row in rows if row[0])
    assert train[:2] == ["demo-1_train", "finished"]
    assert train[4] == "30"
    assert evaluate[:2] == ["demo-1_evaluate", "finished"]
    assert gate[:2] == ["demo-1_quality_gate", "failed"]
    assert re.fullmatch(r"ValueError: accuracy 0\.\d+ is below the 1\.000 that is wanted", gate[2])
    assert {"baseline", "demo-1", "digits_demo", "train"} <= {row[3] for row in rows}
    urls = {row[5] for row in (train, evaluate, gate)}
    assert len(urls) == 3
    assert all(re.fullmatch(r"http://[\w.:]+/run\?project=digits&selected_run_id=\w{32}", url) for url in urls)


@pytest.mark.slow
def test_what_goes_to_a_pipe_has_no_escapes_and_is_not_cut(demo):
    assert "\x1b" not in demo.said
    assert "…" not in demo.said


@pytest.mark.slow
def test_it_says_how_to_open_the_dashboard(demo):
    assert f"TRACKIO_DIR={demo.folder / 'trackio-runs'} trackio show --project digits" in demo.said


@pytest.mark.slow
def test_it_touches_nothing_of_the_users(demo):
    assert [path.name for path in demo.home.iterdir() if not path.name.startswith(".")] == ["kept"]
    assert not (demo.home / ".config" / "zenml").exists()
    assert not (demo.home / ".cache" / "huggingface" / "trackio").exists()


def test_a_folder_with_something_else_in_it_is_refused(tmp_path):
    (tmp_path / "thesis.txt").touch()
    done = CliRunner().invoke(main, ["demo", "--keep", str(tmp_path)])
    assert done.exit_code == 1
    assert "neither empty nor an earlier demo's" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_without_its_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(runner, "find_spec", lambda name: None)
    done = CliRunner().invoke(main, ["demo"])
    assert done.exit_code == 1
    assert 'pip install "zenml-trackers[demo]"' in done.output


@pytest.mark.slow
def test_if_it_goes_wrong_it_shows_the_end_of_the_log(tmp_path):
    (tmp_path / LOG).touch()
    (tmp_path / "zenml-store").touch()  # a file where the store's folder has to be
    done = CliRunner().invoke(main, ["demo", "--keep", str(tmp_path)])
    assert done.exit_code == 1
    assert "zenml-store" in done.output.splitlines()[-1]
