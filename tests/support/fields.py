"""The documentation's tables of fields, made from the source: `python -m tests.support.fields > docs/fields.md`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.support.environments import REPOSITORY

BEGIN = """# Fields

What travels between a run, its backend and the contract; this page is generated from the classes. A backend is given a
`RunSpec` and gives back a `StoredRun`; a harness gives the contract an `ObservedRun`, which it saw by a way of its own.
"""
RECORDS = REPOSITORY / "src" / "zenml_trackers" / "model" / "records.py"
STORED = RECORDS.with_name("stored.py")
OBSERVED = REPOSITORY / "contracts" / "tracker_contracts" / "observed.py"
SHOWN = {
    "RunSpec": RECORDS,
    "StoredRun": STORED,
    "MetricPoint": STORED,
    "StoredArtifact": STORED,
    "Used": RECORDS,
    "Artifact": RECORDS,
    "Image": RECORDS,
    "RunError": RECORDS,
    "Table": RECORDS,
    "ObservedRun": OBSERVED,
    "ObservedMetric": OBSERVED,
}
DEFAULTS = {
    "Field(default_factory=dict)": "{}",
    "Field(default_factory=list)": "[]",
    "Field(default='', repr=False)": "''",
}


def page() -> str:
    """The whole page."""
    return "\n".join([BEGIN, *(_section(name, file) for name, file in SHOWN.items())])


def _section(name: str, file: Path) -> str:
    [found] = [each for each in ast.parse(file.read_text("utf-8")).body if _is_class(each, name)]
    assert isinstance(found, ast.ClassDef)
    head = [f"## `{name}`", "", f"From `{_module(file)}`. {ast.get_docstring(found)}", ""]
    return "\n".join([*head, "| Field | Type | Default | Meaning |", "|---|---|---|---|", *_rows(found), ""])


def _is_class(node: ast.stmt, name: str) -> bool:
    return isinstance(node, ast.ClassDef) and node.name == name


def _module(file: Path) -> str:
    return f"{file.parent.name}.{file.stem}"


def _rows(found: ast.ClassDef) -> Iterator[str]:
    """A row a field; what it means stands in the text that follows it."""
    for node, after in zip(found.body, [*found.body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            cells = (f"`{node.target.id}`", f"`{_type(node)}`", _default(node.value), _meaning(after))
            yield f"| {' | '.join(cells)} |"


def _type(node: ast.AnnAssign) -> str:
    return ast.unparse(node.annotation).replace("Content", "bytes").replace("|", "\\|").replace("'", '"')


def _default(value: ast.expr | None) -> str:
    if value is None:
        return "needed"
    text = ast.unparse(value)
    return f"`{DEFAULTS.get(text, text)}`"


def _meaning(after: ast.stmt | None) -> str:
    if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
        return " ".join(str(after.value.value).split())
    return ""


if __name__ == "__main__":
    print(page(), end="")
