"""A folder that is kept: what its links lead to is kept as content, and what leads nowhere or back is named."""

from __future__ import annotations

import os

from tests.cases.conftest import Case
from tests.support.said import warnings_in


def contents(folder):
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_a_broken_link_costs_itself_and_is_named(case: Case, said):
    folder = case.file("run/weights.bin").parent
    (folder / "gone.bin").symlink_to("nowhere.bin")
    (folder / "too.bin").symlink_to("/nowhere/at/all")
    with case.run() as run:
        run.log_artifact(folder, "run")
    assert contents(case.artifacts()["run"]) == {"weights.bin": "content"}
    [warning] = warnings_in(said)
    assert "'run'" in warning
    assert "gone.bin" in warning
    assert "too.bin" in warning


def test_a_link_to_what_holds_it_costs_itself_and_is_named(case: Case, said):
    folder = case.file("run/deep/weights.bin").parents[1]
    (folder / "deep" / "up").symlink_to("..")
    (folder / "itself").symlink_to("itself")
    (folder / "here").symlink_to(".")
    with case.run() as run:
        run.log_artifact(folder, "run")
    assert contents(case.artifacts()["run"]) == {"deep/weights.bin": "content"}
    [warning] = warnings_in(said)
    for name in ("deep/up", "itself", "here"):
        assert name in warning


def test_a_model_cache_of_links_only_is_kept_as_the_files_that_they_lead_to(case: Case, said):
    """As the Hub's cache has it: blobs named by their hash, and snapshots of links to them."""
    for blob in ("1f", "2e"):
        case.file(f"cache/blobs/{blob}", f"blob {blob}")
    snapshot = case.folder / "cache" / "snapshots" / "main"
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").symlink_to("../../blobs/1f")
    (snapshot / "model.safetensors").symlink_to("../../blobs/2e")
    with case.run() as run:
        run.log_artifact(snapshot, "only links")
        run.log_artifact(case.folder / "cache", "whole cache")
    assert warnings_in(said) == []
    files = {"config.json": "blob 1f", "model.safetensors": "blob 2e"}
    kept = case.artifacts()
    assert contents(kept["only links"]) == files
    assert contents(kept["whole cache"]) == {
        "blobs/1f": "blob 1f",
        "blobs/2e": "blob 2e",
        **{f"snapshots/main/{name}": text for name, text in files.items()},
    }


def test_a_link_to_what_is_outside_is_followed_too(case: Case, said):
    outside = case.file("elsewhere/data.csv", "1,2").parent
    folder = case.file("run/weights.bin").parent
    (folder / "data").symlink_to(outside)
    (folder / "again").symlink_to(outside)
    (folder / "file.csv").symlink_to(outside / "data.csv")
    with case.run() as run:
        run.log_artifact(folder)
    assert warnings_in(said) == []
    assert contents(case.artifacts()["run"]) == {
        "weights.bin": "content",
        "data/data.csv": "1,2",
        "again/data.csv": "1,2",
        "file.csv": "1,2",
    }


def test_a_link_itself_may_be_logged(case: Case, said):
    folder = case.file("run/weights.bin").parent
    (case.folder / "best.bin").symlink_to(folder / "weights.bin")
    (case.folder / "latest").symlink_to(folder)
    with case.run() as run:
        run.log_artifact(case.folder / "best.bin")
        run.log_artifact(case.folder / "latest")
    assert warnings_in(said) == []
    kept = case.artifacts()
    assert kept["best.bin"].read_text() == "content"
    assert contents(kept["latest"]) == {"weights.bin": "content"}


def test_what_is_no_file_costs_itself_and_is_named(case: Case, said):
    folder = case.file("run/weights.bin").parent
    os.mkfifo(folder / "pipe")
    with case.run() as run:
        run.log_artifact(folder, "run")
    assert contents(case.artifacts()["run"]) == {"weights.bin": "content"}
    [warning] = warnings_in(said)
    assert "pipe" in warning


def test_an_empty_folder_is_kept_as_one(case: Case, said):
    (case.folder / "empty").mkdir()
    with case.run() as run:
        run.log_artifact(case.folder / "empty")
    assert warnings_in(said) == []
    path = case.artifacts()["empty"]
    assert path.is_dir()
    assert contents(path) == {}
