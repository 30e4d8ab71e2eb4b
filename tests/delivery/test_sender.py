"""What a sender does with a journal, its own or that of a process that is no more."""

from __future__ import annotations

import errno
import shutil
import time
from queue import SimpleQueue

import pytest

from tests.support.hostile import Collecting, Hostile, Telling
from tests.support.journals import soon
from zenml_trackers.backends.memory import MemoryBackend, MemorySink
from zenml_trackers.delivery import budgets
from zenml_trackers.delivery.journal import RECORDS, Header, Journal
from zenml_trackers.delivery.receiver import receivers
from zenml_trackers.delivery.sender import Sender
from zenml_trackers.losses import Redactor, Reporter
from zenml_trackers.model.records import Artifact, End, Metrics, Params, RunError, RunSpec, Status, Table, Tags
from zenml_trackers.model.url import TrackerUrl

WORK = 0.06
"""Seconds of the processor that a batch takes."""
END = End(status=Status.FAILED, error=RunError(type="Killed", message="why"))


@pytest.fixture
def memory(project):
    return MemoryBackend.from_url(TrackerUrl.parse(f"memory://{project}"), "p", {}, 1.0)


def new_journal(root, **fields):
    return Journal.begin(root, Header(trackers=("there",), spec=RunSpec(name="r", project="p", **fields)))


def started(journal, backend):
    [receiver] = receivers([(backend.name, "there", lambda project: backend)])
    sender = Sender(receiver, journal, 0, Reporter("run 'r'", Redactor(), strict=False))
    sender.start(SimpleQueue(), lambda: None)
    return sender


def killed(journal, backend, records):
    """A sender that stops in the middle, as when its process is killed."""
    sender = started(journal, backend)
    assert soon(lambda: sender.records >= records)
    sender.give_up()
    assert soon(lambda: sender.stopped)
    return sender


def finished(journal, backend, end=END):
    sender = started(journal, backend)
    sender.finish(end)
    assert soon(lambda: sender.stopped)
    return sender


def log(journal, name, value, step):
    journal.append(Metrics, {"values": {name: value}, "step": step})


def log_some(journal, file):
    for number in range(10):
        log(journal, "m", number, number)
    log(journal, "m", float("nan"), 9)
    log(journal, "m", 9, 9)  # equal to one before, and yet another
    journal.append(Params, {"values": {"p": 1}})
    journal.append(Tags, {"tags": ["t"]})
    journal.append(Artifact, {"name": "a", "path": str(file), "type": "model", "aliases": ["best"]})
    for _ in range(2):
        journal.append(Table, {"name": "t", "columns": ["c"], "rows": [[1]], "step": 0})
    return 17


def see_that_all_is_stored_once(memory, folder):
    [stored] = memory.read()
    points = [(point.step, repr(point.value)) for point in stored.metrics]
    assert points == [*((number, repr(number)) for number in range(10)), (9, "nan"), (9, "9")]
    assert (stored.params, stored.tags) == ({"p": 1}, {"t"})
    assert [(each.name, each.type, each.aliases) for each in stored.artifacts] == [("a", "model", ("best",))]
    assert (stored.status, stored.error) == (Status.FAILED, END.error)
    shown = [type(each) for each in memory.attachments(stored.id, folder)]
    assert shown == [Artifact, Table, Table]


@pytest.fixture
def fetched(tmp_path):
    (folder := tmp_path / "fetched").mkdir()
    return folder


class TestGoingOn:
    @pytest.mark.parametrize("failures", [0, 1, 3])
    @pytest.mark.parametrize("only_rows", [True, False])
    def test_nothing_is_stored_twice_by_who_goes_on(
        self, only_rows, failures, memory, journals, tmp_path, fetched, monkeypatch
    ):
        """Not even if the tracker fails now and then."""
        (file := tmp_path / "file").write_text("kept")
        journal = new_journal(journals)
        if only_rows:
            log(journal, "m", 0, 0)
        killed(journal, memory, 1 if only_rows else log_some(journal, file))
        log(journal, "late", 1, 10)
        left, log_now = [OSError("busy")] * failures, MemorySink.log

        def log_then(sink, values, step):
            if left:
                raise left.pop()
            log_now(sink, values, step)

        monkeypatch.setattr(MemorySink, "log", log_then)
        assert finished(journal, memory).done
        [stored] = memory.read()
        assert [point.name for point in stored.metrics] == ["m"] * (1 if only_rows else 12) + ["late"]
        shown = [type(each) for each in memory.attachments(stored.id, fetched)]
        assert shown == ([] if only_rows else [Artifact, Table, Table])

    @pytest.mark.parametrize("cut", [1, 30, 60, 200, 2000])
    def test_what_was_cut_off_is_stored_anew(self, cut, memory, journals, tmp_path, fetched):
        (file := tmp_path / "file").write_text("kept")
        journal = new_journal(journals)
        sender = killed(journal, memory, log_some(journal, file))
        stored = memory.folder / sender.sink.id / "run.jsonl"
        lines = stored.read_bytes()
        config = lines[: lines.index(b'["metric"')]
        stored.write_bytes(config + lines[len(config) : max(len(config), len(lines) - cut)])
        assert finished(journal, memory).done
        see_that_all_is_stored_once(memory, fetched)

    def test_a_run_that_is_gone_is_made_anew(self, memory, journals, tmp_path, fetched):
        (file := tmp_path / "file").write_text("kept")
        journal = new_journal(journals)
        sender = killed(journal, memory, log_some(journal, file))
        shutil.rmtree(memory.folder / sender.sink.id)
        assert finished(journal, memory).done
        see_that_all_is_stored_once(memory, fetched)

    def test_what_a_resumed_run_had_before_is_not_taken_for_the_journals(self, memory, journals):
        first = new_journal(journals)
        log(first, "m", 1, 0)
        finished(first, memory)
        second = new_journal(journals, resume="must")
        killed(second, memory, 0)
        log(second, "m", 1, 0)
        assert finished(second, memory).done
        [stored] = memory.read()
        assert [(point.step, point.value) for point in stored.metrics] == [(0, 1), (0, 1)]


