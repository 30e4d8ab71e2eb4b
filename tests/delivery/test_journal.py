"""The journal: what a call appended is there, whole and in order, whatever ends the process."""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.support.journals import soon
from zenml_trackers.delivery import budgets
from zenml_trackers.delivery.cursor import Cursor
from zenml_trackers.delivery.journal import Header, Journal
from zenml_trackers.model.records import Artifact, End, Image, Metrics, Params, RunError, RunSpec, Status, Table, Tags

SPEC = RunSpec(
    started=1.0, name="baseline", project="digits", tags=("a",), metadata={"deep": {"er": [1, None]}}, resume="allow"
)
HEADER = Header(trackers=("memory://runs",), spec=SPEC)
ALL = [
    Params(values={"nested": {"sizes": [1, 2.5, None, True]}}),
    Metrics(values={"loss": 0.5, "whole": 3, "truth": True}),
    Metrics(values={"loss": -math.inf, "größe": 1e-300}, step=2**62),
    Tags(tags=("late", "\u2028", "a\nb")),
    Table(name="t", columns=("a", "b"), rows=((1, "x"), (None, 2.5)), step=3),
    Artifact(name="a", path=Path("/kept/a")),
    Image(name="i", image="/kept/image.png", step=4),
    End(status=Status.FAILED, error=RunError(type="ValueError", message="no\nway")),
]


@pytest.fixture
def journal(journals: Path) -> Journal:
    return Journal.begin(journals, HEADER)


def append(journal, *records):
    for record in records:
        fields = record.model_dump(exclude={"number", "time"})
        for name in fields.keys() & {"path", "status"}:
            fields[name] = str(fields[name] if name == "path" else fields[name].value)
        journal.append(type(record), fields)


def read(journal, most=10_000):
    """All that is there."""
    found, cursor = [], Cursor(journal)
    while batch := cursor.next(most):
        found += batch
    return found


def bare(records):
    return [record.model_copy(update={"number": -1, "time": None}) for record in records]


class TestRecords:
    @pytest.mark.parametrize("most", [1, 3, 1000])
    def test_they_are_read_as_they_were_appended(self, journal, most):
        append(journal, *ALL)
        found = read(journal, most)
        assert bare(found) == ALL
        assert [record.number for record in found] == list(range(len(ALL)))
        assert all(record.time > 1.6e9 for record in found)
        journal.close()
        assert Journal(journal.folder).header == HEADER

    @pytest.mark.parametrize("value", [math.inf, -0.0, 1e-300, 2**63, True, 0.1 + 0.2])
    def test_a_number_is_what_it_was(self, journal, value):
        journal.append(Metrics, {"values": {"m": value}, "step": 0})
        [record] = read(journal)
        assert (type(record.values["m"]), repr(record.values["m"])) == (type(value), repr(value))

    def test_no_number_is_none_either(self, journal):
        journal.append(Metrics, {"values": {"m": math.nan}, "step": 0})
        assert math.isnan(read(journal)[0].values["m"])

    def test_a_cursor_gives_only_what_came_since(self, journal):
        cursor = Cursor(journal)
        assert cursor.next(10) == []
        for number in range(3):
            append(journal, ALL[0])
            assert [record.number for record in cursor.next(10)] == [number]

    @pytest.mark.parametrize("size", [budgets.CHUNK - 100, budgets.CHUNK * 5])
    def test_one_that_is_longer_than_what_is_read_at_once_is_read_too(self, journal, size):
        append(journal, ALL[0], Params(values={"text": "x" * size}), ALL[1])
        assert [type(record) for record in read(journal)] == [Params, Params, Metrics]


class TestTorn:
    @pytest.mark.parametrize("torn", [b'{"kind":"metrics","values":{"lo', b"{", b"\x00\x00", b'"text"', b"\xff", b"7"])
    def test_a_torn_line_is_no_record_and_takes_none_along(self, journal, torn):
        append(journal, ALL[0])
        journal.close()
        with open(journal.folder / "records.jsonl", "ab") as file:
            file.write(torn)
        taken_over = Journal(journal.folder)
        assert bare(read(taken_over)) == ALL[:1]
        append(taken_over, ALL[1], ALL[3])
        assert [(record.number, type(record)) for record in read(taken_over)] == [(0, Params), (2, Metrics), (3, Tags)]

    def test_a_kind_of_a_later_version_is_left_out(self, journal):
        with open(journal.folder / "records.jsonl", "ab") as file:
            file.write(b'{"kind":"hologram","name":"h"}\n')
        append(journal, ALL[0])
        assert [record.number for record in read(journal)] == [1]

    def test_a_full_disk_is_told(self, journal):
        full = os.open("/dev/full", os.O_WRONLY)
        os.dup2(full, journal._file)
        with pytest.raises(OSError, match="No space left"):
            append(journal, ALL[0])


