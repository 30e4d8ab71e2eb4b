"""`zenml-trackers runs`: a table that fits the terminal, all of it in a pipe, and one run by how its id begins."""

from __future__ import annotations

import json
import re
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.support.server import trackio_server
from tests.support.terminal import Said, in_real_terminal, on_terminal, piped
from tests.support.trackers import ALL, backend_at, store, url_of
from zenml_trackers import connect
from zenml_trackers.cli.runs import STATUSES
from zenml_trackers.model.records import Metrics, Params, RunError, RunSpec, Status, Summary

LONG = "digits_training_pipeline-2026_11_26-14_03_05_123456"
STEPS = ("train", "evaluate", "quality_gate")
ERROR = RunError(
    type="ValueError",
    message="accuracy 0.953 is below the 1.000 that is wanted,\nalthough all else was quite as it should be",
)
HOSTILE = "名前 [red]x[/]\x1b[31m\tend"
COLUMNS = ["id", "name", "status", "pipeline", "step", "started", "duration", "error"]
SHOWN_AT = {
    60: ["id", "name", "status", "started", "duration"],
    80: ["id", "name", "status", "step", "started", "duration"],
    120: ["id", "name", "status", "pipeline", "step", "started", "duration"],
}
MORE_AT = {80: "pipeline"}


def fill(url: str, project: str) -> list[str]:
    """Runs with long names, failed ones, one of a hostile name and one that goes on; gives their ids."""
    backend, made = backend_at(url, project), []
    for step in STEPS:
        time.sleep(0.01)  # the ids of memories begin with the time, and so tell runs apart as soon as that does
        spec = RunSpec(
            name=f"{LONG}_{step}",
            project=project,
            pipeline="digits_training_pipeline",
            pipeline_run=LONG,
            step=step,
            tags=("baseline",),
            metadata={"commit": {"sha": "abc"}},
        )
        failed = step == "quality_gate"
        rows = [Metrics(values={"loss": 1 / (number + 1)}, step=number) for number in range(3)]
        made.append(
            store(
                backend,
                spec,
                Params(values={"model": {"depth": 3}}),
                Summary(values={"best loss": 1 / 3, "verdict": "good"}),
                *rows,
                status=Status.FAILED if failed else Status.FINISHED,
                error=ERROR if failed else None,
            )
        )
    made.append(store(backend, RunSpec(name=HOSTILE, project=project), Metrics(values={"x": 1})))
    made.append(
        store(backend, RunSpec(name="goes on", project=project), Metrics(values={"x": 1}), status=Status.RUNNING)
    )
    return made


@pytest.fixture(scope="module", params=["trackio", "mlflow", "memory", "tensorboard", "aim"])
def filled(request, tmp_path_factory) -> Iterator[tuple[str, list[str]]]:
    """The URL of a project of each tracker, and the ids in it."""
    from uuid import uuid4

    name = f"test-{uuid4().hex[:12]}"
    with pytest.MonkeyPatch.context() as patch:
        url = url_of(request.param, tmp_path_factory.mktemp("runs"), name, patch)
        yield f"{url}?project={name}", fill(url, name)
    for memory in Path("/dev/shm").glob(f"zenml-trackers-*/{name}"):
        shutil.rmtree(memory)


def headings(said: Said) -> list[str]:
    return said.lines[0].split()


def has_long_ids(url: str) -> bool:
    """Whether the ids are the runs' names, which may be long, and of which one may begin as another one does."""
    return url.startswith("tensorboard")


def shown_ids(said: Said, below: bool) -> list[str]:
    if below:
        return [line.strip() for line in said.lines if line.startswith("  ") and "ValueError" not in line]
    return [line.split()[0] for line in said.lines[1:] if not line.startswith("  ")]