class TestHandingOn:
    def test_a_sink_that_tells_how_far_it_is_gets_many_records_at_once(self, journals):
        journal, sink = new_journal(journals), Telling()
        for number in range(2500):
            log(journal, "m", number, number)
        assert finished(journal, Hostile(sink)).done
        assert sink.batches == [0, 1000, 1000, 500]

    def test_one_that_does_not_gets_one_at_a_time(self, journals):
        journal, sink = new_journal(journals), Collecting()
        for number in range(10):
            log(journal, "m", number, number)
        assert finished(journal, Hostile(sink)).done
        assert sink.calls == ["load", "open", "begin", *["write"] * 10, "close"]

    def test_an_end_that_the_journal_holds_is_the_last_word(self, journals):
        journal, sink = new_journal(journals), Collecting()
        journal.append(End, {"status": "finished", "error": None})
        assert finished(journal, Hostile(sink)).done
        assert sink.ended is Status.FINISHED

    def test_what_a_tracker_has_no_feature_for_is_named_once_and_not_given(self, journals, said):
        journal, sink = new_journal(journals), Telling()
        for _ in range(3):
            journal.append(Artifact, {"name": "a", "path": "/nowhere"})
            log(journal, "m", 1, 0)
        assert finished(journal, Hostile(sink)).done
        assert [type(record) for record in sink.taken] == [Metrics] * 3
        assert said.text.count("The tracker 'hostile' has no artifacts. The other trackers get it.") == 1

    @pytest.mark.parametrize(
        "damage",
        [
            b'{"kind":"metrics","time":1.0,"values":7,"step":1}',
            b'{"kind":"metrics","time":1.0,"values":{"m":"x"},"step":0}',
            b'{"kind":"metrics","time":1.0,"values":{"m":1.0},"step":0.5}',
            b'{"kind":"me\x00trics"}',
        ],
    )
    def test_a_damaged_record_costs_itself_and_is_told_of(self, journals, said, damage):
        journal, sink = new_journal(journals), Telling()
        with (journal.folder / RECORDS).open("ab") as file:
            file.write(damage + b"\n")
        log(journal, "m", 1, 0)
        log(journal, "m", 2, 1)
        assert finished(journal, Hostile(sink)).done
        assert [record.values for record in sink.taken] == [{"m": 1}, {"m": 2}]
        assert said.text.count("that can't be read. What they held is lost; the rest is stored.") == 1

    def test_trouble_with_the_disk_is_tried_again_and_a_name_that_is_too_long_is_not(self, journals, monkeypatch):
        monkeypatch.setattr(budgets, "FIRST_RETRY", 0.01)
        left = [OSError(errno.ENAMETOOLONG, "long"), OSError(errno.ENOSPC, "full"), OSError(errno.ENOSPC, "full")]

        def fail(record):
            if left:
                raise left.pop()

        journal, sink = new_journal(journals), Collecting(write=fail)
        for number in range(3):
            log(journal, "m", number, number)
        assert finished(journal, Hostile(sink)).done
        assert [record.values["m"] for record in sink.taken] == [1, 2]


def test_it_leaves_the_step_its_time_until_the_run_is_over(tmp_path, monkeypatch):
    assert budgets.RESTS * WORK > budgets.POLL  # else a rest is not told from a look
    pauses = []
    pause = Sender._pause

    def noted(self, seconds):
        pauses.append(seconds)
        pause(self, min(seconds, 0.01))

    def work(record):
        until = time.thread_time() + WORK
        while time.thread_time() < until:
            pass

    def rests():
        return [seconds for seconds in pauses if seconds >= budgets.RESTS * WORK]

    monkeypatch.setattr(Sender, "_pause", noted)
    journal = new_journal(tmp_path)
    sender = started(journal, Hostile(Collecting(write=work)))
    log(journal, "m", 1, 0)
    assert soon(rests)
    before = len(rests())
    for number in range(1, 4):
        log(journal, "m", number, number)
    sender.finish(END)
    assert soon(lambda: sender.done)
    assert len(rests()) <= before + 1  # what was read before that may be followed by one
