"""A library's functions that are ours while a step is tracked, wherever a module has imported them by name."""

from __future__ import annotations

import gc
import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from zenml_trackers.backends.common.process_wide import Replaced
from zenml_trackers.backends.trackio.folder import settle


def dumps() -> None:
    """Ours."""


THEIRS, OURS = json.dumps, dumps


@pytest.fixture
def replaced() -> Replaced:
    replaced = Replaced({THEIRS: OURS})
    replaced.hold()  # what it has seen once, it may not look at again
    replaced.release()
    return replaced


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """One of the user's, that imports nothing as yet."""
    (tmp_path / "of_the_user.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("of_the_user")
    del sys.modules["of_the_user"]


def test_it_is_there_while_it_is_held_and_not_after(replaced: Replaced) -> None:
    for _ in range(2):
        replaced.hold()
        replaced.hold()
        assert json.dumps is OURS
        replaced.release()
        assert json.dumps is OURS
        replaced.release()
        assert json.dumps is THEIRS


def test_a_module_that_is_edited_and_loaded_anew_has_it_too(module: ModuleType, replaced: Replaced) -> None:
    Path(str(module.__file__)).write_text("from json import dumps  # was not there before")
    importlib.reload(module)
    replaced.hold()
    assert module.dumps is OURS
    replaced.release()
    assert module.dumps is THEIRS


def test_what_is_imported_meanwhile_is_put_back(module: ModuleType, replaced: Replaced) -> None:
    replaced.hold()
    Path(str(module.__file__)).write_text("from json import dumps")
    importlib.reload(module)
    assert module.dumps is OURS
    replaced.release()
    assert module.dumps is THEIRS


def test_an_installed_module_has_it_though_its_import_was_under_way(
    module: ModuleType, replaced: Replaced, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert module.__spec__ is not None
    monkeypatch.setattr(module.__spec__, "origin", json.__file__)
    monkeypatch.setattr(module.__spec__, "_initializing", True, raising=False)
    replaced.hold()
    replaced.release()
    monkeypatch.setattr(module, "dumps", THEIRS, raising=False)
    monkeypatch.setattr(module.__spec__, "_initializing", False)
    replaced.hold()
    assert module.dumps is OURS
    replaced.release()


@pytest.fixture
def imports_go_on(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A module comes whenever garbage is collected, which is often."""
    made: list[str] = []

    def importing(phase: str, info: object) -> None:
        made.append(f"made_{len(made)}")
        sys.modules[made[-1]] = ModuleType(made[-1])

    before = gc.get_threshold()
    gc.set_threshold(10, 10**6, 10**6)
    gc.callbacks.append(importing)
    yield
    gc.callbacks.remove(importing)
    gc.set_threshold(*before)
    for name in made:
        del sys.modules[name]
    assert made


@pytest.mark.usefixtures("imports_go_on")
def test_modules_may_come_meanwhile(replaced: Replaced) -> None:
    for _ in range(3):
        settle()
        replaced.hold()
        replaced.release()
