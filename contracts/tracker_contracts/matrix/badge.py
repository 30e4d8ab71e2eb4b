"""A badge for each backend: on which releases it conforms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tracker_contracts.matrix.page import templates
from tracker_contracts.matrix.view import PAGES, View, short_span
from tracker_contracts.matrix.view_marks import Mark, Tone

COLORS = {Tone.GOOD: "#1a7f55", Tone.WARN: "#b26a00", Tone.BAD: "#c0392b"}
"""Each dark enough for white letters."""

NARROW, WIDE = "fijlrtI.,:;|!'()[] -", "mwMWGOQ%@—"
SMALL, USUAL, LARGE = 4.1, 6.7, 9.8
"""Widths in pixels, at the badge's size of letters; a browser stretches the text to the sum of them."""
MARGIN = 8


@dataclass(frozen=True)
class Part:
    """One of the two halves."""

    text: str
    left: int = 0

    @property
    def length(self) -> int:
        """Of the text, in pixels."""
        return round(sum(_width(char) for char in self.text))

    @property
    def width(self) -> int:
        """With the margins."""
        return self.length + 2 * MARGIN

    @property
    def middle(self) -> float:
        """Where the text has its middle."""
        return self.left + self.width / 2


def badges(view: View) -> dict[str, str]:
    """The SVG of each backend, by the name of its file."""
    return {f"{_file(name)}.svg": badge(view, name) for name in view.backends if name != PAGES}


def badge(view: View, backend: str) -> str:
    """The SVG of one backend: green if it conforms wherever it was tried, red if nowhere."""
    said, tone = _said(view, backend)
    name = Part(backend)
    text = Part(said, left=name.width)
    return templates().get_template("badge.svg.j2").render(name=name, text=text, color=COLORS[tone])


def write(view: View, folder: Path) -> Iterator[Path]:
    """Store all badges in a folder, which is made if it isn't there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, svg in badges(view).items():
        (folder / name).write_text(svg, encoding="utf-8")
        yield folder / name


def _said(view: View, backend: str) -> tuple[str, Tone]:
    marks = _by_release(view, backend)
    good = [release for release, here in marks.items() if all(mark.tone is Tone.GOOD for mark in here)]
    scope = f"contract {view.contract}, {view.versions.label(view.versions.first)} {short_span(marks)}"
    if len(good) == len(marks):
        return f"conforms: {scope}", Tone.GOOD
    if good:
        return f"conforms on {len(good)} of {len(marks)} releases: {scope}", Tone.WARN
    broken = any(mark.tone is Tone.BAD for here in marks.values() for mark in here)
    return (f"does not conform: {scope}", Tone.BAD) if broken else (f"incomplete: {scope}", Tone.WARN)


def _by_release(view: View, backend: str) -> dict[str, list[Mark]]:
    """What became of the backend on each release of the first package that it was tried on."""
    marks: dict[str, list[Mark]] = {}
    for report in view.reports:
        if (mark := view.mark(report.cell, backend)) is not None:
            marks.setdefault(report.cell[view.versions.first], []).append(mark)
    return marks


def _width(char: str) -> float:
    return SMALL if char in NARROW else LARGE if char in WIDE else USUAL


def _file(backend: str) -> str:
    return re.sub(r"[^\w.-]+", "-", backend)