class TestFiles:
    def test_they_are_kept_as_they_were(self, journal, tmp_path):
        file, folder = tmp_path / "model.bin", tmp_path / "checkpoint"
        file.write_bytes(b"first")
        folder.mkdir()
        (folder / "part").write_bytes(b"part")
        kept = [journal.take_in(path)[0] for path in (file, folder, file)]
        file.write_bytes(b"second")
        (folder / "part").unlink()
        assert kept[0].read_bytes() == kept[2].read_bytes() == b"first"
        assert (kept[1] / "part").read_bytes() == b"part"
        assert [path.name for path in kept] == ["model.bin", "checkpoint", "model.bin"]

    def test_nobody_else_reads_it(self, journal, journals):
        append(journal, ALL[0])
        journal.note(0, {"run_id": "1"})
        journal.new_file("image.png")
        assert journals.stat().st_mode & 0o777 == journal.folder.stat().st_mode & 0o777 == 0o700
        files = [path for path in journal.folder.iterdir() if path.is_file()]
        assert {path.name: path.stat().st_mode & 0o777 for path in files} == {
            "journal.json": 0o600,
            "records.jsonl": 0o600,
            "sender-0.json": 0o600,
        }

    def test_nothing_is_left_of_one_that_is_deleted(self, journal, journals, tmp_path):
        (tmp_path / "file").write_text("kept")
        journal.take_in(tmp_path / "file")
        journal.delete()
        assert list(journals.iterdir()) == []


class TestNotes:
    def test_what_a_sender_noted_last_is_there(self, journal):
        assert journal.noted(0) == {}
        for points in (1, 2):
            journal.note(0, {"run_id": "ü", "points": points})
        journal.note(1, {"run_id": "other"})
        assert journal.noted(0) == {"run_id": "ü", "points": 2}
        assert journal.noted(1) == {"run_id": "other"}

    @pytest.mark.parametrize("text", ["", '{"run_id": "1'])
    def test_one_that_is_no_note_is_none(self, journal, text):
        (journal.folder / "sender-0.json").write_text(text)
        assert journal.noted(0) == {}


class TestHeld:
    def test_nobody_else_delivers_it_meanwhile(self, journal):
        with pytest.raises(BlockingIOError):
            Journal(journal.folder)
        journal.close()
        Journal(journal.folder).close()

    def test_a_forked_process_does_not_keep_it_held(self, journal):
        read_end, write_end = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(write_end)
            os.read(read_end, 1)
            os._exit(0)
        journal.close()
        assert soon(lambda: _can_be_held(journal.folder))
        os.close(write_end)
        os.close(read_end)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("{}", "is not the journal of a run"),
            ("[", "is not the journal of a run"),
            ("7", "is not the journal of a run"),
            ('{"version": 99, "trackers": [], "spec": {"name": "a", "project": "b"}}', "later release"),
            ('{"version": 99, "anything": 1}', "later release"),
        ],
    )
    def test_what_is_no_journal_is_refused_by_its_name(self, text, told, journal):
        journal.close()
        (journal.folder / "journal.json").write_text(text)
        with pytest.raises(ValueError, match=told) as refusal:
            Journal(journal.folder)
        assert str(journal.folder) in str(refusal.value)


def _can_be_held(folder):
    try:
        Journal(folder).close()
    except BlockingIOError:
        return False
    return True


class TestMany:
    def test_threads_append_whole_lines(self, journal):
        def work(name):
            for number in range(500):
                journal.append(Metrics, {"values": {name: number}, "step": number})

        threads = [threading.Thread(target=work, args=(f"m{number}",)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        _see_all(read(journal), 500)

    def test_processes_append_whole_lines(self, journal):
        """Not that they should, but a line is one call of the system's."""
        file = journal.folder / "records.jsonl"
        fork = multiprocessing.get_context("fork")
        children = [fork.Process(target=_append, args=(file, f"m{number}")) for number in range(4)]
        for child in children:
            child.start()
        for child in children:
            child.join()
        _see_all(read(journal), 500)


def _append(file, name):
    own = Journal.begin(file.parent / name, HEADER)
    os.dup2(os.open(file, os.O_WRONLY | os.O_APPEND), own._file)
    for number in range(500):
        own.append(Metrics, {"values": {name: number}, "step": number})


def _see_all(found, each):
    assert [record.number for record in found] == list(range(4 * each))
    for name in ("m0", "m1", "m2", "m3"):
        assert [record.values[name] for record in found if name in record.values] == list(range(each))


KILLED = """
import sys
from pathlib import Path
from zenml_trackers.delivery.journal import Journal
from zenml_trackers.model.records import Metrics
journal = Journal(Path(sys.argv[1]))
number = 0
while True:
    journal.append(Metrics, {"values": {"m": number}, "step": number})
    number += 1
    if number % 100 == 0:
        print(number, flush=True)
"""


def test_what_a_returned_call_appended_outlives_a_kill(journal):
    journal.close()
    with subprocess.Popen([sys.executable, "-c", KILLED, str(journal.folder)], stdout=subprocess.PIPE) as process:
        seen = [int(process.stdout.readline()) for _ in range(20)][-1]
        process.send_signal(signal.SIGKILL)
        seen = int((process.stdout.read().split() or [seen])[-1])
    found = [record.values["m"] for record in read(Journal(journal.folder))]
    assert found == list(range(len(found)))
    assert len(found) >= seen
