"""L9, L10 and S1 to S3: what goes wrong around a tracker must not reach the step, and secrets must reach nothing."""

from __future__ import annotations

import logging
import os
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import trackio
from pydantic import ValidationError

from tests.support import direct, reader
from tests.support.server import TOKEN, answering_server, closed_port, hanging_server, slow_hub, trackio_server
from zenml_trackers import get_run, get_trackio_run
from zenml_trackers.errors import SecretMissing, TokenRefused, TrackerError, TrackerUnreachable
from zenml_trackers.zenml.trackio.flavor import TrackioExperimentTrackerConfig

SECRET = "hf_TopSecretTokenOfTheTests0123456789"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with trackio_server(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def hanging():
    with hanging_server() as url:
        yield url


def _warnings(said):
    ours = [record for record in said.records if record.name == "zenml_trackers"]
    return [record.getMessage() for record in ours if record.levelno >= logging.WARNING]


def _busy_step():
    trackio.log({"native": 1})
    get_run().log({"ours": 2})
    get_run().add_tags("t")
    get_run().log_params({"p": 1})
    get_trackio_run().log({"object": 3})
    return "result"


def test_a_server_stores_all_that_a_local_run_would(server, project):
    tracker = direct.tracker(project=project, base_url=server.url, api_key=TOKEN)
    found = direct.run_step(tracker, direct.info(tags=["x"], metadata={"m": {"n": [1]}}), _busy_step)
    direct.failing_step(tracker, direct.info("bad"), ValueError("boom"))
    direct.run_step(tracker, direct.info("silent"))
    good, bad, silent = reader.remote(server, project)
    assert (good.status, good.series("native"), good.series("ours")) == ("finished", [(0, 1)], [(1, 2)])
    assert (good.params, good.metadata) == ({"p": 1}, {"m": {"n": [1]}})
    assert {"x", "t", "pipe"} <= set(good.tags)
    assert (bad.status, bad.error, bad.alerts[0][2]) == ("failed", ("ValueError", "boom"), "error")
    assert (silent.status, silent.metrics) == ("finished", [])
    assert found["experiment_tracker_url"] == f"{server.url}/run?project={project}&selected_run_id={good.id}"
    assert "trackio_show_command" not in found
    assert TOKEN not in str(found)


def test_metadata_reaches_a_server_before_the_first_line(server, project):
    seen = []
    tracker = direct.tracker(project=project, base_url=server.url, api_key=TOKEN)
    direct.run_step(tracker, direct.info(metadata={"a": 1}), lambda: seen.extend(reader.remote(server, project)))
    assert [(run.status, run.metadata) for run in seen] == [("running", {"a": 1})]


@pytest.mark.slow
@pytest.mark.parametrize("deadline", [2.0, 4.0])
def test_a_server_that_hangs_costs_no_more_than_the_deadline(hanging, project, said, deadline):
    tracker = direct.tracker(project=project, base_url=hanging, api_key=SECRET, deadline=deadline)
    spent = _time_of_hooks(tracker, direct.info(), _busy_step)
    assert spent < deadline + 1
    [warning] = _warnings(said)
    assert "did not answer" in warning or "took longer" in warning
    assert SECRET not in said.text


def test_a_closed_port_costs_little_and_says_so_once(project, said):
    url = closed_port()
    tracker = direct.tracker(project=project, base_url=url, api_key=SECRET)
    spent = _time_of_hooks(tracker, direct.info(), _busy_step)
    assert spent < 11
    [warning] = _warnings(said)
    assert url in warning
    assert "The step goes on" in warning
    assert SECRET not in said.text


def test_a_refused_token_is_called_that(server, project, said):
    tracker = direct.tracker(project=project, base_url=server.url, api_key=SECRET)
    spent = _time_of_hooks(tracker, direct.info(), _busy_step)
    assert spent < 11
    [warning] = _warnings(said)
    assert "refused the token; check `api_key`" in warning
    assert SECRET not in said.text
    assert reader.remote(server, project) == []


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, "refused the token; check `api_key`"),
        (403, "refused the token; check `api_key`"),
        (500, "answered 500 Internal Server Error."),
        (429, "answered 429 Too Many Requests (slow down: 4010)."),
    ],
)
def test_what_a_server_answers_is_told_as_what_it_is(project, said, status, told):
    """Whatever the numbers in its address and its text are."""
    with answering_server(status, "slow down: 4010" if status == 429 else "") as url:
        tracker = direct.tracker(project=project, base_url=url, api_key=SECRET, deadline=1.0)
        direct.run_step(tracker, direct.info(), _busy_step)
    [warning] = _warnings(said)
    assert f"the Trackio server at {url} {told}" in warning


