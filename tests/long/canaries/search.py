"""Where a text is found: in files and their names, as it is or encoded, and in ZenML's database."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

DATABASE = "zenml.db"
OF_ZENML = {("secret", "values"), ("stack_component", "configuration")}
"""Where ZenML itself keeps secrets: its own, and those that a configuration has in clear, of which we warn."""


def forms(text: str) -> set[bytes]:
    """The text as it is, quoted as in URLs, and in Base64, wherever in a longer text it begins."""
    plain = text.encode()
    encoded = {base64.b64encode(b"x" * lead + plain)[4:-4] for lead in range(3)}
    return {plain, quote(text, safe="").encode(), *encoded, *(each.translate(URL_SAFE) for each in encoded)}


URL_SAFE = bytes.maketrans(b"+/", b"-_")


def places(folder: Path, text: str) -> Iterator[str]:
    """Each file below a folder, and column of ZenML's database, that has the text in one of its forms."""
    wanted = forms(text)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if any(form in name.encode() for form in wanted):
            yield f"the name {name}"
        if path.name == DATABASE:
            yield from (f"{name}: {column}" for column in _columns(path, wanted))
        elif path.is_file() and any(form in path.read_bytes() for form in wanted):
            yield name


def _columns(database: Path, wanted: set[bytes]) -> Iterator[str]:
    with closing(sqlite3.connect(database)) as opened:
        opened.text_factory = bytes
        tables = [name.decode() for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            rows = opened.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in rows.description]
            found = {name for row in rows for name, value in zip(names, row, strict=True) if _has(value, wanted)}
            yield from (f"{table}.{name}" for name in sorted(found) if (table, name) not in OF_ZENML)


def _has(value: object, wanted: set[bytes]) -> bool:
    return isinstance(value, bytes) and any(form in value for form in wanted)
