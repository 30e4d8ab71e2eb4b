"""`zenml-trackers copy`: what it says, and its exit status."""

from __future__ import annotations

import json
import math

import pytest
from click.testing import CliRunner

from tests.copying.runs import place, runs, store
from zenml_trackers.cli import main
from zenml_trackers.model.records import Metrics, Params, RunSpec, Status


class TestCommand:
    def ran(self, *arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["copy", *arguments])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
        return done.exit_code, done.output

    def test_it_says_how_many_were_copied(self, memory, trackio):
        store(memory, RunSpec(name="a", project=""), Metrics(values={"x": 1}))
        store(memory, RunSpec(name="b", project=""), status=Status.RUNNING)
        status, said = self.ran(memory, trackio)
        assert status == 0
        assert said.splitlines() == [
            f"Copied 1 run to {trackio}; 0 were there already.",
            "1 run still running, and left out; copy again when they have ended: 'b'.",
        ]
        assert self.ran(memory, trackio)[1].startswith(f"Copied 0 runs to {trackio}; 1 were there already.\n")

    def test_it_says_which_project_of_the_source_has_no_runs(self, memory, trackio):
        status, said = self.ran(f"{memory}?project=digits", trackio)
        assert (status, said) == (
            1,
            f"Error: There is no project 'digits' at {memory}?project=digits; there are none.\n",
        )
        place(memory).backend.folder.mkdir(parents=True)
        status, said = self.ran(memory, trackio)
        assert status == 0
        assert (
            f"{memory} has no runs in the project 'default'. Where a URL names no project, 'default' is meant" in said
        )
        assert f"Copied 0 runs to {trackio}" in said

    def test_a_loss_is_said_once_and_gives_status_1_unless_it_is_allowed(self, memory, trackio):
        for name in "abcde":
            store(memory, RunSpec(name=name, project=""), Params(values={"x": math.nan}))
        status, said = self.ran(memory, trackio)
        assert status == 1
        assert said.splitlines()[1:] == [
            "What the target does not hold, or not as it was:",
            "  param 'x': NaN became \"NaN\" (in 'a', 'b', 'c' and 2 more)",
        ]
        assert self.ran("--allow-loss", memory, f"{trackio}-again")[0] == 0

    def test_as_json_it_says_the_same(self, memory, trackio):
        store(memory, RunSpec(name="a", project=""), Params(values={"x": math.nan}))
        store(memory, RunSpec(name="b", project=""), status=Status.RUNNING)
        status, said = self.ran("--json", memory, trackio)
        assert (status, json.loads(said)) == (
            1,
            {
                "target": trackio,
                "copied": ["a"],
                "present": [],
                "running": ["b"],
                "unknown": [],
                "interrupted": [],
                "losses": [{"what": "param 'x'", "detail": 'NaN became "NaN"', "run": "a"}],
            },
        )

    def test_only_the_wanted_runs_are_copied(self, memory, trackio):
        ids = [store(memory, RunSpec(name=name, project=""), Metrics(values={"x": 1})) for name in "abc"]
        assert self.ran("--run", ids[0], "--run", ids[2], memory, trackio)[0] == 0
        assert [run.name for run in runs(trackio)] == ["a", "c"]
        status, said = self.ran("--run", ids[1], "--run", "nope", memory, trackio)
        assert (status, said) == (
            1,
            f"Error: {memory} has no run with the id 'nope'; `zenml-trackers runs` lists all.\n",
        )
        assert len(runs(trackio)) == 2

    def test_how_the_id_of_a_wanted_run_begins_is_enough(self, memory, trackio):
        ids = [store(memory, RunSpec(name=name, project=""), Metrics(values={"x": 1})) for name in "abc"]
        assert self.ran("--run", ids[0][:-1], "--run", ids[0], "--run", ids[2][:-3], memory, trackio)[0] == 0
        assert [run.name for run in runs(trackio)] == ["a", "c"]
        status, said = self.ran("--run", ids[1], "--run", ids[1][:3], memory, f"{trackio}-more")
        assert status == 1
        assert said.startswith(f"Error: The id {ids[1][:3]!r} may be that of several runs at {memory}: ")
        assert [f" ({name})" in said for name in "abc"] == [True] * 3
        assert runs(f"{trackio}-more") == []

    @pytest.mark.parametrize("same", ["trackio:///p", "trackio:///p/"])
    def test_a_project_is_not_copied_to_itself(self, same):
        status, said = self.ran("trackio:///p", same)
        assert status == 1
        assert "trackio:///p is source and target" in said

    def test_an_error_says_which_url_is_meant_and_shows_no_credentials(self, memory):
        store(memory, RunSpec(name="a", project=""))
        gone = "trackio+http://127.0.0.1:9/p"
        for arguments in ((memory, gone), (gone, memory)):
            status, said = self.ran(*arguments)
            assert status == 1
            assert said.startswith(f"Error: {gone}: ")
        status, said = self.ran(memory, "trackio+http://user:secret@host/p")
        assert status == 1
        assert "secret@" not in said
