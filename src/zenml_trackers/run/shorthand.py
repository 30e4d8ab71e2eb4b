"""Calls of a run that are made of others: in the words of MLflow and W&B, and for what is kept as a file."""

from __future__ import annotations

import os
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

from zenml_trackers.errors import UnstorableValue
from zenml_trackers.model.records import Aggregate, Alert, Definition, Level, Logged, Shows, SystemMetrics
from zenml_trackers.model.values import media
from zenml_trackers.model.values.text import as_key, as_text
from zenml_trackers.run.harmless import harmless

BINS = 64
"""Of a histogram, unless they are given."""


class Shorthand(ABC):
    """The calls that are made of others."""

    @abstractmethod
    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        """Store numbers at a metric step."""

    @abstractmethod
    def log_params(self, params: Any) -> None:
        """Store configuration."""

    @abstractmethod
    def add_tags(self, *tags: str | Iterable[str]) -> None:
        """Add tags."""

    @abstractmethod
    def log_image(self, name: str, image: Any, step: int | None = None, caption: str = "") -> None:
        """Show an image."""

    @abstractmethod
    def _keep_shown(self, name: str, path: Path, title: str, shows: Shows, step: int | None) -> None:
        """Keep a file that some trackers show, too."""

    @abstractmethod
    def _add(self, kind: type[Logged], **fields: Any) -> None:
        """Take a record."""

    @abstractmethod
    def _refuse(self, refused: Iterable[Exception]) -> None:
        """Warn of what can't be stored, or raise it."""

    @harmless
    def log_metric(self, name: str, value: Any, step: int | None = None) -> None:
        """Store one number, as `log({name: value}, step)`."""
        self.log({name: value}, step)

    @harmless
    def log_param(self, name: str, value: Any) -> None:
        """Store one param, as `log_params({name: value})`."""
        self.log_params({name: value})

    @harmless
    def set_tag(self, key: str, value: Any = None) -> None:
        """Add the tag `key`, or `key:value` with a value; an earlier value stays, since tags here are mere words."""
        self.add_tags(key if value is None else f"{key}:{value}")

    def log_figure(self, name: str, figure: Any, step: int | None = None, caption: str = "") -> None:
        """Show a figure of Matplotlib or Plotly, as `log_image`; Plotly needs its package `kaleido` for that.

        Raises:
            UnsupportedFeature: The tracker shows no images.
        """
        self.log_image(name, figure, step, caption)

    @harmless
    def log_text(self, name: str, text: str, step: int | None = None) -> None:
        """Keep a text as an artifact, `<name>.txt`, or `<name>/<step>.txt` with a step; some trackers show it too.

        A name with an ending of its own, such as `notes.md`, keeps it.

        Raises:
            UnsupportedFeature: The tracker keeps no artifacts.
        """
        self._keep(name, step, "text", lambda: (as_text(text).encode(), "txt"))

    @harmless
    def log_histogram(self, name: str, values: Any, step: int | None = None, bins: int = BINS) -> None:
        """Keep how numbers are distributed as an artifact, `<name>.json`; some trackers show it too.

        Args:
            name: What it is called.
            values: An array or tensor, of which numbers that are not finite are left out; or counts and edges, as
                `numpy.histogram` returns them.
            step: The metric step that it belongs to; with one, the artifact is `<name>/<step>.json`.
            bins: How many counts to make of an array.

        Raises:
            UnsupportedFeature: The tracker keeps no artifacts.
        """
        self._keep(name, step, "histogram", lambda: (media.histogram(name, values, bins), "json"))

    @harmless
    def log_audio(self, name: str, audio: Any, sample_rate: int | None = None, step: int | None = None) -> None:
        """Keep sound as an artifact, such as `<name>.wav`; some trackers play it too.

        Args:
            name: What it is called.
            audio: A path or the bytes of a WAV, MP3, Ogg or FLAC file, or samples shaped (samples,) or (samples,
                channels): floats from -1 to 1, or integers of 16 bits.
            sample_rate: Samples a second.
            step: The metric step that it belongs to; with one, the artifact is `<name>/<step>.wav`.

        Raises:
            UnsupportedFeature: The tracker keeps no artifacts.
        """
        self._keep(name, step, "audio", lambda: media.audio(name, audio, sample_rate))

    @harmless
    def log_video(self, name: str, video: Any, step: int | None = None) -> None:
        """Keep a video as an artifact, such as `<name>.mp4`; some trackers play it too.

        Args:
            name: What it is called.
            video: A path or the bytes of an MP4, WebM or GIF file.
            step: The metric step that it belongs to; with one, the artifact is `<name>/<step>.mp4`.

        Raises:
            UnsupportedFeature: The tracker keeps no artifacts.
        """
        self._keep(name, step, "video", lambda: media.video(name, video))

    @harmless
    def alert(self, title: str, text: str = "", level: Level = "warning") -> None:
        """Tell people of something: stored with the run, and shown where the tracker has a place for it.

        Args:
            title: What it is about.
            text: More of it.
            level: `info`, `warning` or `error`.
        """
        if level not in get_args(Level):
            self._refuse([UnstorableValue(f"alert {title!r}: level is {level!r}; pass info, warning or error.")])
            level = "warning"
        self._add(Alert, title=as_text(title), text=as_text(text), level=level)

    @harmless
    def define_metric(self, name: str, summary: str) -> None:
        """Have what the values of a metric come to in the summary when the run ends, as `loss.min`.

        Values that were logged before count, and those of child processes. NaN is a last value, and else none.

        Args:
            name: The metric's; with `*` at its end, all metrics that begin so are meant.
            summary: `min`, `max`, `last` or `mean`, or several as in `min,last`.
        """
        for kind in (each.strip() for each in summary.split(",")):
            if kind in get_args(Aggregate):
                self._add(Definition, name=as_key(name, "define_metric()"), summary=kind)
            else:
                wrong = f"define_metric({name!r}): summary is {kind!r}; pass {', '.join(get_args(Aggregate))}."
                self._refuse([UnstorableValue(wrong)])

    def log_aside(self, values: Mapping[str, bool | int | float], step: int) -> None:
        """Store numbers of the machine, at a metric step of their own that counts for no other; none if it is over."""
        self._add(SystemMetrics, values=values, step=step)

    def _keep(self, name: str, step: int | None, shows: Shows, made: Callable[[], tuple[bytes, str]]) -> None:
        content, ending = made()
        given = Path(name).suffix if shows == "text" else ""  # `notes.md` is a file's name, `conv1.weight` is none
        title, ending = (name.removesuffix(given), given) if given else (name, f".{ending}")
        kept = f"{title}{ending}" if step is None else f"{title}/{step}{ending}"
        with tempfile.TemporaryDirectory(prefix="zenml-trackers-") as folder:
            file = Path(folder, f"file{ending}")
            file.write_bytes(content)
            os.chmod(file, 0o600)
            self._keep_shown(kept, file, title, shows, step)
