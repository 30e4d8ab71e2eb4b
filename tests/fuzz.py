"""`python -m tests.fuzz url|journal [arguments of libFuzzer]`: the parsers, led by which of their lines are run.

A text is a URL, or refused in one line. A line of a journal is a record, or costs itself alone.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["zenml_trackers", "urllib", "json"]):
    from zenml_trackers.delivery.cursor import Cursor
    from zenml_trackers.delivery.journal import RECORDS, Header, Journal
    from zenml_trackers.errors import InvalidUrl
    from zenml_trackers.model.records import End, Metrics, RunSpec
    from zenml_trackers.model.url import TrackerUrl

GOOD = b'{"kind":"metrics","time":1.0,"values":{"good":1.0},"step":7}\n'
MOST = 100_000
"""More records than any input has."""


def url(data: bytes) -> None:
    text = atheris.FuzzedDataProvider(data).ConsumeUnicode(200)
    try:
        parsed = TrackerUrl.parse(text)
    except InvalidUrl as error:
        shown = str(error)
    else:
        shown = str(parsed)
        assert TrackerUrl.parse(shown) == parsed
    assert "\n" not in shown, shown


def journal(data: bytes) -> None:
    (FOLDER / RECORDS).write_bytes(data + b"\n" + GOOD)
    opened = Journal(FOLDER)
    try:
        cursor, found = Cursor(opened), []
        while batch := cursor.next(MOST):
            found += batch
    finally:
        opened.close()
    last = found[-1]
    assert isinstance(last, End) or (isinstance(last, Metrics) and last.values == {"good": 1.0}), last


def _new_journal() -> Path:
    header = Header(trackers=("memory://fuzz",), spec=RunSpec(name="r", project="p"))
    made = Journal.begin(Path(tempfile.mkdtemp(prefix="zenml-trackers-fuzz-")), header)
    made.close()
    return made.folder


FOLDER = _new_journal()
PARSERS: dict[str, Callable[[bytes], None]] = {"url": url, "journal": journal}

if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    atheris.Setup([sys.argv[0], *arguments], PARSERS[name])
    atheris.Fuzz()
