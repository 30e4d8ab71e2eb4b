"""Artifacts, pictures and tables of a run: files below its artifacts, as MLflow's own calls lay them out.

An artifact has the path of its name. A picture is where MLflow's `log_image` puts it, with the small copy that its
pages show; its caption is the PNG file's own `Description`. A table is JSON as `log_table` writes it, but with all
digits, and the tag by which MLflow knows it as one.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID, uuid4

from zenml_trackers.backends.mlflow import layout
from zenml_trackers.backends.mlflow.place import Place
from zenml_trackers.errors import UnstorableValue
from zenml_trackers.model.naming import Names
from zenml_trackers.model.records import Artifact, Image, Logged, Table

if TYPE_CHECKING:
    import PIL.Image

SHOW_IMAGES = "mlflow.loggedImages"
SHOW_TABLES = "mlflow.loggedArtifacts"
SHOWN_TABLES = 25
"""As many as fit into a tag."""
THUMBNAIL = (256, 256)
IMAGE = re.compile(r"images/([^+%]+)[+%]step[+%](-?\d+)[+%]timestamp[+%](\d+)[+%]([^+%]*)\.png")
THUMBNAILS = re.compile(r"images/.*[+%]compressed\.webp")
"""Older releases of MLflow have % for +."""
CAPTION = "Description"
"""What the specification of PNG calls that."""
TABLE = re.compile(r"tables/([^/]+)/(-?\d+)-(\d+)(-[\w-]+)?\.json")
"""Each with the name, the step, the time, and what tells it from others of that time."""


class Shown(NamedTuple):
    """What tells a picture or a table from all others of its run, and is the same if it is given again."""

    time: int
    """When it was logged, in milliseconds."""
    number: int
    """That of the record; -1 if it has none."""

    def __str__(self) -> str:
        return str(UUID(int=self.number) if self.number >= 0 else uuid4())


class Shelf:
    """Where one run keeps its files."""

    def __init__(self, place: Place, run: Any, receipt: Mapping[str, str]) -> None:
        """Nothing is kept yet.

        Args:
            place: Where the run is.
            run: MLflow's run.
            receipt: The real names of what is kept under other names.
        """
        self._place = place
        self._run = run
        self.keys = Names(layout.MEDIUM, layout.LONGEST_MEDIUM, receipt)
        self._tables: list[dict[str, str]] = json.loads(run.data.tags.get(SHOW_TABLES, "[]"))
        self._images = SHOW_IMAGES in run.data.tags

    @property
    def tags(self) -> dict[str, str]:
        """By which MLflow's pages know what there is to show."""
        tables = {SHOW_TABLES: json.dumps(self._tables[-SHOWN_TABLES:])} if self._tables else {}
        return {**tables, **({SHOW_IMAGES: "True"} if self._images else {})}

    @cached_property
    def _artifacts(self) -> Any:
        """Looked for when it is used: a run without files needs none, and what it takes may not be installed."""
        return self._place.artifacts(self._run)

    def path_of(self, name: str, path: Path) -> str:
        """Where a file or folder is to be kept.

        Raises:
            UnstorableValue: It is not there.
        """
        if not path.exists():
            raise UnstorableValue(f"The artifact {name!r} can't be kept: there is nothing at {path}.")
        return Names(layout.ARTIFACT, layout.LONGEST_KEY).stored(name)

    def keep(self, stored: str, path: Path) -> None:
        """Keep a file or folder under a path.

        Raises:
            TrackerError: It can't be.
        """
        if path.is_dir():
            with self._place.reached():
                self._artifacts.log_artifacts(str(path), stored)
        else:
            self._upload(path, stored)

    def image_path(self, name: str, step: int, shown: Shown) -> str:
        """Where MLflow's pages look for a picture."""
        return f"images/{self.keys.stored(name)}+step+{step}+timestamp+{shown.time}+{shown}.png"

    def show_image(self, image: PIL.Image.Image, caption: str, stored: str) -> None:
        """Keep a picture under a path, and the small one beside it."""
        from PIL.PngImagePlugin import PngInfo

        about, small = PngInfo(), image.convert("RGBA")
        if caption:
            about.add_itxt(CAPTION, caption)
        small.thumbnail(THUMBNAIL)
        with tempfile.TemporaryDirectory() as folder:
            for picture, path in ((image, stored), (small, f"{stored.removesuffix('.png')}+compressed.webp")):
                file = Path(folder, PurePosixPath(path).name)
                picture.save(file, pnginfo=about)  # WebP has no such thing
                self._upload(file, path)
        self._images = True

    def table_path(self, name: str, step: int, shown: Shown) -> str:
        """Where a table is to be kept."""
        return f"tables/{self.keys.stored(name)}/{step}-{shown.time}-{shown}.json"

    def show_table(self, table: Table, stored: str) -> None:
        """Keep a table under a path."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "table.json")
            file.write_text(json.dumps({"columns": table.columns, "data": table.rows}), "utf-8")
            self._upload(file, stored)
        if (entry := {"path": stored, "type": "table"}) not in self._tables:
            self._tables.append(entry)

    def _upload(self, path: Path, stored: str) -> None:
        """Under any name: MLflow would keep the file's own."""
        target = PurePosixPath(stored)
        with tempfile.TemporaryDirectory() as folder, self._place.reached():
            link = Path(folder, target.name)
            link.symlink_to(path.absolute())
            self._artifacts.log_artifact(str(link), str(target.parent) if target.parent.name else None)


