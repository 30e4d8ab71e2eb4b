"""Tracker URLs, and the runs that `connect` gives outside ZenML."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.server import closed_port, hanging_server
from tests.support.trackers import OWN
from zenml_trackers import UnsupportedFeature, connect, get_run
from zenml_trackers.errors import BackendMissing, InvalidSettings, InvalidTag, InvalidUrl, RunNotFound, TrackerError
from zenml_trackers.model.naming import Names
from zenml_trackers.model.records import Feature, RunError, Status
from zenml_trackers.model.url import TrackerUrl

PART = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


def at(address: str, project: str) -> str:
    return f"{address.replace('http', 'trackio+http')}/{project}"


class TestUrl:
    @pytest.mark.slow
    @given(path=st.lists(PART, max_size=3).map("/".join), options=st.dictionaries(st.sampled_from("abc"), PART))
    def test_what_is_written_is_parsed_back(self, path, options):
        url = TrackerUrl(backend="mlflow", transport="http", host="localhost:5000", path=path, options=options)
        assert TrackerUrl.parse(str(url)) == url

    def test_four_slashes_are_an_absolute_path(self):
        assert TrackerUrl.parse("tensorboard:////data/runs").path == "/data/runs"
        assert TrackerUrl.parse("tensorboard:///runs").path == "runs"

    @pytest.mark.parametrize("text", ["", "digits", "http//x", "Trackio:///x", "a b:///x", "://x", "user:hunter2@host"])
    def test_what_is_no_url_is_refused_with_examples(self, text):
        with pytest.raises(InvalidUrl, match="trackio:///my-project") as refusal:
            TrackerUrl.parse(text)
        assert "hunter2" not in str(refusal.value)

    @pytest.mark.parametrize(
        "text",
        [
            "mlflow+http://me:hunter2@host/x",
            "mlflow+http://me:hunter2/3@host:5000/x",
            "mlflow+http://me:hunter2?3@host:5000/x",
            "mlflow+http://me:1?project=hunter2@host",
            "mlflow+http://me:hunter2#3@host:5000/x",
            "wandb+https://me:hunter2/@host/x",
            *[
                f"trackio+http://h/x?{name}=hunter2"
                for name in ("write_token", "api-key", "passwd", "pwd", "auth", "key", "access_key", "passphrase")
            ],
        ],
    )
    def test_credentials_are_refused_and_not_shown(self, text):
        with pytest.raises(InvalidUrl, match=r"\{\{secret\.key\}\}") as refusal:
            TrackerUrl.parse(text)
        assert "hunter2" not in str(refusal.value)

    @pytest.mark.parametrize(
        "text", ["me:hunter2/3@host", "x//me:a?hunter2@host", "mlflow+http://me:hunter2@[x", "x?hunter2"]
    )
    def test_a_text_that_is_no_url_shows_nothing_that_might_be_secret(self, text):
        with pytest.raises(InvalidUrl, match="is no tracker URL") as refusal:
            TrackerUrl.parse(text)
        assert "hunter2" not in str(refusal.value)

    @pytest.mark.parametrize(
        "url", ["memory+http://h/x?seed=hunter2", "memory://h?seed=hunter2", "trackio://h/x?project=hunter2"]
    )
    def test_values_of_options_are_not_shown(self, url):
        with pytest.raises(InvalidUrl) as refusal:
            connect(url)
        assert "hunter2" not in str(refusal.value)

    @pytest.mark.parametrize(
        ("text", "path"),
        [
            ("trackio+space://owner/space/a@b", "space/a@b"),
            ("aim:////data/x@y", "/data/x@y"),
            ("mlflow+https://host/Users/me@example.com/x", "Users/me@example.com/x"),
            ("mlflow+http://host:5000/a%40b%23c", "a@b#c"),
        ],
    )
    def test_a_path_may_have_an_at_sign(self, text, path):
        assert TrackerUrl.parse(text).path == path

    @pytest.mark.parametrize("text", ["tensorboard:///runs#1", "memory://x#"])
    def test_what_would_be_dropped_after_a_hash_is_refused(self, text):
        with pytest.raises(InvalidUrl, match="write %23"):
            TrackerUrl.parse(text)

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            ({"url": []}, "There is no tracker URL"),
            ({"deadline": 0}, "deadline is 0"),
            ({"deadline": float("nan")}, "deadline is nan"),
            ({"deadline": "10"}, "deadline is '10'"),
            ({"credentials": {"api_key": "{{a.b}}"}}, r"credentials\['api_key'\] refers to a ZenML secret"),
        ],
    )
    def test_an_argument_that_makes_no_sense_is_refused(self, arguments, says):
        with pytest.raises(TrackerError, match=says):
            connect(**{"url": "memory://x", **arguments})

    def test_a_word_that_resume_does_not_take_is_refused(self):
        with (
            pytest.raises(InvalidSettings, match="'never', 'allow', 'must'"),
            connect("memory://x").start_run(resume="yes"),
        ):
            raise AssertionError("the block must not begin")

    @pytest.mark.parametrize(
        ("url", "says"),
        [
            ("mlfow:///x", "Did you mean 'mlflow'?"),
            ("sqlite:///x.db", r"such as mlflow\+sqlite:///x\.db"),
            ("http://host:5000/x", r"such as mlflow\+http://host:5000/x"),
            ("memory://x?projet=y", "the only option is project"),
            ("nosuch:///x", "installed are: .*memory.*trackio"),
            ("memory://", "memory://name"),
            ("memory+http://host/x", "there are memory://"),
            ("trackio://host/x", r"trackio\+http://host:port/project"),
            ("trackio+space://owner", "names no Space"),
            ("trackio:///a b", "Use 'a-b'"),
        ],
    )
    def test_what_makes_no_sense_is_refused_before_anything_is_contacted(self, url, says):
        with pytest.raises(TrackerError, match=says):
            connect(url)

    def test_a_credential_that_nothing_takes_is_refused(self):
        with pytest.raises(InvalidSettings, match=r"there are api_key, memory\.api_key"):
            connect("memory://x", credentials={"token": "x"})

    def test_a_missing_library_is_named_with_what_brings_it(self, monkeypatch):
        monkeypatch.setattr("zenml_trackers.backends.memory.MemoryBackend.library", "no_such_library")
        with pytest.raises(BackendMissing, match=r"needs no_such_library, .* `pip install 'no_such_library'`"):
            connect("memory://x")

    def test_importing_the_package_loads_neither_zenml_nor_any_library(self):
        program = "import sys, zenml_trackers, zenml_trackers.tracker as s; print(*sys.modules)"
        loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
        assert {"zenml", "trackio", "mlflow", "wandb", "tensorboard", "aim", "comet_ml"} & set(loaded.split()) == set()


@pytest.mark.parametrize("scheme", ["memory://{}", "trackio:///{}"])
class TestConnect:
    def test_a_run_is_stored_with_all_that_it_was_given(self, scheme, project):
        tracker = connect(scheme.format(project))
        with tracker.start_run("first", tags=["a", "b", "a"], metadata={"deep": {"er": [1, None]}}) as run:
            assert get_run() is run
            run.log({"loss": 0.5})
            run.log({"loss": 0.25, "accuracy": 1}, step=7)
            run.log_params({"lr": 1e-3, "layers": [1, 2]})
            run.add_tags("late")
        [stored] = tracker.read()
        assert (stored.id, stored.name, stored.status, stored.error) == (run.id, "first", Status.FINISHED, None)
        assert stored.tags == {"a", "b", "late"}
        assert stored.metadata == {"deep": {"er": [1, None]}}
        assert stored.params == {"lr": 1e-3, "layers": [1, 2]}
        assert [(point.name, point.step, point.value) for point in stored.metrics] == [
            ("loss", 0, 0.5),
            ("loss", 7, 0.25),
            ("accuracy", 7, 1),
        ]

    def test_a_block_that_raises_fails_its_run_and_raises(self, scheme, project):
        tracker = connect(scheme.format(project))
        with pytest.raises(SystemExit), tracker.start_run():
            sys.exit("out of disk")
        [stored] = tracker.read()
        assert (stored.status, stored.error) == (Status.FAILED, RunError(type="SystemExit", message="out of disk"))

    def test_runs_may_share_a_name_unless_resumed(self, scheme, project):
        tracker = connect(scheme.format(project))
        for resume in ("never", "never", "must"):
            with tracker.start_run("same", resume=resume) as run:
                run.log({"m": 1})
        first, second = tracker.read()
        assert [point.step for point in first.metrics] == [0]
        assert [point.step for point in second.metrics] == [0, 1]

    def test_what_must_be_resumed_must_be_there(self, scheme, project):
        tracker = connect(scheme.format(project), strict=True)
        with pytest.raises(RunNotFound, match="nowhere"), tracker.start_run("nowhere", resume="must"):
            raise AssertionError("the block must not begin")

    def test_a_tag_that_cannot_be_held_is_refused_before_the_block(self, scheme, project):
        with (
            pytest.raises(InvalidTag, match=r"tags\[0\] is empty"),
            connect(scheme.format(project)).start_run(tags=[""]),
        ):
            raise AssertionError("the block must not begin")


class TestSeveral:
    def test_all_get_the_same(self, project, said):
        urls = [f"trackio:///{project}", f"memory://{project}"]
        with connect(urls).start_run("both", tags=["t"]) as run:
            run.log({"m": 1})
            run.log_params({"p": {"q": 1}})
        [one], [other] = (list(connect(url).read()) for url in urls)
        assert one.model_dump(exclude=OWN) == other.model_dump(exclude=OWN)
        assert run.url == one.url
        assert (run.links["trackio_run_id"], run.links["memory_run_id"]) == (one.id, other.id)
        assert "  trackio: 2 calls stored. To see it: " in said.text
        assert "  memory: 2 calls stored. To see it: zenml-trackers runs " in said.text

    @pytest.mark.parametrize("first", [True, False])
    def test_one_that_cannot_be_reached_costs_the_others_nothing(self, project, said, first):
        urls = [f"memory://{project}", at(closed_port(), project)]
        with connect(urls if first else urls[::-1], deadline=8).start_run("r") as run:
            run.log({"m": 1})
        [stored] = connect(urls[0]).read()
        assert (stored.status, len(stored.metrics)) == (Status.FINISHED, 1)
        assert run.id == stored.id
        warnings = [record.getMessage() for record in said.records if record.levelname == "WARNING"]
        assert len(warnings) == 1
        assert "trackio, run 'r'" in warnings[0]
        assert "memory: 1 call stored" in said.text
        assert "trackio: not reached" in said.text

    @pytest.mark.slow
    def test_one_that_hangs_is_given_up_before_the_deadline(self, project, said):
        with hanging_server() as hanging:
            started = time.monotonic()
            with connect([f"memory://{project}", at(hanging, project)], deadline=4).start_run("r") as run:
                run.log({"m": 1})
            assert time.monotonic() - started < 6
        [stored] = connect(f"memory://{project}").read()
        assert (stored.status, len(stored.metrics)) == (Status.FINISHED, 1)

    def test_if_strict_one_that_cannot_be_reached_is_an_error(self, project):
        both = connect([f"memory://{project}", at(closed_port(), project)], strict=True)
        with pytest.raises(TrackerError), both.start_run():
            raise AssertionError("the block must not begin")

    def test_a_feature_that_one_lacks_is_warned_of_once_and_the_others_have_it(
        self, project, said, monkeypatch, tmp_path
    ):
        monkeypatch.setattr("zenml_trackers.backends.memory.MemoryBackend.features", frozenset({Feature.RESUME}))
        (tmp_path / "file").write_text("kept")
        both = connect([f"memory://{project}", f"trackio:///{project}"])
        with both.start_run("r") as run:
            run.log_artifact(tmp_path / "file")
            run.log_artifact(tmp_path / "file", "again")
        assert said.text.count("The tracker 'memory' has no artifacts") == 1
        with pytest.raises(UnsupportedFeature), connect(f"memory://{project}").start_run("alone") as run:
            run.log_artifact(tmp_path / "file")

    def test_credentials_may_be_for_one_alone(self, project):
        tracker = connect(
            [f"memory://{project}", at(closed_port(), project)],
            credentials={"trackio.api_key": "for-trackio-alone", "api_key": "for-all"},
        )
        assert tracker.backends[1].target.token == "for-trackio-alone"


class TestNames:
    @given(names=st.lists(st.text(max_size=30), unique=True, max_size=20))
    def test_names_are_usable_distinct_and_reversible(self, names):
        kept = Names(refused=r"[^a-z_.-]", longest=16)
        stored = [kept.stored(name) for name in names]
        assert all(len(name) <= 16 and set(name) <= set("abcdefghijklmnopqrstuvwxyz_.-0123456789") for name in stored)
        assert len(set(stored)) == len(names)
        assert [kept.original(name) for name in stored] == names

    def test_a_name_that_can_be_held_is_kept_as_it_is(self):
        kept = Names(refused="[^a-z]", longest=10)
        assert (kept.stored("loss"), kept.receipt) == ("loss", {})

    def test_a_name_that_looks_like_a_changed_one_is_not_taken_for_it(self):
        looks = {"refused": "[^a-z0-9_-]", "longest": 20}
        names = ["é", Names(**looks).stored("é")]
        for order in (names, names[::-1]):
            kept = Names(**looks)
            stored = {name: kept.stored(name) for name in order}
            assert len(set(stored.values())) == 2
            later = Names(**looks, receipt=kept.receipt)
            assert {name: later.stored(name) for name in order} == stored
            assert [later.original(each) for each in stored.values()] == order
