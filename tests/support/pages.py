"""The code of a documentation page, as its readers copy it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

MARKED = re.compile(r"^<!-- run: (?P<when>\S+) -->\n```(?P<language>\w+)\n(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE)
FENCE = re.compile(r"^```(?:shell|python)$", re.MULTILINE)
EXCUSED = re.compile(r"^<!-- not run: .+ -->\n```(?:shell|python)$", re.MULTILINE)
PLACEHOLDER = re.compile(r"<(\w+)>")


@dataclass(frozen=True)
class Block:
    """A fenced block, and when a reader runs it."""

    when: str
    language: str
    code: str


def blocks(page: Path) -> list[Block]:
    """The marked blocks of the page, in their order.

    A block that is meant to run has `<!-- run: WHEN -->` before it, all others `<!-- not run: REASON -->`: so that none
    can go untested by mistake.
    """
    text = page.read_text(encoding="utf-8")
    found = [Block(**match.groupdict()) for match in MARKED.finditer(text)]
    assert len(found) + len(EXCUSED.findall(text)) == len(FENCE.findall(text)), f"{page.name} has an unmarked block"
    return found


def filled(code: str, **placeholders: str) -> str:
    """The code with its `<placeholders>` filled in, and nothing else changed."""
    return PLACEHOLDER.sub(lambda match: placeholders[match[1]], code)
