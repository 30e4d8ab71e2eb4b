"""The contract as a page of the documentation."""

from __future__ import annotations

from collections.abc import Iterator

from tracker_contracts.clauses import CHAPTERS, CLAUSES, VERSION, Chapter, Clause, Driver
from tracker_contracts.programs.dimensions import DIMENSIONS, Dimension

INTRODUCTION = f"""\
# The contract

What every experiment tracker that is used from a ZenML step must keep: version {VERSION}. Each clause has an id that
never changes its meaning, a level, and one sentence that is proved or refuted by what the backend *stored*, never by
what the tracker says of itself. [Check a tracker of your own](how-to/check-your-own-tracker.md) tells how to run it.

## Levels

- **core**: every tracker. A tracker that breaks a core clause does not conform, and declaring a known gap does not
  change that.
- **extended**: tied to a feature that the tracker's harness declares. Declared, the clause must hold.
- **provisional**: reported, never failed; a [table](#provisional-clauses) says why.

A clause about a setting holds for flavors that have that setting.

## How a clause is judged

The tracker executes [programs](programs.md): real steps with settings, calls, endings and neighbours that are combined
so that every pair of them occurs. A model says what each program must leave, and every program is judged by each
clause that applies to it. `kept (189)` says in how many programs the clause was compared. A clause that was compared in
none was not tried, and the result is incomplete.

What is not as a clause promises is looked for again in smaller programs, down to the smallest that shows it. The
smallest program says whose fault it is: a run that is wrong only beside another step breaks L7, one that is wrong by
itself breaks the clause of what is wrong.

What no program can be, such as an outage, a kill or a page in a browser, has trials of its own.

## Drivers

Each clause is tried by real steps on real storage. A driver says how they are executed:
"""

MEANING = {
    Driver.DIRECT: "the hooks are called on the component, in ZenML's order",
    Driver.PIPELINE: "a real pipeline runs on ZenML's local orchestrator, in a store of its own",
    Driver.PROCESS: "the step's own ZenML entrypoint runs in a fresh process, as remote orchestrators have it",
}


def contract_page() -> str:
    """The whole page, in Markdown."""
    return "\n".join(
        [
            INTRODUCTION,
            *(f"- **{driver.value}**: {MEANING[driver]}" for driver in Driver),
            *_chapters(),
            *_provisional(),
        ]
    )


PROGRAMS = """\
# Programs

What a tracker is tried with. A program is one step or several, each of which is told by what differs from the plainest
step: `direct: tags=case ending=chained before=failed` is a step with tags that differ by case, which raises an
exception from another one, after a step that failed. `tracker-contracts check HARNESS --program TEXT` executes that one
alone.

`quick` has every pair of the values below under the driver `direct`, and each value once under `pipeline`. A step
without rows shows nothing of its metrics, so pairs that occur in such a step alone occur once more with rows. `default`
has each value under `process` too, every triple of the settings that are given, the endings and the moments, and of
threads, attempts and endings; and programs of three to six steps that are made by chance. `--seed` chooses others.

| Dimension | What it says | Values, the plain one first | Drivers |
|---|---|---|---|
"""


def programs_page() -> str:
    """The whole page on programs, in Markdown."""
    return PROGRAMS + "".join(f"{_row(dimension)}\n" for dimension in DIMENSIONS.values())


def _row(dimension: Dimension) -> str:
    values = ", ".join(f"`{value}`" for value in dimension.values)
    about = f" For trackers with `{dimension.about}`." if dimension.about else ""
    drivers = ", ".join(driver.value for driver in dimension.drivers)
    return f"| `{dimension.name}` | {dimension.meaning}{about} | {values} | {drivers} |"


def _chapters() -> Iterator[str]:
    for chapter in CHAPTERS:
        yield from _chapter(chapter)
    yield ""


def _chapter(chapter: Chapter) -> Iterator[str]:
    yield f"\n## {chapter.title}\n"
    yield "| Id | Level | Clause | Drivers |"
    yield "|---|---|---|---|"
    for clause in chapter.clauses:
        drivers = ", ".join(driver.value for driver in clause.drivers)
        yield f"| {clause.id} | {_level(clause)} | {clause.sentence} | {drivers} |"


def _level(clause: Clause) -> str:
    """The level, with what the clause depends on."""
    about = f", feature `{clause.feature}`" if clause.feature else ""
    about += f", setting `{clause.setting}`" if clause.setting else ""
    return f"{clause.level.value}{about}"


def _provisional() -> Iterator[str]:
    yield "## Provisional clauses\n"
    yield "| Clause | Why it is not binding yet |"
    yield "|---|---|"
    yield from (f"| {clause.id} | {clause.provisional} |" for clause in CLAUSES.values() if clause.provisional)
    yield ""