def attachments(place: Place, run: Any, config: Mapping[str, Any], folder: Path) -> Iterator[Logged]:
    """All that a run keeps as a whole; what MLflow's own calls kept has its first folder's or its own name."""
    torn = config.get(layout.KEEPING, [])
    paths = [path for path in place.files(run) if not _is_in(path, torn)]
    names = Names(layout.MEDIUM, layout.LONGEST_KEY, config.get(layout.NAMES))
    for pattern, kind in ((IMAGE, _image), (TABLE, _table)):
        found = sorted(filter(None, map(pattern.fullmatch, paths)), key=lambda match: (int(match[3]), match[4] or ""))
        for match in found:
            yield kind(names.original(match[1]), int(match[2]), place.fetched(run, match[0], folder))
    kept = {stored: name for stored, name in config.get(layout.KEPT, {}).items() if not _is_in(stored, torn)}
    for path in paths:
        if not any(each.fullmatch(path) for each in (IMAGE, THUMBNAILS, TABLE)):
            kept = {_root(path, kept): _root(path, kept), **kept}
            place.fetched(run, path, folder)
    for stored, name in kept.items():
        yield Artifact(name=name, path=place.root(run, folder) / stored)


def artifact(place: Place, run: Any, config: Mapping[str, Any], name: str, folder: Path) -> Path | None:
    """Where one artifact is that this package kept; no other file is fetched."""
    kept = {name: stored for stored, name in config.get(layout.KEPT, {}).items()}
    if name not in kept or _is_in(kept[name], config.get(layout.KEEPING, [])):
        return None
    for path in place.files(run):
        if _is_in(path, [kept[name]]):
            place.fetched(run, path, folder)
    found: Path = place.root(run, folder) / kept[name]
    return found


def _root(path: str, kept: Mapping[str, str]) -> str:
    """The path of the artifact that a file belongs to."""
    above = [path, *map(str, PurePosixPath(path).parents)]
    return next((each for each in above if each in kept), path.partition("/")[0])


def _is_in(path: str, roots: Sequence[str]) -> bool:
    return any(path == root or path.startswith(f"{root}/") for root in roots)


def _image(name: str, step: int, file: Path) -> Image:
    import PIL.Image

    with PIL.Image.open(file) as picture:
        caption = str(picture.info.get(CAPTION, ""))
    return Image(name=name, image=file, step=step, caption=caption)


def _table(name: str, step: int, file: Path) -> Table:
    stored = json.loads(file.read_text("utf-8"))
    return Table(name=name, columns=stored["columns"], rows=stored["data"], step=step)
