"""Texts, histograms, sound and video: where a tracker has something for them, its own reader finds them there."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import PIL.Image
import pytest
from tracker_contracts.harnesses.wandb_file import records

from tests.support import trackers
from tests.support.said import warnings_in
from zenml_trackers import connect
from zenml_trackers.errors import Losses
from zenml_trackers.model.records import Artifact, Image, Table
from zenml_trackers.port.sinks import RecordSink
from zenml_trackers.testing import forms


class Shown(NamedTuple):
    """What a tracker's own reader finds."""

    kind: str
    name: str
    step: int
    content: Any
    """The text, the counts, or the bytes of the file."""


def film() -> bytes:
    """A GIF of two pictures."""
    first, second = (PIL.Image.new("RGB", (6, 4), color) for color in ("red", "blue"))
    file = io.BytesIO()
    first.save(file, "GIF", save_all=True, append_images=[second])
    return file.getvalue()


def log_each(run: Any) -> None:
    run.log({"loss": 1}, step=3)
    run.log_text("notes", "a <b>\nhällo")
    run.log_text("card.md", "# Card", step=5)
    run.log_histogram("weights", np.array([0.0, 1.0, 1.0]), bins=2)
    run.log_audio("beep", np.zeros(10), 8000, step=4)
    run.log_video("film", film())


def in_trackio(folder: Path, project: str) -> Iterator[Shown]:
    from trackio import utils
    from trackio.sqlite_storage import SQLiteStorage

    kinds = {"markdown": "text", "histogram": "histogram", "audio": "audio", "video": "video"}
    [run] = SQLiteStorage.get_runs(project)
    for row in SQLiteStorage.get_logs(project, run):
        for name, value in row.items():
            kind = kinds.get(value["_type"].removeprefix("trackio.")) if isinstance(value, dict) else None
            if kind is not None:
                file = Path(utils.MEDIA_DIR, value["file_path"]).read_bytes() if "file_path" in value else None
                yield Shown(kind, name, row["step"], file or value.get("_value") or value.get("values"))


def in_wandb(folder: Path, project: str) -> Iterator[Shown]:
    """W&B's own messages: its library has nothing in Python that reads them."""
    kinds = {"html-file": "text", "histogram": "histogram", "audio-file": "audio", "video-file": "video"}
    [file] = folder.rglob("run-*.wandb")
    for record in records(file):
        row: dict[str, Any] = {}
        for item in record.history.item:
            key, *inner = item.nested_key or [item.key]
            value = json.loads(item.value_json)
            row[key] = {**row.get(key, {}), inner[0]: value} if inner else value
        for name, value in row.items():
            if isinstance(value, dict) and "_type" in value:
                content = value.get("values") or Path(file.parent, "files", value["path"]).read_bytes()
                yield Shown(kinds[value["_type"]], name, row["zenml/step"], content)


def in_tensorboard(folder: Path, project: str) -> Iterator[Shown]:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.util import tensor_util

    kinds = {"text": "text", "histograms": "histogram", "audio": "audio", "images": "video"}
    [run] = (folder / "boards" / project).iterdir()
    stored = EventAccumulator(str(run), size_guidance={"tensors": 0})
    stored.Reload()
    for tag in stored.Tags()["tensors"]:
        kind = kinds.get(stored.SummaryMetadata(tag).plugin_data.plugin_name)
        for event in stored.Tensors(tag) if kind and tag != "zenml" else ():
            array = tensor_util.make_ndarray(event.tensor_proto)
            yield Shown(kind, tag, event.step, _CONTENT[kind](array))


_CONTENT = {
    "text": lambda array: array.item(),
    "histogram": lambda array: array[:, 2].tolist(),
    "audio": lambda array: array[0, 0],
    "video": lambda array: array[2],
}
"""By kind, what is in a value of TensorBoard's."""


def in_aim(folder: Path, project: str) -> Iterator[Shown]:
    from aim import Repo, Run
    from aim.sdk.index_manager import RepoIndexManager
    from aim.storage.context import Context

    [stored] = connect(f"aim:///{folder}/aim", project=project).read()
    RepoIndexManager.get_index_manager(Repo.from_path(str(folder / "aim"))).index(stored.id)  # as `aim up` does
    run = Run(stored.id, repo=str(folder / "aim"), read_only=True, system_tracking_interval=None)
    read = {
        "texts": ("text", lambda value: value.data),
        "distributions": ("histogram", lambda value: value.to_np_histogram()[0].tolist()),
        "audios": ("audio", lambda value: value.storage["data"].load()),
    }
    for sequences, (kind, content) in read.items():
        for found in run.collect_sequence_info((sequences,))[sequences]:
            get = getattr(run, f"get_{sequences[:-1]}_sequence")
            for step, (value, *_) in get(found["name"], Context(found["context"])).data.items():
                yield Shown(kind, found["name"], step, content(value))


def in_comet(folder: Path, project: str) -> Iterator[Shown]:
    kinds = {"text-sample": "text", "histogram3d": "histogram", "audio": "audio", "video": "video"}
    [path] = folder.rglob("*.zip")
    with zipfile.ZipFile(path) as archive:
        for line in archive.read("messages.json").decode().splitlines():
            told = json.loads(line)["payload"]
            kind = kinds.get(told.get("upload_type"))
            if kind is not None:
                content = archive.read(told["file_path"])
                yield Shown(kind, told["metadata"]["name"], told["additional_params"]["step"], content)


