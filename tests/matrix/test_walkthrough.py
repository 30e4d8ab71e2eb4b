"""Following a page: what is run, in which order, and what is told of a block that fails."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tracker_contracts.matrix.blocks import Block, blocks, for_reader
from tracker_contracts.matrix.model import BlockReport, Works
from tracker_contracts.matrix.walkthrough import Walk, with_scripts_first

PAGE = """# A page

<!-- run: always -->
```shell
echo <greeting> > said
```

<!-- run: below-0.96 -->
```shell
echo old >> said
```

<!-- not run: it is an example -->
```shell
exit 1
```

<!-- run: local -->
```shell
echo local >> said
```

<!-- run: always -->
```python
from pathlib import Path

text = Path("said").read_text()
```

<!-- run: always -->
```python
Path("said").write_text(text.upper())
```
"""


def walked(tmp_path: Path, text: str = PAGE, zenml: str = "0.98.0") -> list[BlockReport]:
    file, folder = tmp_path / "page.md", tmp_path / "work"
    file.write_text(text)
    folder.mkdir()
    chosen = list(for_reader(blocks(file), zenml, "local"))
    variables = with_scripts_first({"PATH": os.environ["PATH"]})
    return list(Walk("page.md", chosen, folder, variables, {"greeting": "hello"}).follow())


def verdicts(found: list[BlockReport]) -> list[tuple[int, Works]]:
    return [(block.line, block.verdict) for block in found]


def test_a_page_that_works(tmp_path: Path) -> None:
    found = walked(tmp_path)
    assert verdicts(found) == [(3, Works.YES), (18, Works.YES), (23, Works.YES), (30, Works.YES)]
    assert (tmp_path / "work" / "said").read_text() == "HELLO\nLOCAL\n"


def test_a_reader_of_an_older_release_runs_what_is_for_it(tmp_path: Path) -> None:
    walked(tmp_path, zenml="0.95.1")
    assert (tmp_path / "work" / "said").read_text() == "HELLO\nOLD\nLOCAL\n"


def test_nothing_is_reached_after_a_shell_block_that_fails(tmp_path: Path) -> None:
    first, *rest = walked(tmp_path, PAGE.replace("echo <greeting>", "echo <greeting>; false; echo"))
    assert (first.verdict, first.language) == (Works.NO, "shell")
    assert first.story == "it ended with status 1\nhello"
    assert {block.verdict for block in rest} == {Works.NOT_REACHED}
    assert {block.story for block in rest} == {""}


def test_the_python_block_that_fails_is_told_from_those_beside_it(tmp_path: Path) -> None:
    *shell, first, second = walked(tmp_path, PAGE.replace("text.upper()", "text.roar()"))
    assert {block.verdict for block in [*shell, first]} == {Works.YES}
    assert second.verdict is Works.NO
    assert second.story.endswith("AttributeError: 'str' object has no attribute 'roar'")


def test_a_block_without_a_mark_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"page\.md has a block without a mark, or an indented one; put"):
        walked(tmp_path, PAGE + "\n```shell\nexit 1\n```\n")


@pytest.mark.parametrize(
    ("when", "zenml", "runs"),
    [
        ("always", "0.75.1", True),
        ("from-0.96", "0.95.1", False),
        ("from-0.96", "0.96.0", True),
        ("below-0.96", "0.96.0rc1", True),
        ("below-0.96", "1.0.0", False),
        ("server", "0.98.0", False),
        ("local", "0.98.0", True),
    ],
)
def test_who_runs_a_block(when: str, zenml: str, runs: bool) -> None:
    assert bool(list(for_reader([Block(when, "shell", "true")], zenml, "local"))) is runs
