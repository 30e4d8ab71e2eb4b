"""How far a check is, what comes first, and where the time went."""

from __future__ import annotations

from tracker_contracts.clauses import Driver
from tracker_contracts.engine.programs import SLOWEST_FIRST, _spread
from tracker_contracts.engine.progress import Estimate
from tracker_contracts.engine.selection import programs
from tracker_contracts.engine.timings import Timings
from tracker_contracts.profiles import DEFAULT
from tracker_contracts.report import timed

from tests.contract.test_report import made


def test_what_is_left_is_estimated_from_what_is_done() -> None:
    now = iter([100.0, 110.0, 400.0, 500.0, 600.0])
    estimate = Estimate(lambda: next(now))
    assert estimate.left(1, 21) == ""
    assert estimate.left(11, 21) == ", about 11 s left"  # 10 in 10 s, and 11 that are not done
    assert estimate.left(12, 21) == ", about 5 min left"
    assert estimate.left(12, 21, budget=410.0) == ", about 10 s left"  # when it ends, none begins any more
    assert estimate.left(12, 21, budget=410.0) == ", about 0 s left"


def test_after_any_time_as_much_of_each_driver_is_done() -> None:
    lists = [programs(DEFAULT, driver, ["tags", "metadata", "run_name"]) for driver in SLOWEST_FIRST]
    order = _spread(lists)
    assert [program.driver for program in order[:3]] == list(SLOWEST_FIRST)
    assert all(program.is_plainest for program in order[:3])
    for part in (0.1, 0.5, 0.9):
        done = order[: int(part * len(order))]
        for some in lists:
            count = sum(program.driver is some[0].driver for program in done)
            assert abs(count - part * len(some)) <= 3
    assert sorted(map(str, order)) == sorted(str(program) for some in lists for program in some)


def test_times_are_added_up_and_told_by_what_took_longest() -> None:
    timings = Timings()
    timings.add("start", 3.0)
    for seconds in (1.0, 2.5):
        timings.add("programs", seconds, Driver.DIRECT)
    timings.add("trials", 1.0, Driver.DIRECT, "L3")
    timings.add("trials", 4.0, Driver.PIPELINE, "L1")
    report = made().model_copy(update={"timings": timings.all()})
    assert list(timed.lines(report)) == [
        "Starting, and a silent step: 3.0 s for 1",
        "Programs: 3.5 s for 2: direct 3.5 s",
        "Trials: 5.0 s for 2: L1 pipeline 4.0 s, L3 direct 1.0 s",
    ]
    assert list(timed.lines(made())) == []
