"""Files whose content follows from their path and size, so that a program is data and its files can be compared."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from tracker_contracts.programs.plan import LogArtifact


def content(path: str, size: int) -> bytes:
    """Bytes of every value, line ends of both kinds among them, unlike those of any other path."""
    block = sha256(path.encode()).digest() + b"\r\n\x00\xff\n"
    return (block * (size // len(block) + 1))[:size]


def write(artifact: LogArtifact, folder: Path) -> Path:
    """The file or folder, made in an empty folder."""
    target = folder / "logged"
    for path, size in artifact.files.items():
        file = target / path if path else target
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content(path, size))
    return target


def stored(artifact: LogArtifact) -> dict[str, bytes]:
    """What a reader must find, by name."""
    return {
        f"{artifact.name}/{path}" if path else artifact.name: content(path, size)
        for path, size in artifact.files.items()
    }
