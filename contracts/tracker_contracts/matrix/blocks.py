"""The code of a documentation page, as its readers copy it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.version import Version

MARKED = re.compile(r"^<!-- run: (?P<when>\S+) -->\n```(?P<language>\w+)\n(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE)
FENCE = re.compile(r"^ *```(?:shell|python|toml)$", re.MULTILINE)
EXCUSED = re.compile(r"^<!-- not run: .+ -->\n```(?:shell|python|toml)$", re.MULTILINE)
PLACEHOLDER = re.compile(r"<(\w+)>")
RELEASES = re.compile(r"(?P<side>from|below)-(?P<release>\d+\.\d+)")


@dataclass(frozen=True)
class Block:
    """A fenced block, and when a reader runs it."""

    when: str
    language: str
    code: str
    line: int = 0
    """Of its mark on the page, from 1."""


def blocks(page: Path) -> list[Block]:
    """The marked blocks of the page, in their order.

    A block that is meant to run has `<!-- run: WHEN -->` before it, all others `<!-- not run: REASON -->`: so that none
    can go untested by mistake. WHEN is `always`, a place of the runs, or such as `from-0.96` or `below-0.96`, which is
    about the reader's ZenML.

    Raises:
        ValueError: A block has no mark, or is indented.
    """
    text = page.read_text(encoding="utf-8")
    found = [Block(**match.groupdict(), line=text.count("\n", 0, match.start()) + 1) for match in MARKED.finditer(text)]
    if len(found) + len(EXCUSED.findall(text)) != len(FENCE.findall(text)):
        raise ValueError(
            f"{page.name} has a block without a mark, or an indented one; put <!-- run: always --> before it."
        )
    return found


def for_reader(page: Iterable[Block], zenml: str, place: str) -> Iterator[Block]:
    """What a reader runs who has that ZenML, and keeps the runs in that place."""
    for block in page:
        if block.when in ("always", place) or _is_of(zenml, block.when):
            yield block


def filled(code: str, **placeholders: str) -> str:
    """The code with its `<placeholders>` filled in, and nothing else changed."""
    return PLACEHOLDER.sub(lambda match: placeholders[match[1]], code)


def _is_of(zenml: str, when: str) -> bool:
    if (named := RELEASES.fullmatch(when)) is None:
        return False
    return (Version(zenml) >= Version(named["release"])) == (named["side"] == "from")
