"""In which state of git the code of a run is, if that is wanted."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import time

import pytest

from tests.support import direct, reader, trackers
from tests.support.said import lines_in, warnings_in
from zenml_trackers import connect
from zenml_trackers.delivery import git

SECRET = "hunter2"


def _need_git():
    if shutil.which("git") is None:
        pytest.skip("git is not installed here")


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """With one commit on the branch `a/b`, and the working directory."""
    folder = tmp_path / "code"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name, value in (("GIT_CONFIG_GLOBAL", os.devnull), ("GIT_CONFIG_SYSTEM", os.devnull)):
        monkeypatch.setenv(name, value)
    _git("init", "-q", "-b", "a/b")
    _git("config", "user.email", "me@here")
    _git("config", "user.name", "me")
    (folder / "train.py").write_text("1")
    _git("add", ".")
    _git("commit", "-q", "-m", "first")
    return folder


def _git(*words):
    _need_git()
    return subprocess.run(["git", *words], check=True, capture_output=True, text=True).stdout.strip()


@trackers.every_tracker
def test_the_metadata_say_it(backend, repository, tmp_path, project, monkeypatch, said):
    _git("remote", "add", "origin", f"https://me:{SECRET}@example.com/a/b.git?token={SECRET}")
    tracker = trackers.connected(backend, tmp_path, project, monkeypatch)
    with tracker.start_run(metadata={"seed": 7}, log_git=True):
        pass
    state = {"commit": _git("rev-parse", "HEAD"), "branch": "a/b", "dirty": False}
    assert trackers.only_run(tracker).metadata == {
        "seed": 7,
        "git": {**state, "remote": "https://example.com/a/b.git"},
    }
    assert SECRET not in said.text
    assert warnings_in(said) == []


def test_a_changed_file_a_commit_without_branch_and_no_remote(repository):
    (repository / "new.py").write_text("not known to git")
    assert git.metadata(60)["git"]["dirty"] is False
    (repository / "train.py").write_text("2")
    _git("checkout", "-q", "--detach")
    found = git.metadata(60)["git"]
    assert found == {"commit": _git("rev-parse", "HEAD"), "branch": None, "dirty": True, "remote": None}


def test_a_repository_without_a_commit(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _git("init", "-q", "-b", "main")
    assert git.metadata(60)["git"] == {"commit": None, "branch": "main", "dirty": False, "remote": None}


def test_what_was_given_as_git_stays(repository, project):
    tracker = connect(f"memory://{project}")
    with tracker.start_run(metadata={"git": "mine"}, log_git=True):
        pass
    assert trackers.only_run(tracker).metadata == {"git": "mine"}


class TestWhereThereIsNone:
    def test_no_repository_is_told_in_one_line(self, tmp_path, project, monkeypatch, said):
        _need_git()
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
        self._tells(project, said, "not a git repository")

    def test_no_git_is_told_in_one_line(self, tmp_path, project, monkeypatch, said):
        monkeypatch.setenv("PATH", str(tmp_path))
        self._tells(project, said, "git is not installed")

    def test_a_git_that_hangs_is_not_waited_for(self, tmp_path, project, monkeypatch, said):
        script = tmp_path / "git"
        script.write_text("#!/bin/sh\nexec /bin/sleep 60\n")
        script.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        begun = time.monotonic()
        self._tells(project, said, "took longer than")
        assert time.monotonic() - begun < 50

    @staticmethod
    def _tells(project, said, why):
        said.set_level(logging.INFO, "zenml_trackers")
        tracker = connect(f"memory://{project}", strict=True)
        with tracker.start_run(log_git=True):
            pass
        assert trackers.only_run(tracker).metadata == {}
        [(level, text)] = [line for line in lines_in(said) if "state of git" in line[1]]
        assert level == logging.INFO
        assert why in text

    def test_it_is_not_looked_for_unless_it_is_wanted(self, repository, project):
        tracker = connect(f"memory://{project}")
        with tracker.start_run():
            pass
        assert trackers.only_run(tracker).metadata == {}


@pytest.mark.parametrize(
    ("remote", "left"),
    [
        ("https://example.com/a/b.git", "https://example.com/a/b.git"),
        ("https://example.com:8443/a/b", "https://example.com:8443/a/b"),
        (f"https://{SECRET}@example.com/a", "https://example.com/a"),
        (f"https://me:{SECRET}@example.com/a#x", "https://example.com/a"),
        (f"https://me:{SECRET}@2@example.com:1/a", "https://example.com:1/a"),
        (f"https://me:{SECRET}/3@example.com/a", None),
        (f"https://me:{SECRET}?3@example.com/a", None),
        (f"https://me:{SECRET}#3@example.com/a", None),
        (f"https://example.com/a?access_token={SECRET}", "https://example.com/a"),
        (f"https://example.com?access_token={SECRET}", "https://example.com"),
        ("git@example.com:a/b.git", "git@example.com:a/b.git"),
        (f"{SECRET}@example.com:a/b.git", "example.com:a/b.git"),
        (f"ssh://me:{SECRET}@example.com/a", "ssh://example.com/a"),
        ("ssh://git@example.com/a", "ssh://git@example.com/a"),
        (f"ext::sh -c {SECRET}", None),
        (f"ext::https://me:{SECRET}@example.com/a", None),
        ("/srv/me@work/a.git", "/srv/me@work/a.git"),
        ("../a.git", "../a.git"),
    ],
)
def test_credentials_are_cut_out_of_the_remote(remote, left):
    assert git.without_credentials(remote) == left


def test_the_setting_holds_for_steps(repository, project):
    for component, settings in (({"log_git": True}, {}), ({}, {"log_git": True}), ({}, {})):
        direct.run_step(direct.tracker(project=project, **component), direct.info(**settings))
    branches = [run.metadata.get("git", {}).get("branch") for run in reader.local(project)]
    assert sorted(map(str, branches)) == ["None", "a/b", "a/b"]
