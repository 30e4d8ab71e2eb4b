"""NO_COLOR holds in all commands, of both distributions: nothing but text, on a terminal too."""

from __future__ import annotations

import io
import re

import pytest
from rich.text import Text
from tracker_contracts.report import console as of_the_contract

from tests.support.terminal import in_real_terminal
from tests.support.trackers import backend_at, store
from zenml_trackers.cli import terminal
from zenml_trackers.model.records import RunSpec, Status

STYLE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def url(project) -> str:
    url = f"memory://{project}"
    store(backend_at(url, "digits"), RunSpec(name="failed", project="digits"), status=Status.FAILED)
    return f"{url}?project=digits"


@pytest.mark.parametrize("command", ["runs", "copy"])
def test_what_is_on_a_terminal_has_no_style(command, url):
    more = [f"{url}-copy"] if command == "copy" else []
    assert not STYLE.search(in_real_terminal(80, "zenml-trackers", command, url, *more, NO_COLOR="1"))


def test_without_it_there_are_colours(url):
    assert STYLE.search(in_real_terminal(80, "zenml-trackers", "runs", url))


@pytest.mark.parametrize("console", [terminal.console, of_the_contract.console])
@pytest.mark.parametrize(("value", "styled"), [("1", False), ("", True)])
def test_the_consoles_of_all_commands_keep_to_it(console, value, styled, monkeypatch):
    class Tty(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("NO_COLOR", value)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("sys.stdout", out := Tty())
    shown = console()
    shown.print(Text("bold and red", "bold red"))
    assert bool(STYLE.search(out.getvalue())) is styled
    assert shown.width == 80


@pytest.mark.parametrize("console", [terminal.console, of_the_contract.console])
def test_a_pipe_is_as_wide_as_it_needs_to_be(console, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr("sys.stdout", out := io.StringIO())
    console().print("word " * 100)
    assert len(out.getvalue().splitlines()) == 1
