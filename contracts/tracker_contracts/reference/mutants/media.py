"""Trackers that break M8 and M9."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tracker_contracts.reference import jot
from tracker_contracts.reference.mutants.mutant import breaks


@breaks("M8")
class NormalisesLineEndings(jot.Run):
    """Artifacts are copied as text."""

    def attach(self, kind: str, name: str, save: Callable[[Path], Any], **about: Any) -> None:
        def normalised(target: Path) -> None:
            save(target)
            _normalise(target)

        super().attach(kind, name, normalised if kind == "artifact" else save, **about)


def _normalise(kept: Path) -> None:
    for file in [kept, *kept.rglob("*")]:
        if file.is_file():
            file.write_bytes(file.read_bytes().replace(b"\r\n", b"\n"))


@breaks("M8")
class RemembersWhereArtifactsWere(jot.Run):
    """An artifact isn't copied, so that it is lost with its origin."""

    def log_artifact(self, path: Path, name: str) -> None:
        self.attach("artifact", name, lambda target: os.symlink(path, target))


@breaks("M8")
class SortsAliases(jot.Run):
    """Type and aliases are kept in the order of the alphabet, each once, and without blanks around them."""

    def label_artifact(self, name: str, labels: Sequence[str]) -> None:
        super().label_artifact(name, sorted({label.strip() for label in labels}))


@breaks("M8")
class LosesEmptyFiles(jot.Run):
    """Files without content are not kept."""

    def log_artifact(self, path: Path, name: str) -> None:
        super().log_artifact(path, name)
        for kept in self.folder.glob(f"{self.id}-*"):
            for file in [kept, *kept.rglob("*")]:
                if file.is_file() and not file.stat().st_size:
                    file.unlink()


@breaks("M9")
class SwapsRedAndBlue(jot.Run):
    """An image's channels are stored the other way round."""

    def log_image(self, name: str, pixels: Any, caption: str = "") -> None:
        super().log_image(name, pixels[:, :, ::-1], caption)


@breaks("M9")
class CompressesImages(jot.Run):
    """Pixels lose their lowest bits."""

    def log_image(self, name: str, pixels: Any, caption: str = "") -> None:
        super().log_image(name, pixels & 0xFC, caption)


@breaks("M9")
class LosesCaptions(jot.Run):
    """An image is stored without its caption."""

    def log_image(self, name: str, pixels: Any, caption: str = "") -> None:
        super().log_image(name, pixels)


@breaks("M9")
class CutsCaptions(jot.Run):
    """A caption is one line, as on a page."""

    def log_image(self, name: str, pixels: Any, caption: str = "") -> None:
        super().log_image(name, pixels, " ".join(caption.split()))


@breaks("M9")
class TurnsCellsIntoText(jot.Run):
    """Numbers in a table come back as text."""

    def log_table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        super().log_table(name, columns, [[str(cell) for cell in row] for row in rows])


@breaks("M9")
class LosesTheLastRow(jot.Run):
    """The last row of a table isn't stored."""

    def log_table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        super().log_table(name, columns, rows[:-1])