READERS = {
    "trackio": in_trackio,
    "wandb": in_wandb,
    "tensorboard": in_tensorboard,
    "aim": in_aim,
    "comet": in_comet,
}


@pytest.mark.parametrize("backend", READERS)
def test_each_is_shown_at_its_metric_step_where_the_page_says_so(backend, tmp_path, project, monkeypatch, said):
    tracker = trackers.connected(backend, tmp_path, project, monkeypatch)
    with tracker.start_run("r") as run:
        log_each(run)
    assert warnings_in(said) == []
    found = list(READERS[backend](tmp_path, project))
    wanted = [("text", "notes", 3), ("text", "card", 5), ("histogram", "weights", 3), ("audio", "beep", 4)]
    wanted = [each for each in [*wanted, ("video", "film", 3)] if forms.SHOWN[each[0]][backend]]
    assert sorted(each[:3] for each in found) == sorted(wanted)
    contents = {each.name: each.content for each in found}
    assert "# Card" in _text(contents["card"])
    assert "hällo" in _text(contents["notes"])
    assert ("&lt;b&gt;" if backend == "wandb" else "<b>") in _text(contents["notes"])
    assert contents["weights"] == [1, 2] or b"[[1051,1],[1062,2]]" in contents["weights"]  # Comet's own bins
    assert contents["beep"].startswith(b"RIFF")
    assert contents.get("film") in (None, film())


@pytest.mark.parametrize("backend", READERS)
def test_they_are_read_back_as_artifacts_alone(backend, tmp_path, project, monkeypatch):
    tracker = trackers.connected(backend, tmp_path, project, monkeypatch)
    with tracker.start_run("r") as run:
        log_each(run)
    stored = trackers.only_run(tracker)
    assert [(point.name, point.step, point.value) for point in stored.metrics] == [("loss", 3, 1)]
    (tmp_path / "fetched").mkdir()
    attached = list(tracker.backend.attachments(stored.id, tmp_path / "fetched"))
    assert [each for each in attached if isinstance(each, (Image, Table))] == []
    names = {each.name for each in attached if isinstance(each, Artifact)}
    assert names == {"notes.txt", "card/5.md", "weights.json", "beep/4.wav", "film.gif"}


@pytest.mark.parametrize("backend", ["wandb", "tensorboard", "aim"])
def test_what_can_not_be_shown_is_kept_and_told_once_by_name(backend, tmp_path, project, monkeypatch, said):
    tracker = trackers.connected(backend, tmp_path, project, monkeypatch)
    with tracker.start_run("r") as run:
        for step in range(2):
            if backend == "tensorboard":  # no size is in it
                run.log_video("odd", b"GIF89a", step=step)
            else:  # W&B takes 512 bins, Aim takes bins of one width
                run.log_histogram("odd", ([1] * 600, [0.0, *(2.0**bin for bin in range(600))]), step=step)
        run.log_text("note", "fine")
    kind = "video" if backend == "tensorboard" else "histogram"
    [warning] = warnings_in(said)
    assert f"The {kind} 'odd' is kept as an artifact, but can't be shown (" in warning
    [stored] = tracker.read()
    names = {each.name for each in tracker.backend.attachments(stored.id, tmp_path)}
    ending = "gif" if backend == "tensorboard" else "json"
    assert names == {f"odd/0.{ending}", f"odd/1.{ending}", "note.txt"}
    assert [each.name for each in READERS[backend](tmp_path, project)] == ["note"]


def test_a_picture_is_one_whatever_its_caption_on_tensorboard(tmp_path, project, monkeypatch):
    tracker = trackers.connected("tensorboard", tmp_path, project, monkeypatch)
    with tracker.start_run("r") as run:
        run.log_image("still", np.zeros((4, 6, 3), "uint8"), caption="A video.")
        run.log_video("film", film())
    found = tracker.backend.attachments(trackers.only_run(tracker).id, tmp_path)
    assert [each.caption for each in found if isinstance(each, Image)] == ["A video."]


def test_a_page_is_shown_as_one_on_wandb(tmp_path, project, monkeypatch):
    tracker = trackers.connected("wandb", tmp_path, project, monkeypatch)
    with tracker.start_run("r") as run:
        run.log_text("report.html", "<h1>Report</h1>")
    [found] = in_wandb(tmp_path, project)
    assert b"<h1>Report</h1>" in found.content


class ShowsNothing(RecordSink):
    """Its display is away."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[str] = []

    def keep(self, name: str, path: Path) -> None:
        self.kept.append(name)

    def show(self, artifact: Artifact) -> None:
        raise ConnectionError("away")

    def log(self, values: Any, step: int) -> None:
        """Nothing."""

    set_params = add_tags = end = log  # type: ignore[assignment]


def test_a_display_that_is_away_has_nothing_kept_again(tmp_path):
    sink, told = ShowsNothing(), []
    for number in range(3):
        note = Artifact(name=f"note/{number}.txt", path=tmp_path, title="note", shows="text", number=number)
        try:
            sink.write([note])
        except Losses as losses:
            told += losses.errors
    assert sink.kept == ["note/0.txt", "note/1.txt", "note/2.txt"]
    assert sink.stored() == 2
    [loss] = told
    assert "The text 'note' is kept as an artifact, but can't be shown (ConnectionError: away)." in str(loss)


def _text(content: Any) -> str:
    return content if isinstance(content, str) else content.decode()