class TestTable:
    @pytest.mark.parametrize("width", [60, 80, 120])
    def test_no_line_is_wider_than_the_terminal_and_each_run_shows_its_status(self, filled, width):
        said = on_terminal(width, "runs", filled[0])
        assert said.status == 0
        assert max(cell_len(line) for line in said.lines if line.strip() not in filled[1]) <= width
        rows = [line for line in said.lines[1:] if not line.startswith("  ")]
        assert len(rows) == 5
        assert [sum(word in line.split() for line in rows) for word in ("finished", "failed", "running")] == [3, 1, 1]
        assert "\x1b" not in said.out

    @pytest.mark.parametrize("width", [60, 80, 120])
    def test_the_less_important_columns_give_way(self, filled, width):
        wanted = SHOWN_AT[width]
        if has_long_ids(filled[0]):  # which are below the rows, and leave their place to a column more
            wanted = [each for each in COLUMNS[1:-1] if each in wanted or each == MORE_AT.get(width)]
        elif filled[0].startswith("memory") and width == 60:  # its ids begin with the time
            wanted = [each for each in wanted if each != "started"]
        assert headings(on_terminal(width, "runs", filled[0])) == wanted

    def test_names_that_differ_at_the_end_are_told_apart(self, filled):
        names = re.findall(r"digits_\S*…(\S+)", on_terminal(60, "runs", filled[0]).out)
        assert [step.endswith(name[-4:]) for step, name in zip(STEPS, names[::-1], strict=True)] == [True] * 3

    @pytest.mark.parametrize("width", [60, 80, 120])
    def test_an_error_is_below_its_row_and_on_one_line(self, filled, width):
        lines = on_terminal(width, "runs", filled[0]).lines
        [index] = [number for number, line in enumerate(lines) if "ValueError: accuracy" in line]
        assert "failed" in "".join(lines[index - 2 : index])
        assert lines[index].startswith("  ")

    def test_where_there_is_room_the_error_has_a_column(self, filled):
        said = on_terminal(320, "runs", filled[0])
        assert headings(said)[-1] == "error"
        [line] = [line for line in said.lines if "ValueError" in line]
        assert "failed" in line
        assert line.endswith("although all else was quite as it should be")

    def test_a_name_can_do_nothing_to_the_terminal(self, filled):
        assert "名前 [red]x[/]\\x1b[31m end" in on_terminal(280, "runs", filled[0]).out

    def test_the_status_has_a_colour(self, filled):
        said = on_terminal(120, "runs", filled[0], colors=True)
        assert re.search(r"\x1b\[32mfinished", said.out)
        assert re.search(r"\x1b\[31mfailed", said.out)


class TestPipe:
    def test_nothing_is_cut_left_out_or_coloured(self, filled):
        url, ids = filled
        said = piped("runs", url)
        assert headings(said) == COLUMNS
        assert len(said.lines) == 6
        oldest_first = said.lines[:0:-1]
        for line, id in zip(oldest_first, ids, strict=True):
            assert line.startswith(id)
        for line, step in zip(oldest_first, STEPS, strict=False):
            assert f"  {LONG}_{step} " in line
            assert re.search(r"  \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ  ", line)
        assert said.lines[3].endswith("although all else was quite as it should be")
        assert "…" not in said.out
        assert "\x1b" not in said.out

    def test_a_forced_colour_cuts_nothing(self, filled, monkeypatch):
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("COLUMNS", "60")
        monkeypatch.delenv("NO_COLOR", raising=False)
        said = piped("runs", filled[0])
        assert re.search(r"\x1b\[[0-9;]*mfailed", said.out)
        assert f"{LONG}_quality_gate" in said.out

    def test_json_keeps_its_form(self, filled):
        url, ids = filled
        runs = [json.loads(line) for line in piped("runs", url, "--json").lines][::-1]
        assert [run["id"] for run in runs] == ids
        failed = runs[2]
        assert failed["status"] == "failed"
        assert failed["error"] == ERROR.model_dump()
        assert failed["params"] == {"model": {"depth": 3}}
        assert failed["metadata"] == {"commit": {"sha": "abc"}}
        assert failed["tags"] == ["baseline"]
        assert failed["summary"] == {"best loss": 1 / 3, "verdict": "good"}
        assert [point["name"] for point in failed["metrics"]] == ["loss"] * 3
        assert {"started", "ended"} <= failed.keys()
        assert "ended" not in runs[4]
        known = {"id", "name", "project", "status", "error", "tags", "metadata", "params", "metrics", "pipeline"}
        known |= {"pipeline_run", "step", "step_run_id", "attempt", "url", "origin", "show_command", "started", "ended"}
        known |= {"alerts", "parent", "summary", "artifacts", "used"}
        assert failed.keys() <= known


