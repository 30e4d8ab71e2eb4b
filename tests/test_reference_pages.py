"""The pages of the reference that are generated are up to date."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support import command_page, error_page
from tests.support.environments import REPOSITORY

PAGES = {"commands": command_page, "errors": error_page}


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_up_to_date(name: str) -> None:
    stored = (REPOSITORY / "docs" / "reference" / f"{name}.md").read_text(encoding="utf-8")
    module = PAGES[name].__name__
    # in a process of its own: click remembers how a command was called before
    made = subprocess.run([sys.executable, "-m", module], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert stored == made.stdout, f"python -m {module} > docs/reference/{name}.md"


def test_each_error_has_a_way_out() -> None:
    rows = error_page.page().splitlines()[9:]
    assert len(rows) > 15
    assert [row for row in rows if row.count(" | ") != 3 or row.endswith("|  |")] == []
