"""Params and artifacts."""

from __future__ import annotations

import html
import shutil
from pathlib import Path
from typing import Any

from tracker_contracts.reference import jot
from tracker_contracts.reference.mutants.changed import ChangedRecords
from tracker_contracts.reference.mutants.mutant import breaks
from tracker_contracts.reference.mutants.runs import SpoiledArtifacts


class _ChangedParams(ChangedRecords):
    kind = "params"


@breaks("M2", "params=plain")
class StoresNumbersOfParamsAsText(_ChangedParams):
    """A number in the params becomes text."""

    def change(self, value: Any) -> Any:
        return str(value) if type(value) in (int, float) else value


@breaks("M2", "params=kinds")
class TakesWholeFloatsForIntegers(_ChangedParams):
    """A float without a fraction becomes an integer."""

    def change(self, value: Any) -> Any:
        return int(value) if isinstance(value, float) and value.is_integer() else value


@breaks("M2", "params=hostile")
class EscapesParams(_ChangedParams):
    """Text in the params is stored as HTML writes it."""

    def change(self, value: Any) -> Any:
        return html.escape(value) if isinstance(value, str) else value


@breaks("M2", "params=large")
class CutsParamsAt6000(_ChangedParams):
    """The end of a text of more than 6000 characters is lost."""

    def change(self, value: Any) -> Any:
        return value[:6000] if isinstance(value, str) else value


@breaks("M8", "artifact=file")
class CopiesSmallFilesAsText(SpoiledArtifacts):
    """The ends of lines in a small file become those of this system."""

    def spoil(self, kept: Path) -> None:
        if kept.is_file() and kept.stat().st_size < 2**20:
            kept.write_bytes(kept.read_bytes().replace(b"\r\n", b"\n"))


@breaks("M8", "artifact=empty")
class LeavesEmptyFilesOut(jot.Run):
    """A file without content is not kept."""

    def log_artifact(self, path: Path, name: str) -> None:
        if path.is_dir() or path.stat().st_size:
            super().log_artifact(path, name)


@breaks("M8", "artifact=folder")
class FlattensFolders(SpoiledArtifacts):
    """Files in folders of a folder are put beside the others."""

    def spoil(self, kept: Path) -> None:
        for file in sorted(kept.rglob("*")) if kept.is_dir() else ():
            if file.is_file() and file.parent != kept:
                shutil.move(file, kept / file.name)


@breaks("M8", "artifact=many")
class KeepsTwentyFiles(SpoiledArtifacts):
    """Of a folder the first twenty files are kept."""

    def spoil(self, kept: Path) -> None:
        for file in sorted(kept.iterdir())[20:] if kept.is_dir() else ():
            file.unlink()


@breaks("M8", "artifact=large")
class CutsFilesAtAMebibyte(SpoiledArtifacts):
    """What is behind the first 1,048,576 bytes of a file is lost."""

    def spoil(self, kept: Path) -> None:
        if kept.is_file():
            kept.write_bytes(kept.read_bytes()[: 2**20])
