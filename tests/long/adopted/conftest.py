"""Each test has a folder of its own, with a file to keep."""

import pytest

from tests.long.adopted.steps import seen, tries


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("kept")
    seen.clear()
    tries.clear()
