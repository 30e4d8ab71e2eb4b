from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.hostile import Does
from zenml_trackers.delivery import place


@pytest.fixture(autouse=True)
def journals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the journals of this test are."""
    folder = tmp_path / "journals"
    monkeypatch.setenv(place.VARIABLE, str(folder))
    return folder


@pytest.fixture
def free() -> Iterator[threading.Event]:
    """Set to let go what hangs; at the latest when the test is over."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def hang(free: threading.Event) -> Does:
    """What a hostile tracker does that hangs."""
    return lambda *given: free.wait(30)
