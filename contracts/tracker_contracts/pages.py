"""The contract as a page of the documentation."""

from __future__ import annotations

from collections.abc import Iterator

from tracker_contracts.clauses import CHAPTERS, VERSION, Chapter, Clause, Driver

INTRODUCTION = f"""\
# The contract

What every experiment tracker that is used from a ZenML step must keep: version {VERSION}. Each clause has an id that
never changes its meaning, a level, and one sentence that is proved or refuted by what the backend *stored*, never by
what the tracker says of itself. [Check a tracker of your own](how-to/check-your-own-tracker.md) tells how to run it.

## Levels

- **core**: every tracker. A tracker that breaks a core clause does not conform, and declaring a known gap does not
  change that.
- **extended**: tied to a feature that the tracker's harness declares. Declared, the clause must hold.
- **provisional**: reported, never failed, until two backends of different makers keep it.

A clause about a setting holds for flavors that have that setting.

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
    return "\n".join([INTRODUCTION, *(f"- **{driver.value}**: {MEANING[driver]}" for driver in Driver), *_chapters()])


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
