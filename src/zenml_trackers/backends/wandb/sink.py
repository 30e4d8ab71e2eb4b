"""One run of W&B's as the port wants it."""

from __future__ import annotations

import html
import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zenml_trackers.backends.common.ended_sink import EndedSink
from zenml_trackers.backends.wandb import log, native
from zenml_trackers.backends.wandb.names import ALIAS, ARTIFACT, STEP, TYPE, RunNames
from zenml_trackers.errors import UnstorableValue
from zenml_trackers.model import document
from zenml_trackers.model.records import Artifact, Image, RunError, Status, Table
from zenml_trackers.port.shown import histogram_in, text_in
from zenml_trackers.port.sinks import Number

if TYPE_CHECKING:
    import PIL.Image

OURS = "zenml"
"""The key of the config below which is what is no param."""
LARGEST = 2**63 - 1
MOST_ROWS = 10_000


class WandbSink(EndedSink):
    """A run that W&B made already."""

    def __init__(self, run: Any, name: str, config: dict[str, Any], online: bool) -> None:
        super().__init__(config)
        self.native = run
        self.id = run.id
        self.name = name
        self._online = online
        # asked for now: W&B names them after the run's start in local time, and a step may change its timezone
        self._folder, self._log = Path(run.settings.sync_dir), Path(run.settings.sync_file)
        self._astray: set[Path] = set()
        self._names = RunNames(config)
        self._receipts = self._names.changed
        self._defined: set[str] = set()
        native.keep_open(run)

    @property
    def links(self) -> dict[str, str]:
        if self._online:
            return {"url": self.native.url}
        return log.links(self._folder)

    def begin(self) -> None:
        if not self._online:
            log.wait_for_run(self._log)

    def log(self, values: Mapping[str, Number], step: int) -> None:
        large = [name for name, value in values.items() if isinstance(value, int) and value > LARGEST]
        row = {self._metric(name): value for name, value in values.items() if name not in large}
        self._put_receipts()
        if row:
            self.native.log({**row, STEP: step})
        if large:
            raise UnstorableValue(f"{large} hold integers above 2**63 - 1, which W&B rounds; pass them as floats")

    def put(self, config: Mapping[str, Any]) -> None:
        tags = [self._names.stored("tags", tag) for tag in config[document.TAGS]]
        self.native.config.update(shown(config), allow_val_change=True)
        if summary := document.summary_in(config):  # W&B's own last values of metrics took the place of some
            self.native.summary.update({self._names.stored("metrics", name): each for name, each in summary.items()})
        known = tuple(self.native.tags or ())
        if added := tuple(tag for tag in dict.fromkeys(tags) if tag not in known):
            self.native.tags = (*known, *added)

    def finish(self, status: Status, error: RunError | None) -> None:
        native.really_finish(self.native, exit_code=int(status is Status.FAILED))
        for files in self._astray:
            with suppress(OSError):  # it is of no use any more, and no reason to end the run again
                files.unlink()
                files.parent.rmdir()
        if not self._online:
            log.wait_for_exit(self._log)

    def keep_artifact(self, artifact: Artifact) -> None:
        """With its type and its aliases as W&B can have them; the document has them as they are."""
        import wandb

        path = artifact.path
        number = len(list(self._kept.iterdir())) if self._kept.is_dir() else 0
        kept = self._kept / str(number) / path.name
        kept.parent.mkdir(parents=True)
        (shutil.copytree if path.is_dir() else shutil.copy2)(path, kept)
        about = {"name": artifact.name, "kept": str(kept.relative_to(self._folder)), "folder": path.is_dir()}
        made = wandb.Artifact(ARTIFACT.stored(artifact.name), TYPE.stored(artifact.type or "artifact"), metadata=about)
        for file in (file for file in (kept, *kept.rglob("*")) if file.is_file()):
            inside = file.relative_to(kept if path.is_dir() else kept.parent)
            made.add_file(str(file), str(inside), policy="immutable", skip_cache=True)
        self.native.log_artifact(made, aliases=["latest", *map(ALIAS.stored, artifact.aliases)])

    def show_captioned(self, image: Image, picture: PIL.Image.Image) -> None:
        import wandb

        self._show(image.name, wandb.Image(picture, caption=image.caption or None), image.step)

    def show_table(self, table: Table, step: int) -> None:
        import wandb

        if len(table.rows) > MOST_ROWS:
            raise UnstorableValue(f"table {table.name!r} has more than {MOST_ROWS} rows, which W&B cuts; log a file")
        rows = [list(row) for row in table.rows]
        self._show(table.name, wandb.Table(list(table.columns), rows, allow_mixed_types=True), step)

    def show(self, artifact: Artifact) -> None:
        import wandb

        match artifact.shows:
            case "text":
                self._show(artifact.title, wandb.Html(_page(artifact), data_is_not_path=True), artifact.step)
            case "histogram":
                bins = histogram_in(artifact)
                self._show(artifact.title, wandb.Histogram(np_histogram=bins), artifact.step)
            case "audio":
                self._show(artifact.title, wandb.Audio(str(artifact.path)), artifact.step)
            case "video":
                film = wandb.Video(str(artifact.path), format=artifact.path.suffix.removeprefix("."))
                self._show(artifact.title, film, artifact.step)

    @property
    def _kept(self) -> Path:
        return self._folder / "artifacts"

    def _metric(self, name: str) -> str:
        """The name under which W&B stores a metric, of which it knows the axis from now on."""
        stored = self._names.stored("metrics", name)
        if stored not in self._defined and "*" not in stored:
            self.native.define_metric(stored, step_metric=STEP)
            self._defined.add(stored)
        return stored

    def _show(self, name: str, media: Any, step: int) -> None:
        stored = self._names.stored("media", name)
        self._lead_back()
        self._put_receipts()
        self.native.log({stored: media, STEP: step})

    def _lead_back(self) -> None:
        """Lead W&B to the run's folder if it takes another one for it, now that the timezone is another."""
        files = Path(self.native.settings.files_dir)
        if files.parent != self._folder and files not in self._astray:
            files.parent.mkdir(exist_ok=True)
            files.symlink_to(self._folder / "files")
            self._astray.add(files)

    def _put_receipts(self) -> None:
        """Store what a name was changed to before it is used."""
        if self._names.changed != self._receipts:
            self._receipts = self._names.changed
            self.put(self.config)


def shown(config: Mapping[str, Any]) -> dict[str, Any]:
    """The document as W&B's config: params as they are, all else below one key, and there the exact document too.

    W&B takes hyphens off both ends of a key, so that two params would be one: such a key is in the document alone.
    """
    params = {key: value for key, value in config.items() if _is_shown(key)}
    facts = {
        key.removeprefix(document.PREFIX): value for key, value in config.items() if key.startswith(document.PREFIX)
    }
    return {**params, OURS: {**facts, "document": json.dumps(config, ensure_ascii=False)}}


def _page(artifact: Artifact) -> str:
    """A text as it stands, unless its name says that it is a page."""
    text = text_in(artifact)
    return text if artifact.name.endswith((".html", ".htm")) else f"<pre>{html.escape(text)}</pre>"


def _is_shown(key: str) -> bool:
    return not key.startswith(document.PREFIX) and key != OURS and key.strip("-") == key
