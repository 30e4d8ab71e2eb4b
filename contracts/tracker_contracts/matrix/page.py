"""The matrix as one HTML page that needs nothing else: no network, no server, no other file."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from tracker_contracts.matrix.page_data import page_data
from tracker_contracts.matrix.view import View

SCRIPTS = (
    "element.js",
    "data.js",
    "state.js",
    "marks.js",
    "board.js",
    "grid.js",
    "keys.js",
    "crosshair.js",
    "filters.js",
    "summary.js",
    "legend.js",
    "copying.js",
    "details.js",
    "theme_button.js",
    "upgrade.js",
    "main.js",
)
"""In the order in which they stand on the page; together they are one script."""


def html(view: View) -> str:
    """The whole page. Whatever a story holds stays text in it."""
    scope = [
        f"Contract {view.contract}",
        *map(view.span, view.versions.as_read),
        f"{len(view.reports)} combination{'s' * (len(view.reports) > 1)}, {view.date}",
    ]
    axes = [(axis, view.versions.label(axis)) for axis in view.versions.as_read]
    filters = [("backend", "Backend"), *axes, ("clause", "Clause"), ("verdict", "Verdict")]
    page = templates().get_template("page/index.html.j2")
    return (
        page.render(
            title=view.title, scope=scope, filters=filters, first=axes[0][1], scripts=SCRIPTS, data=page_data(view)
        )
        + "\n"
    )


@cache
def templates() -> Environment:
    """All templates of the matrix: HTML and SVG are escaped, and a name that is not given is an error."""
    return Environment(
        loader=PackageLoader("tracker_contracts", "matrix/templates"),
        autoescape=select_autoescape(["html.j2", "svg.j2"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
