"""Artifacts with types and aliases, and captions of pictures, on every tracker."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support import trackers
from tests.support.artifacts import log, written
from tests.support.said import warnings_in
from tests.support.terminal import piped
from zenml_trackers import connect
from zenml_trackers.copy.copying import Copying, Place
from zenml_trackers.errors import UnstorableValue
from zenml_trackers.model.records import Image


@trackers.every_tracker
def test_type_and_aliases_are_kept(backend, tmp_path, project, monkeypatch, said):
    at = trackers.connected(backend, tmp_path, project, monkeypatch)
    tree = tmp_path / "tree"
    written(tree, "deep/a.txt", b"abc")
    written(tree, "b.txt", b"defg")
    with at.start_run() as run:
        run.log_artifact(written(tmp_path, "w.bin", b"12"), "net/epoch=3.ckpt", type="model", aliases=["best", "a/b:c"])
        run.log_artifact(tree, "data", type="job", aliases="v0")
        run.log_artifact(written(tmp_path, "plain.bin", b""))
    stored = trackers.only_run(at)
    assert [(each.name, each.type, each.aliases, each.size) for each in stored.artifacts] == [
        ("net/epoch=3.ckpt", "model", ("best", "a/b:c"), 2),
        ("data", "job", ("v0",), 7),
        ("plain.bin", "", (), 0),
    ]
    assert warnings_in(said) == []


@trackers.every_tracker
def test_what_is_logged_again_is_told_once_and_a_resumed_run_goes_on(backend, tmp_path, project, monkeypatch):
    at = trackers.connected(backend, tmp_path, project, monkeypatch)
    log(at, tmp_path, "model", b"1", type="model", aliases=["first"])
    with at.start_run("train", resume="must") as run:
        run.log_artifact(written(tmp_path, "other.bin", b"22"), "other")
        run.log_artifact(written(tmp_path, "given.bin", b"333"), "model", aliases=["second"])
        again = run.use_artifact("model", to=tmp_path / "used").read_bytes()
    stored = trackers.only_run(at)
    assert [(each.name, each.aliases, each.size) for each in stored.artifacts] == [
        ("other", (), 2),
        ("model", ("second",), 3),
    ]
    assert again == b"333"
    assert [(each.name, each.run) for each in stored.used] == [("model", stored.id)]


def test_what_is_no_text_is_named_and_the_file_is_kept(project, tmp_path, said):
    file, at = written(tmp_path, "a.bin", b"a"), connect(f"memory://{project}")
    with at.start_run() as run:
        run.log_artifact(file, "a", type=7, aliases=["best", None, "", "best"])
        run.log_artifact(file, "b", type=None, aliases=3)
        run.log_artifact(file, "c", type="model\ud800", aliases=["x\ud800"])
        run.log_artifact(file, "d", aliases=None)
    told = [(each.name, each.type, each.aliases) for each in trackers.only_run(at).artifacts]
    assert told == [("a", "", ("best",)), ("b", "", ()), ("c", "", ()), ("d", "", ())]
    for text in (
        "'a': its type 7 is no text",
        "'a': its alias None is no text",
        "'a': its alias '' is no text",
        "'b': its alias 3 is no text",
        "'c': its type holds a lone surrogate",
        "'c': its alias holds a lone surrogate",
    ):
        assert text in said.text
    assert len(warnings_in(said)) == 6
    strict = connect(f"memory://{project}", project="strict", strict=True)
    with pytest.raises(UnstorableValue, match="'a': its type 7"), strict.start_run() as run:
        run.log_artifact(file, "a", type=7)
    assert [each.name for each in trackers.only_run(strict).artifacts] == ["a"]


@trackers.every_tracker
def test_a_caption_is_kept(backend, tmp_path, project, monkeypatch, said):
    at = trackers.connected(backend, tmp_path, project, monkeypatch)
    pixels = np.full((2, 3, 3), (255, 0, 0), "uint8")
    with at.start_run() as run:
        run.log_image("red", pixels, step=3, caption="hällo\n*world*")
        run.log_image("bare", pixels, step=4)
        run.log_figure("figure", pixels, caption="drawn")
        run.log_image("odd", pixels, caption=7)
    (tmp_path / "fetched").mkdir()
    attached = at.backend.attachments(run.id, tmp_path / "fetched")
    captions = {each.name: each.caption for each in attached if isinstance(each, Image)}
    assert captions == {"red": "hällo\n*world*", "bare": "", "figure": "drawn", "odd": "7"}
    assert warnings_in(said) == []


@trackers.every_tracker
def test_a_copy_has_types_aliases_captions_and_what_was_used(backend, tmp_path, project, monkeypatch):
    source = trackers.connected(backend, tmp_path, project, monkeypatch)
    with source.start_run("train") as run:
        run.log_artifact(written(tmp_path, "z", b"z"))
        run.log_artifact(written(tmp_path, "model", b"m"), type="model", aliases=["best", "v1"])
        run.log_artifact(written(tmp_path, "a", b"a"))
    with source.start_run("evaluate") as run:
        run.use_artifact("model:best")
        run.log_image("red", np.full((2, 3, 3), (255, 0, 0), "uint8"), caption="hot")
    memory = connect(f"memory://{project}-copy")
    back = trackers.connected(backend, tmp_path, f"{project}-back", monkeypatch)
    for one, other in ((source, memory), (memory, back)):
        copying = Copying(*(Place(f"{each.backend.url}?project={each.project}", each.backend) for each in (one, other)))
        copying.run()
        assert copying.summary.losses == []
    first, last = list(source.read()), list(back.read())
    assert [run.artifacts for run in last] == [run.artifacts for run in first]
    assert [run.used for run in last] == [run.used for run in first]
    assert [(len(run.artifacts), len(run.used)) for run in last] == [(3, 0), (0, 1)]
    (tmp_path / "fetched").mkdir()
    [image] = back.backend.attachments(last[1].id, tmp_path / "fetched")
    assert image.caption == "hot"


def test_a_copy_that_lacks_the_aliases_is_told_of(project, tmp_path, monkeypatch):
    source, target = (connect(f"memory://{project}", project=name) for name in ("source", "target"))
    log(source, tmp_path, "model", b"m", type="model", aliases=["best"])
    places = [Place(f"{each.backend.url}?project={each.project}", each.backend) for each in (source, target)]
    monkeypatch.setattr("zenml_trackers.copy.copying._labelled", lambda artifacts, run: artifacts)
    copying = Copying(*places)
    copying.run()
    [loss] = copying.summary.losses
    assert loss.what == "type and aliases of artifact 'model'"


def test_the_terminal_shows_them(project, tmp_path):
    memory = connect(f"memory://{project}")
    log(memory, tmp_path, "model\n1", b"m", type="model", aliases=["best"])
    log(memory, tmp_path, "plain", b"p")
    with memory.start_run("evaluate") as run:
        run.use_artifact("model\n1:best")
        run.use_artifact("plain")
    lines = {each.id: piped("runs", f"memory://{project}", "--run", each.id).lines for each in memory.read()}
    train, _, evaluate = ([line.split(maxsplit=1) for line in each] for each in lines.values())
    assert ["artifacts", "model 1 (model, best)"] in train
    assert ["used", "model 1:best of train"] in evaluate
    assert ["plain", "of train"] in evaluate
