"""Values on one line, cut where they have to be."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from zenml_trackers.cli import shown
from zenml_trackers.cli.columns import Column, fitted, needed
from zenml_trackers.model.records import RunError
from zenml_trackers.model.run_ids import SHORTEST, short_ids
from zenml_trackers.model.stored import StoredRun

STARTED = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize("cut", [shown.cut, shown.cut_in_the_middle])
@given(text=st.text(), width=st.integers(min_value=3, max_value=40))
def test_what_is_cut_has_the_width_and_what_fits_is_left_alone(cut, text, width):
    assert cell_len(cut(text, width)) <= width
    if cell_len(text) <= width:
        assert cut(text, width) == text


def test_a_name_is_cut_in_the_middle():
    assert shown.cut_in_the_middle("digits_training_pipeline-1_train", 12) == "digits…train"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0s"),
        (0.34, "0.3s"),
        (59.4, "59s"),
        (59.6, "1m 00s"),
        (61, "1m 01s"),
        (3599.9, "1h 00m"),
        (7260, "2h 01m"),
        (86400 * 3 + 3600 * 4, "3d 04h"),
        (-5, "0.0s"),
    ],
)
def test_durations(seconds, text):
    run = StoredRun(id="i", name="n", project="p", started=STARTED, ended=STARTED + timedelta(seconds=seconds))
    assert shown.duration(run) == text


def test_a_line_has_no_ends_of_lines_and_shows_what_no_terminal_would():
    assert shown.one_line(" k\x85 \t and\r\nmore\x1b[31m ") == "k\\x85 and more\\x1b[31m"


def test_what_is_not_known_is_not_shown():
    run = StoredRun(id="i", name="n", project="p", started=STARTED)
    assert (shown.duration(run), shown.moment(run.ended, exact=True), shown.short_moment(None)) == ("", "", "")
    assert (shown.error(run), shown.status(run)) == ("", "unknown")


def test_times_are_where_the_user_is_and_in_a_pipe_in_utc(monkeypatch):
    import time

    monkeypatch.setenv("TZ", "UTC-3")  # three hours ahead, in POSIX's way
    time.tzset()
    this_year = datetime.now().replace(month=3, day=1, hour=15, minute=4, second=5, microsecond=0).astimezone()
    assert shown.moment(STARTED, exact=True) == "2026-03-01T12:00:00Z"
    assert shown.moment(STARTED, exact=False) == "2026-03-01 15:00:00"
    assert shown.short_moment(this_year.astimezone(timezone.utc)) == "Mar 01 15:04"
    assert shown.short_moment(STARTED.replace(year=1999)) == "1999-03-01 15:00"
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "True"),
        (3, "3"),
        (1234567890, "1234567890"),
        (10**400, "100000000…"),
        (0.1 + 0.2, "0.3"),
        (1e-9, "1e-09"),
    ],
)
def test_numbers_are_short(value, text):
    assert shown.number(value) == text


def test_numbers_are_exact_if_that_is_wanted():
    assert shown.number(0.1 + 0.2, exact=True) == "0.30000000000000004"


def test_an_error_without_a_message_is_its_type():
    run = StoredRun(id="i", name="n", project="p", error=RunError(type="SystemExit", message=""))
    assert shown.error(run) == "SystemExit"


@given(ids=st.lists(st.text(alphabet="ab-", min_size=1, max_size=12), unique=True, max_size=12))
def test_short_ids_tell_all_apart(ids):
    short = short_ids(ids)
    assert len(set(short)) == len(ids)
    for each, id in zip(short, ids, strict=True):
        assert id.startswith(each)
        assert len(each) >= min(len(id), SHORTEST)
        assert [other for other in ids if other == each or (each not in ids and other.startswith(each))] == [id]


@given(
    widths=st.lists(st.integers(min_value=1, max_value=30), min_size=1, max_size=8),
    width=st.integers(min_value=10, max_value=120),
)
def test_columns_that_fit_have_room(widths, width):
    columns = [
        Column(str(index), ["x" * each], rank=index, least=4 if index % 2 else None)
        for index, each in enumerate(widths)
    ]
    found = fitted(columns, width)
    taken = [column for column in columns if column.heading in found]
    assert "0" in found
    assert all(column.narrowest <= found[column.heading] <= column.widest for column in taken)
    assert sum(found.values()) + 2 * (len(found) - 1) <= max(width, needed(columns[:1]))