def _time_of_hooks(tracker, step, body):
    started = time.monotonic()
    tracker.prepare_step_run(step)
    before = time.monotonic()
    assert body() == "result"
    inside = time.monotonic() - before
    tracker.get_step_run_metadata(step)
    tracker.cleanup_step_run(step, False)
    return time.monotonic() - started - inside


@pytest.mark.slow
def test_a_server_that_dies_during_the_step(project, tmp_path, said):
    with trackio_server(tmp_path) as dying:
        tracker = direct.tracker(project=project, base_url=dying.url, api_key=TOKEN, deadline=4.0)

        def body():
            dying.stop()
            return _busy_step()

        assert _time_of_hooks(tracker, direct.info(), body) < 5
    [warning] = _warnings(said)
    assert "is kept in" in warning
    time.sleep(1)
    assert not [t for t in threading.enumerate() if t.name.startswith("zenml-trackers") and "storing" in t.name]


def test_the_steps_own_error_is_not_hidden_by_a_dead_tracker(project):
    tracker = direct.tracker(project=project, base_url=closed_port(), api_key=SECRET)

    def body():
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        direct.run_step(tracker, direct.info(), body)


@pytest.mark.parametrize(
    ("config", "error"),
    [
        ({"base_url": "http://127.0.0.1:9"}, TrackerUnreachable),
        ({"base_url": "server", "api_key": SECRET}, TokenRefused),
        ({"api_key": "{{no_such_secret.key}}", "base_url": "http://127.0.0.1:9"}, SecretMissing),
        ({"workspace": "acme", "api_key": SECRET}, TrackerUnreachable),
    ],
)
def test_a_strict_tracker_fails_in_prepare_by_name_and_leaves_nothing(server, project, config, error, zenml_store):
    if config["base_url" if "base_url" in config else "workspace"] == "server":
        config = {**config, "base_url": server.url}
    tracker = direct.tracker(project=project, strict=True, **config)
    with pytest.raises(error) as caught:
        tracker.prepare_step_run(direct.info())
    assert SECRET not in f"{caught.value!r} {caught.value.__cause__!r}"
    assert trackio.context_vars.current_run.get() is None
    assert "zenml" not in trackio.init.__module__


@pytest.mark.parametrize(
    "config", [{"api_key": "{{no_such_secret.key}}", "base_url": "http://127.0.0.1:9"}, {"workspace": "acme"}]
)
def test_a_tracker_that_cannot_even_connect_takes_every_call_of_the_step(project, said, config, zenml_store):
    tracker = direct.tracker(project=project, **config)

    def body():
        _busy_step()
        trackio.init(project="x", config={"a": 1})
        trackio.finish()
        get_trackio_run()["key"] = 1
        trackio.alert("title")

    direct.run_step(tracker, direct.info(), body)
    assert len(_warnings(said)) == 1
    assert "The step goes on" in said.text


def test_a_tracker_that_could_not_be_made_takes_files_and_tables_too(project, said, zenml_store):
    def body():
        get_run().log_artifact(__file__)
        get_run().log_table("table", ["column"], [[1]])

    tracker = direct.tracker(project=project, base_url="http://127.0.0.1:9", api_key="{{no_such_secret.key}}")
    direct.run_step(tracker, direct.info(), body)
    [warning] = _warnings(said)
    assert "no such secret" in warning


