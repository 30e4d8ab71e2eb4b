"""The transaction logs that W&B writes for runs, as observed runs.

The framing is LevelDB's log format: blocks of 32 KiB, and in them parts with a header each; a record that does not fit
in what is left of a block goes on in the next. The records are W&B's own protocol messages.
"""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Iterable, Iterator
from itertools import dropwhile
from pathlib import Path
from typing import Any

from tracker_contracts.observed import ObservedMetric, ObservedRun

HEADER = struct.Struct("<IHB")  # checksum, length, kind
IDENTITY = 7
BLOCK = 32 * 1024
WHOLE, FIRST, MIDDLE, LAST = 1, 2, 3, 4
PATIENCE = 1.0
"""Seconds."""


def settled(folder: Path) -> list[ObservedRun]:
    """As `observed`, but with a little patience for runs that are open.

    W&B's own process may still be writing when `finish` has returned. That is for L4 to judge; each other clause would
    be judged by chance.
    """
    until = time.monotonic() + PATIENCE
    while _is_open(folder) and time.monotonic() < until:
        time.sleep(0.02)
    return observed(folder)


def _is_open(folder: Path) -> bool:
    runs = observed(folder)
    return len(runs) < len(_files(folder)) or any(run.state == "running" for run in runs)


def observed(folder: Path) -> list[ObservedRun]:
    """The runs below a folder, oldest first, each with all text that its own folder holds."""
    logs = [(list(dropwhile(_is_before_the_run, records(file))), file.parent) for file in _files(folder)]
    begun = [log for log in logs if log[0]]
    return [_run(*log) for log in sorted(begun, key=lambda log: log[0][0].run.start_time.ToNanoseconds())]


def _files(folder: Path) -> list[Path]:
    return list(folder.glob("wandb/offline-run-*/run-*.wandb"))


def _is_before_the_run(record: Any) -> bool:
    return not record.HasField("run")


def records(file: Path) -> Iterator[Any]:
    """W&B's messages in a log, in the order of writing, as far as they are whole."""
    from wandb.proto.wandb_internal_pb2 import Record

    whole = b""
    for kind, part in _parts(file.read_bytes()):
        whole = part if kind in (WHOLE, FIRST) else whole + part
        if kind in (WHOLE, LAST):
            yield Record.FromString(whole)


def _parts(log: bytes) -> Iterator[tuple[int, bytes]]:
    at = IDENTITY
    while at + HEADER.size <= len(log):
        if BLOCK - at % BLOCK < HEADER.size:  # the rest of the block is padding
            at += BLOCK - at % BLOCK
            continue
        _, length, kind = HEADER.unpack_from(log, at)
        at += HEADER.size + length
        if not WHOLE <= kind <= LAST or at > len(log):  # the process died while it wrote this
            return
        yield kind, log[at - length : at]


def _run(records: list[Any], folder: Path) -> ObservedRun:
    first, *later = records
    run = _begun(first.run)
    for record in later:
        _tell(run, record)
    run.everything = "\n".join(file.read_text(errors="replace") for file in folder.rglob("*") if file.is_file())
    return run


def _begun(written: Any) -> ObservedRun:
    config = _items(written.config.update)
    return ObservedRun(
        id=written.run_id,
        name=written.display_name,
        state="running",
        tags=list(written.tags),
        params={key: value for key, value in config.items() if not key.startswith(("zenml_", "_wandb"))},
        step=config.get("zenml_step_name"),
        attempt=config.get("zenml_latest_step_run_version"),
    )


def _tell(run: ObservedRun, record: Any) -> None:
    if record.HasField("run"):
        run.name, run.tags = record.run.display_name, list(record.run.tags)
    elif record.HasField("config"):
        run.params.update(_items(record.config.update))
    elif record.HasField("exit"):
        run.state = "failed" if record.exit.exit_code else "finished"
    elif record.HasField("history"):
        logged = _items(record.history.item)
        numbers = {name: value for name, value in logged.items() if isinstance(value, (int, float)) and name[0] != "_"}
        for name in sorted(numbers):  # the log keeps no order within a payload
            run.metrics.append(ObservedMetric(name=name, step=logged["_step"], value=numbers[name]))


def _items(items: Iterable[Any]) -> dict[str, Any]:
    return {item.key or ".".join(item.nested_key): _value(item.value_json) for item in items}


def _value(text: str) -> Any:
    return json.loads(text, parse_int=lambda digits: -0.0 if digits == "-0" else int(digits))