class TestSome:
    """Of many runs, those that are asked for."""

    def test_the_newest_are_shown_and_how_many_there_are(self, filled):
        url, ids = filled
        said = piped("runs", url, "--limit", "2")
        assert [line.startswith(id) for line, id in zip(said.lines[1:], ids[:2:-1], strict=True)] == [True, True]
        assert said.err == "These are the newest 2 of 5 runs; --all shows all.\n"

    def test_a_terminal_shows_a_page(self, filled, monkeypatch):
        monkeypatch.setattr(sys.modules["zenml_trackers.cli.runs"], "PAGE", 3)  # the command has the module's name
        for arguments, shown in (([], 3), (["--limit", "4"], 4), (["--all"], 5), (["--limit", "4", "--all"], 5)):
            said = on_terminal(120, "runs", filled[0], *arguments)
            assert len([line for line in said.lines[1:] if not line.startswith("  ")]) == shown

    def test_runs_of_a_status(self, filled):
        url, ids = filled
        [failed] = map(json.loads, piped("runs", url, "--json", "--status", "failed").lines)
        assert failed["id"] == ids[2]
        assert len(failed["metrics"]) == 3

    def test_runs_of_a_pipeline(self, filled):
        url, ids = filled
        [first, *_] = map(json.loads, piped("runs", url, "--json").lines[::-1])
        found = map(json.loads, piped("runs", url, "--json", "--pipeline", first["pipeline"]).lines)
        assert [run["id"] for run in found] == ids[2::-1]

    def test_where_none_is_such_a_one_that_is_said(self, filled):
        said = piped("runs", filled[0], "--pipeline", "nope")
        assert said.err == "None of the 5 runs matches these options.\n"

    def test_metrics_that_take_longer_are_left_out_of_a_list_and_nothing_else(self, filled):
        backend = connect(filled[0]).backend
        listed, read = list(backend.overview()), list(backend.read())
        without = [[run.model_copy(update={"metrics": ()}) for run in runs] for runs in (listed, read)]
        assert without[0] == without[1]
        leaves_out = filled[0].startswith(("trackio", "mlflow", "aim"))
        assert not any(run.metrics for run in listed) or not leaves_out

    def test_a_status_is_one_that_runs_have(self):
        assert set(STATUSES) == {each.value for each in Status}


class TestOneRun:
    def test_the_id_that_the_table_shows_is_enough(self, filled):
        url, ids = filled
        shown = shown_ids(on_terminal(120, "runs", url), below=has_long_ids(url))
        assert len(set(shown)) == 5
        for short, id in zip(shown[::-1], ids, strict=True):
            assert len(short) >= min(8, len(id))
            assert id.startswith(short)
            assert json.loads(piped("runs", url, "--run", short, "--json").out)["id"] == id

    def test_so_is_that_of_a_run_that_is_shown_alone(self, filled):
        url, ids = filled
        said = on_terminal(120, "runs", url, "--limit", "1")
        [short] = shown_ids(said, below=True) or shown_ids(said, below=False)
        assert json.loads(piped("runs", url, "--run", short, "--json").out)["id"] == ids[-1]

    @pytest.mark.parametrize("width", [60, 80, 120])
    def test_all_of_it_is_shown_and_no_fact_is_cut(self, filled, width):
        url, ids = filled
        said = on_terminal(width, "runs", url, "--run", ids[2])
        facts = dict(line.split(maxsplit=1) for line in said.lines if line and not line.startswith(" ") and " " in line)
        assert facts["id"] == ids[2]
        assert facts["name"] == f"{LONG}_quality_gate"
        assert facts["error"] == "ValueError: accuracy 0.953 is below the 1.000 that is wanted,"
        assert "\n              although all else was quite as it should be\n" in re.sub(
            r"\n +(?=although)", "\n" + " " * 14, said.out
        )
        assert facts["model.depth"] == "3"
        assert facts["commit.sha"] == "abc"
        assert (facts["best"], facts["verdict"]) == ("loss  0.3333333333333333", "good")
        assert facts["show"].startswith("with ")
        assert "…" not in said.out.split("metrics\n")[0]

    @pytest.mark.parametrize("width", [60, 80, 120])
    def test_its_metrics_fit(self, filled, width):
        said = on_terminal(width, "runs", filled[0], "--run", filled[1][0])
        table = said.out.split("\nmetrics\n")[1].splitlines()
        assert max(map(cell_len, table)) <= width
        assert table[0].split()[0] == "metric"
        name, *numbers, trend = table[1].split()
        assert name == "loss"
        assert numbers == ["3", "1", "0.33333", "0.33333", "1"]
        assert trend == "█▃▁"

    def test_a_pipe_has_all_digits(self, filled):
        [line] = [line for line in piped("runs", filled[0], "--run", filled[1][0]).lines if line.startswith("loss")]
        assert "0.3333333333333333" in line

    def test_an_id_that_is_not_there_and_one_that_may_be_several(self, filled):
        url = filled[0]
        none = piped("runs", url, "--run", "nope")
        assert (none.status, none.out) == (1, "")
        assert none.err == f"Error: {url} has no run with the id 'nope'; `zenml-trackers runs` lists all.\n"
        several = piped("runs", url, "--run", "")
        assert several.status == 1
        assert several.err.startswith(f"Error: The id '' may be that of several runs at {url}: ")
        assert several.err.count("(") == 5
        assert several.err.endswith("Write more of it.\n")


