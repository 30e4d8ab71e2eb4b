"""Text of others, made fit to be shown: a counterexample may hold anything."""

from __future__ import annotations

import re

LIMIT = 4000
"""Characters of a story; the report has them all."""

KEPT = "\n\t"
MARKUP = re.compile(r"([\\`*_\[\]|~])")


def visible(text: str) -> str:
    """The text with what can't be seen as Python's escapes: half surrogates, controls, direction marks, odd spaces."""
    return "".join(char if char.isprintable() or char in KEPT else _escape(char) for char in text)


def shortened(text: str, limit: int = LIMIT) -> str:
    """The visible text, cut if it is too long to be read."""
    shown = visible(text[:limit])
    return shown if len(text) <= limit else f"{shown}\n… and {len(text) - limit:,} more characters"


def in_markdown(text: str) -> str:
    """The text as it is, in a cell of a Markdown table."""
    line = " ".join(visible(text).split())
    return MARKUP.sub(r"\\\1", line).replace("&", "&amp;").replace("<", "&lt;")


def duration(seconds: int) -> str:
    """For people: `3 min 20 s`."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
