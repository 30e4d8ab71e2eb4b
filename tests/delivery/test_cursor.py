"""What a reader makes of the lines of several processes: the same each time, whatever one of them tore."""

from __future__ import annotations

import json

import pytest

from zenml_trackers.delivery.cursor import Cursor
from zenml_trackers.delivery.journal import RECORDS, Header, Journal
from zenml_trackers.model.records import End, Metrics, Params, RunSpec, Table


@pytest.fixture
def journal(tmp_path):
    return Journal.begin(tmp_path, Header(trackers=("there",), spec=RunSpec(name="r", project="p")))


def line(kind="metrics", **fields):
    return json.dumps({"kind": kind, "time": 0.0, **fields}, separators=(",", ":")) + "\n"


def row(name, step=None, **fields):
    return line(**fields, values={name: 1}, step=step)


def read(journal, *lines, last_step=-1):
    (journal.folder / RECORDS).write_text("".join(lines))
    cursor = Cursor(journal)
    cursor.marks.begin_at(last_step)
    found = cursor.next(100)
    assert cursor.next(100) == []
    return found, cursor


def rows(found):
    return [(*record.values, record.step) for record in found if isinstance(record, Metrics)]


@pytest.mark.parametrize("last_step", [-1, 99])
def test_each_process_has_a_series_and_rank_0_has_the_runs_own(journal, last_step):
    lines = [
        row("a", process=70),
        row("a", 4),
        row("a", process=9, rank=0),
        row("a", process=70),
        row("a", process=8, rank=2),
        row("a", 3, process=70),
        row("a", process=71),
        row("a", process=70),
    ]
    found, cursor = read(journal, *lines, last_step=last_step)
    own = max(last_step, 4) + 1
    ranks = [("rank-2/a", 0), ("process-1/a", 3), ("process-2/a", 0), ("process-1/a", 4)]
    assert rows(found) == [("process-1/a", 0), ("a", 4), ("a", own), ("process-1/a", 1), *ranks]
    assert (cursor.marks.next_step, cursor.marks.rows) == (own + 1, 7)
    assert [record.number for record in found] == list(range(8))


def test_what_is_shown_belongs_to_the_last_step_of_its_series(journal):
    table = {"name": "t", "columns": ["c"], "rows": [], "step": None, "process": 7}
    found, _ = read(journal, line("table", **table), row("a", 6, process=7), line("table", **table))
    shown = [(record.name, record.step) for record in found if isinstance(record, Table)]
    assert shown == [("process-1/t", 0), ("process-1/t", 6)]


@pytest.mark.parametrize(
    "torn", ['{"kind":"metrics","time":1.0,"val', '{"kind":"params","values":{"a":{"kind":"x', "{"]
)
def test_what_another_process_appended_to_a_torn_line_is_read(journal, torn):
    nested = line("params", values={"a": {"kind": "metrics", "values": {"b": 1}, "step": 0}})
    found, _ = read(journal, row("a", 0), torn + nested, torn + row("b", 1))
    assert rows(found) == [("a", 0), ("b", 1)]
    assert [record.values for record in found if isinstance(record, Params)] == [
        {"a": {"kind": "metrics", "values": {"b": 1}, "step": 0}}
    ]


def test_nothing_follows_the_end(journal):
    end = line("end", status="finished", error=None)
    found, _ = read(journal, row("a", 0), end, row("late", process=7), end)
    assert [type(record) for record in found] == [Metrics, End]


def test_a_journal_that_knows_nothing_of_children_is_read_as_before(journal):
    header = json.loads((journal.folder / "journal.json").read_text())
    del header["backend"], header["strict"]
    (journal.folder / "journal.json").write_text(json.dumps(header))
    journal.close()
    old = Journal(journal.folder)
    assert rows(read(old, row("a", 0), row("a", 1))[0]) == [("a", 0), ("a", 1)]