@pytest.mark.parametrize("tracker", ALL)
class TestProjects:
    def test_a_mistyped_one_is_told_with_those_that_there_are(self, tracker, tmp_path, project, monkeypatch):
        url = url_of(tracker, tmp_path, project, monkeypatch)
        store(backend_at(url, project), RunSpec(name="r", project=project), Metrics(values={"x": 1}))
        mistyped = f"{project[:-3]}{project[-2:]}"
        for arguments in (["runs", f"{url}?project={mistyped}"], ["runs", f"{url}?project={mistyped}", "--json"]):
            said = piped(*arguments)
            assert (said.status, said.out) == (1, "")
            assert said.err.startswith(f"Error: There is no project {mistyped!r} at {arguments[1]}; the")
            assert said.err.endswith(f"Did you mean {project!r}?\n")
            assert len(said.err.splitlines()) == 1

    def test_copy_tells_it_too(self, tracker, tmp_path, project, monkeypatch):
        url = url_of(tracker, tmp_path, project, monkeypatch)
        store(backend_at(url, project), RunSpec(name="r", project=project), Metrics(values={"x": 1}))
        said = piped("copy", f"{url}?project={project}x", f"memory://{project}-target")
        assert (said.status, said.out) == (1, "")
        assert f"Did you mean {project!r}?" in said.err


class TestEmptyProjects:
    def test_one_that_exists_is_no_error(self, tmp_path, project):
        (tmp_path / "boards" / project).mkdir(parents=True)
        said = piped("runs", f"tensorboard:///{tmp_path}/boards?project={project}")
        assert (said.status, said.out) == (0, "")
        assert said.err.endswith(f" has no runs in the project {project!r}.\n")

    def test_an_experiment_of_mlflow_without_runs_is_no_error(self, tmp_path, project, monkeypatch):
        url = url_of("mlflow", tmp_path, project, monkeypatch)
        backend_at(url, project)._place().experiment(project)
        said = piped("runs", f"{url}?project={project}")
        assert (said.status, said.out) == (0, "")
        assert "has no runs" in said.err

    def test_where_the_url_names_none_it_says_which_was_meant(self, project):
        store(backend_at(f"memory://{project}", "digits"), RunSpec(name="r", project="digits"))
        said = piped("runs", f"memory://{project}")
        assert said.status == 1
        assert said.err == (
            f"Error: There is no project 'default' at memory://{project}; the only one is digits. Where a URL names no "
            "project, 'default' is meant: add ?project=NAME.\n"
        )

    def test_many_are_not_all_listed(self, project):
        for number in range(20):
            store(backend_at(f"memory://{project}", f"p{number:02}"), RunSpec(name="r", project=""))
        said = piped("runs", f"memory://{project}?project=zzz")
        assert said.err.endswith("there are p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11 and 8 more.\n")

    @pytest.mark.slow
    def test_a_server_tells_its_projects(self, tmp_path, project, monkeypatch):
        with trackio_server(tmp_path) as server:
            monkeypatch.setenv("TRACKIO_WRITE_TOKEN", server.token)
            url = f"trackio+{server.url}"
            store(backend_at(f"{url}/{project}", project), RunSpec(name="r", project=project))
            said = piped("runs", f"{url}/{project}x")
            assert said.err.endswith(f"; the only one is {project}. Did you mean {project!r}?\n")
            assert re.search(r"  \d{4}-\d\d-\d\dT[\d:]{8}Z  +\d", piped("runs", f"{url}/{project}").out)


@pytest.mark.slow
def test_a_terminal_of_the_system_is_found_to_be_one(project, tmp_path: Path):
    """The one test in a terminal that is none of ours."""
    url = f"memory://{project}"
    fill(url, "digits")
    for width in (60, 80):
        shown = in_real_terminal(width, "zenml-trackers", "runs", f"{url}?project=digits")
        plain = re.sub(r"\x1b\[[0-9;]*m", "", shown).replace("\r\n", "\n")
        assert plain != shown
        assert max(map(cell_len, plain.splitlines())) <= width
        assert "ValueError: accuracy" in plain
    assert "\x1b" not in in_real_terminal(80, "zenml-trackers", "runs", f"{url}?project=digits", NO_COLOR="1")