@pytest.mark.slow
def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    program = """
from tests.support import direct
import trackio
def body():
    trackio.log({"a": 1})
    print("RESULT")
direct.run_step(direct.tracker(project="p"), direct.info(), body)
"""
    variables = {**os.environ, "TRACKIO_DIR": str(tmp_path / "file" / "trackio")}
    done = subprocess.run([sys.executable, "-c", program], env=variables, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "RESULT" in done.stdout
    said = done.stdout + done.stderr
    assert "Trackio's folder can't be written" in said
    assert said.count("The step goes on") == 1
    assert "trackio failed to flush" not in said


def test_a_database_that_is_locked_does_not_hold_the_step_up(project, said):
    direct.run_step(direct.tracker(project=project), direct.info("first"))
    locked = sqlite3.connect(Path(os.environ["TRACKIO_DIR"]) / f"{project}.db", isolation_level=None)
    locked.execute("BEGIN EXCLUSIVE")
    try:
        assert _time_of_hooks(direct.tracker(project=project, deadline=2.0), direct.info(), _busy_step) < 3
    finally:
        locked.execute("ROLLBACK")
        locked.close()
    assert len(_warnings(said)) == 1


def test_settings_that_cannot_be_read_do_not_fail_the_step(project, said):
    direct.run_step(direct.tracker(project=project), direct.info(tags="no list"), lambda: trackio.log({"m": 1}))
    [run] = reader.local(project)
    assert (run.status, run.series("m")) == ("finished", [(0, 1)])
    assert "tracked without its settings" in said.text
    with pytest.raises(TrackerError, match="tags"):
        direct.tracker(project=project, strict=True).prepare_step_run(direct.info(tags="no list"))


def test_a_secret_in_the_users_error_is_starred_out(server, project):
    tracker = direct.tracker(project=project, base_url=server.url, api_key=TOKEN)
    direct.failing_step(tracker, direct.info(), ValueError(f"401 for token {TOKEN}"))
    [run] = reader.remote(server, project)
    assert run.error == ("ValueError", "401 for token ********")
    assert TOKEN not in str(run.alerts)


def test_no_secret_is_stored_or_shown(server, project, said, capfd):
    started_with = len((server.folder / "server.log").read_text())  # the server itself shows its token when it starts
    tracker = direct.tracker(project=project, base_url=server.url, api_key=TOKEN)
    seen: list[str] = [repr(tracker.config), str(tracker.config), repr(tracker)]

    def body():
        seen.extend([repr(get_run()), repr(get_trackio_run()), str(get_run().url), str(dict(os.environ))])

    seen.append(str(direct.run_step(tracker, direct.info(), body)))
    seen.append(str(reader.remote(server, project)))
    seen.append(said.text)
    seen.extend(capfd.readouterr())
    seen.append((server.folder / "server.log").read_text()[started_with:])
    assert not [text for text in seen if TOKEN in text]


def test_a_secret_reference_is_resolved_at_use(server, project, zenml_store):
    from zenml.client import Client

    Client().create_secret("board", {"token": TOKEN})
    tracker = direct.tracker(project=project, base_url=server.url, api_key="{{board.token}}")
    assert tracker.config.__dict__["api_key"] == "{{board.token}}"
    direct.run_step(tracker, direct.info(), _busy_step)
    assert [run.status for run in reader.remote(server, project)] == ["finished"]
    assert TOKEN not in str(dict(os.environ))


def test_errors_of_the_configuration_do_not_show_its_secrets():
    with pytest.raises(ValidationError) as caught:
        TrackioExperimentTrackerConfig(api_key=SECRET, base_url="localhost:7860", deadline="soon")
    assert SECRET not in str(caught.value)


def test_a_run_whose_space_cannot_be_reached_still_says_where_it_belongs(project, said):
    tracker = direct.tracker(project=project, workspace="acme", api_key=SECRET)
    found = direct.run_step(tracker, direct.info(), _busy_step)
    assert found["experiment_tracker_url"].startswith(f"https://acme-trackio.hf.space/run?project={project}&")
    assert found["trackio_run_id"] in found["experiment_tracker_url"]
    assert len(_warnings(said)) == 1


@pytest.mark.slow
def test_a_hub_that_hangs_leaves_no_token_in_the_environment():
    program = """
import os, time
from tests.support import direct
seen = []
tracker = direct.tracker(project="p", workspace="acme", api_key="hf_secret_1234567", deadline=4.0)
began = time.monotonic()
direct.run_step(tracker, direct.info(), lambda: seen.append(os.environ.get("HF_TOKEN")))
print("SEEN", seen, os.environ.get("HF_TOKEN"), time.monotonic() - began < 25)
"""
    with slow_hub() as hub:
        variables = {**os.environ, "HF_ENDPOINT": hub, "HF_HUB_OFFLINE": "0"}
        done = subprocess.run(
            [sys.executable, "-c", program], env=variables, capture_output=True, text=True, timeout=60
        )
    assert "SEEN [None] None True" in done.stdout, done.stdout + done.stderr
    assert "hf_secret_1234567" not in done.stdout + done.stderr
