"""Places to copy between, and files that a run has."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import numpy as np
import PIL.Image
import pytest

from tests.copying.runs import place
from zenml_trackers.model.records import Artifact, Image, Record, Table


@pytest.fixture
def memory() -> Iterator[str]:
    """The URL of a memory that no other test uses."""
    url = f"memory://copying-{uuid4().hex[:12]}"
    yield url
    shutil.rmtree(place(url).backend.folder.parent, ignore_errors=True)


@pytest.fixture
def trackio(project: str) -> str:
    return f"trackio:///{project}"


@pytest.fixture
def files(tmp_path: Path) -> list[Record]:
    """Something of each kind that is no text and no number."""
    for name in ("one/only.txt", "deep/x/b.bin", "deep/c", "model.pkl"):
        (tmp_path / "files" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "files" / name).write_bytes(name.encode() + b"\0\xff")
    pixels = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    PIL.Image.fromarray(pixels[:, :, 0]).save(tmp_path / "files" / "grey.png")
    return [
        *(Artifact(name=name, path=tmp_path / "files" / name) for name in ("one", "deep", "model.pkl")),
        Image(name="arr/ay", image=pixels, step=3),
        Image(name="step", image=tmp_path / "files" / "grey.png", step=3),
        Image(name="step", image=PIL.Image.fromarray(pixels), step=4),
        Table(name="cells", columns=("a", "b", "a"), rows=((1, "<b>", None), (0.5, math.inf, [True])), step=5),
        Table(name="no rows", columns=("a", "ü"), rows=(), step=6),
    ]
