"""The options of the command that write the matrix for readers, and what each of them writes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from tracker_contracts.matrix.view import View

PAGES = ("html", "markdown", "json", "badges")
"""The options, by name."""

Command = TypeVar("Command", bound=Callable[..., Any])
FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
HTML = Path("matrix.html")
"""Where the Markdown page looks for the HTML page, if that is not written with it: beside it."""


def page_options(command: Command) -> Command:
    """The command with the options `--html`, `--markdown`, `--json` and `--badges`."""
    for option in (
        click.option("--badges", type=FOLDER, metavar="FOLDER", help="Write a badge for each backend there."),
        click.option("--json", type=FILE, metavar="FILE", help="Write all reports there, for other programs."),
        click.option("--markdown", type=FILE, metavar="FILE", help="Write the tables of the documentation there."),
        click.option("--html", type=FILE, metavar="FILE", help="Write the page to explore there."),
    ):
        command = option(command)
    return command


def write_pages(view: View, wanted: Mapping[str, Path | None]) -> Iterator[Path]:
    """Write what is wanted.

    Args:
        view: What is shown.
        wanted: The values of the options, by their names.

    Yields:
        Each file that was written.
    """
    for option, text in _texts(wanted).items():
        if (file := wanted.get(option)) is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text(view), encoding="utf-8")
            yield file
    if (folder := wanted.get("badges")) is not None:
        from tracker_contracts.matrix import badge

        yield from badge.write(view, folder)


def _texts(wanted: Mapping[str, Path | None]) -> dict[str, Callable[[View], str]]:
    from tracker_contracts.matrix.page import html
    from tracker_contracts.matrix.page_json import json_text
    from tracker_contracts.matrix.page_markdown import markdown

    return {"html": html, "markdown": lambda view: markdown(view, _between(wanted)), "json": json_text}


def _between(wanted: Mapping[str, Path | None]) -> str:
    """The way from the Markdown page to the HTML page."""
    markdown, html = wanted.get("markdown"), wanted.get("html")
    if markdown is None or html is None:
        return HTML.as_posix()
    return Path(os.path.relpath(html, markdown.parent)).as_posix()
