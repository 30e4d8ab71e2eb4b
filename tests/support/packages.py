"""Packages that are made on the fly, in a folder that Python looks into before all others."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from zenml_trackers.port import backend, libraries

UNLOADABLE = "raise AssertionError('nothing but a run may load this')"


@dataclass
class Packages:
    """What is installed there: modules and metadata, as any installer leaves them."""

    folder: Path
    modules: set[str] = field(default_factory=set)

    def install(
        self, name: str, release: str | None, module: str, code: str = UNLOADABLE, entry_points: str = ""
    ) -> None:
        """Put a distribution there, in the place of another release of it."""
        for info in self.folder.glob(f"{name.replace('-', '_')}-*.dist-info"):
            shutil.rmtree(info)
        info = self.folder / f"{name.replace('-', '_')}-{release or 0}.dist-info"
        info.mkdir()
        version = f"Version: {release}\n" if release else ""
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\n{version}")
        (info / "top_level.txt").write_text(f"{module}\n")
        (info / "entry_points.txt").write_text(entry_points)
        self.module(module, code)

    def module(self, name: str, code: str = UNLOADABLE) -> None:
        """Put a module there that no metadata know."""
        (self.folder / f"{name}.py").write_text(code)
        self.modules.add(name)
        importlib.invalidate_caches()

    def forget(self) -> None:
        """Have this process know as little of them as a new one."""
        for name in self.modules:
            sys.modules.pop(name, None)
        for found in (libraries.need_library, libraries._bringing, backend._installed):
            found.cache_clear()


@contextmanager
def packages_in(folder: Path) -> Iterator[Packages]:
    """No packages yet, in a new folder; after the block this process knows nothing of them any more."""
    folder.mkdir()
    made = Packages(folder)
    made.forget()
    sys.path.insert(0, str(folder))
    try:
        yield made
    finally:
        sys.path.remove(str(folder))
        made.forget()
