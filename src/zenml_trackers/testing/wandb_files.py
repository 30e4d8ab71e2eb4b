"""What W&B leaves in a folder, read message by message with the contract's own reader of its logs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import PIL.Image
from tracker_contracts.harnesses.wandb_file import records
from tracker_contracts.observed import ObservedMetric, ObservedRun

from zenml_trackers.testing.labels import labels

STEP = "zenml/step"


def read(folder: Path) -> list[ObservedRun]:
    """The runs in a folder, oldest first; what was resumed has several logs."""
    logs = [(file, list(records(file))) for file in folder.glob("wandb/*/*.wandb")]
    parts = sorted(((_began(log), file, log) for file, log in logs if _runs(log)), key=lambda part: part[:2])
    found: dict[str, list[Any]] = {}
    for _, file, log in parts:
        found.setdefault(_runs(log)[0].run_id, []).append((file.parent, log))
    return [_observed(run_id, each) for run_id, each in found.items()]


def _runs(log: list[Any]) -> list[Any]:
    return [message.run for message in log if message.HasField("run")]


def _began(log: list[Any]) -> int:
    began: int = _runs(log)[0].start_time.ToNanoseconds()
    return began


def _observed(run_id: str, parts: list[tuple[Path, list[Any]]]) -> ObservedRun:
    messages = [message for _, log in parts for message in log]
    last, config = _runs(parts[-1][1])[-1], _config(messages)
    document = json.loads(config["zenml"]["document"])
    names = document.get("zenml.names", {})
    return ObservedRun(
        id=run_id,
        name=names.get("runs", {}).get(last.display_name, last.display_name),
        state=_state(parts[-1][1]),
        error_type=config["zenml"].get("error_type"),
        error_message=config["zenml"].get("error_message"),
        tags=[names.get("tags", {}).get(tag, tag) for tag in last.tags],
        metadata=config["zenml"]["metadata"],
        params=_params(config, document),
        metrics=[metric for row in _rows(messages) for metric in _metrics(row, names.get("metrics", {}))],
        step=last.job_type or None,
        attempt=config["zenml"]["attempt"],
        parent=config["zenml"].get("parent"),
        artifact_labels=labels(config["zenml"], "artifacts"),
        artifacts=dict(pair for folder, log in parts for pair in _artifacts(folder, log)),
        images=dict(_media(parts, "image-file", _pixels, names)),
        captions=dict(_captions(messages, names)),
        tables=dict(_media(parts, "table-file", _cells, names)),
        everything="\n".join(_texts(parts)),
    )


def _config(messages: list[Any]) -> dict[str, Any]:
    config: dict[str, Any] = {}
    for message in messages:
        changed = message.run.config if message.HasField("run") else message.config
        config.update({item.key: json.loads(item.value_json) for item in changed.update})
    return config


def _params(config: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """From W&B's config where it shows them; the document has what W&B keeps for itself, or would call otherwise."""
    shown = {name: value for name, value in config.items() if name in document and name != "zenml"}
    otherwise = {name: value for name, value in document.items() if name.strip("-") != name}
    return {**document.get("zenml.params", {}), **otherwise, **shown}


def _state(log: list[Any]) -> Any:
    exits = [message.exit.exit_code for message in log if message.HasField("exit")]
    return ("failed" if exits[-1] else "finished") if exits else "running"


def _rows(messages: list[Any]) -> Iterator[dict[str, str]]:
    for message in messages:
        if message.HasField("history"):
            yield {item.key or "\0".join(item.nested_key): item.value_json for item in message.history.item}


def _metrics(row: dict[str, str], names: dict[str, str]) -> Iterator[ObservedMetric]:
    own = {"_step", "_runtime", "_timestamp", STEP}
    for name in sorted(row.keys() - own):
        if "\0" not in name:
            value = -0.0 if row[name] == "-0" else json.loads(row[name])
            yield ObservedMetric(name=names.get(name, name), step=int(row.get(STEP, row["_step"])), value=value)


def _artifacts(folder: Path, log: list[Any]) -> Iterator[tuple[str, bytes]]:
    for artifact in (message.artifact for message in log if message.HasField("artifact")):
        about = json.loads(artifact.metadata or "{}")
        for entry in artifact.manifest.contents if "name" in about else ():
            name = f"{about['name']}/{entry.path}" if about["folder"] else about["name"]
            yield name, Path(entry.local_path).read_bytes()


def _media(parts: list[tuple[Path, list[Any]]], kind: str, load: Any, names: dict[str, Any]) -> Iterator[Any]:
    for folder, log in parts:
        for row in _rows(log):
            for key in [key for key, value in row.items() if key.endswith("\0_type") and json.loads(value) == kind]:
                name = key.removesuffix("\0_type")
                yield names.get("media", {}).get(name, name), load(folder / "files" / json.loads(row[f"{name}\0path"]))


def _captions(messages: list[Any], names: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for row in _rows(messages):
        for key in [key for key in row if key.endswith("\0caption") and json.loads(row[key])]:
            name = key.removesuffix("\0caption")
            yield names.get("media", {}).get(name, name), json.loads(row[key])


def _pixels(file: Path) -> bytes:
    with PIL.Image.open(file) as image:
        return image.convert("RGB").tobytes()


def _cells(file: Path) -> list[list[Any]]:
    table = json.loads(file.read_text())
    return [table["columns"], *table["data"]]


def _texts(parts: list[tuple[Path, list[Any]]]) -> Iterator[str]:
    for folder, log in parts:
        yield from map(str, log)
        yield from (file.read_text(errors="replace") for file in folder.rglob("*") if file.is_file())
