"""The English of the pages: short sentences, and words that a reader need not decode."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.environments import REPOSITORY

LONGEST = 42
"""Words of one sentence, where a name in code is one word."""
GENERATED = {"self-test.md", "contract.md", "programs.md", "fields.md", "commands.md", "errors.md", "compatibility.md"}
ODD = {
    r"\bwhence\b|\bwherein\b|\bthereof\b|\bwhereof\b|\blest\b": "say it with plain words",
    r"\bno more (?:that|those) of\b": "say what takes its place",
    r"\b(?:one|that|which) (?:is|are) none\b": "say what is not there",
    r"\bbelongs to nothing\b": "say what it means",
    r"\bin order to\b|\bdue to the fact\b|\bat this point in time\b": "say it shorter",
    r"\bsimply\b|\beasily\b|\bof course\b|\bobviously\b": "leave it out",
    r"\b(?:blazing|seamless|powerful|robust|cutting-edge)\b": "say what was measured",
}
PAGES = [
    page
    for page in [*REPOSITORY.glob("*.md"), REPOSITORY / "compat" / "README.md", *(REPOSITORY / "docs").rglob("*.md")]
    if page.name not in GENERATED and page.name not in ("CHANGELOG.md", "LICENSE.md")
]


def prose(page: Path) -> Iterator[str]:
    """The sentences of a page; no code, headings or tables."""
    text = re.sub(r"```.*?```|<!--.*?-->", "", page.read_text("utf-8"), flags=re.DOTALL)
    for paragraph in re.split(r"\n\s*\n", text):
        if not re.search(r"^\s*(?:\||#)", paragraph, re.MULTILINE):
            for item in re.split(r"^\s*(?:- |\d+\. )", paragraph, flags=re.MULTILINE):
                line = re.sub(r"`[^`]*`", "CODE", re.sub(r"\]\([^)]*\)", "]", " ".join(item.split())))
                yield from re.split(r"(?<=[.!?:])\s+(?=[A-Z*\[])", line)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_sentences_are_short_and_plain(page: Path) -> None:
    found = list(prose(page))
    assert [f"{len(each.split())} words: {each}" for each in found if len(each.split()) > LONGEST] == []
    odd = [(advice, each) for each in found for pattern, advice in ODD.items() if re.search(pattern, each, re.I)]
    assert odd == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"# Title\n\n{'Word ' * 43}\n\n| table | {'w ' * 50} |\n\n```\n{'code ' * 50}\n```\n", "43 words"),
        ("A gap that is none.\n", "say what is not there"),
    ],
    ids=["long", "odd"],
)
def test_what_it_looks_for_is_found(text: str, told: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(text)
    with pytest.raises(AssertionError, match=told):
        test_sentences_are_short_and_plain(page)
