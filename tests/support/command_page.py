"""The page of the commands, made from their help.

`python -m tests.support.command_page > docs/reference/commands.md`
"""

from __future__ import annotations

from collections.abc import Iterator

import click
from tracker_contracts import cli as contracts

from zenml_trackers import cli as trackers

BEGIN = """# Commands

What `--help` says of each command, generated. `zenml-trackers` works with trackers and their runs. `tracker-contracts`
tries trackers with [the contract](../contract.md).

All commands end with status 0 if all is well, with 1 if something is not, which they say, and with 2 if they were used
wrongly. `NO_COLOR=1` takes the colours away.

To have the shell complete names, add `eval "$(_ZENML_TRACKERS_COMPLETE=bash_source zenml-trackers)"` to `~/.bashrc`, or
the same with `zsh_source` to `~/.zshrc`. For the other command the variable is `_TRACKER_CONTRACTS_COMPLETE`.
"""
WIDTH = 96


def page() -> str:
    """The whole page."""
    groups = {"zenml-trackers": trackers.main, "tracker-contracts": contracts.main}
    return "\n".join([BEGIN, *(line for name, group in groups.items() for line in _sections(name, group))])


def _sections(name: str, group: click.Group) -> Iterator[str]:
    parent = click.Context(group, info_name=name)
    yield f"## `{name}`\n"
    for each, command in sorted(group.commands.items()):
        context = click.Context(
            command, parent, info_name=each, terminal_width=WIDTH, help_option_names=["-h", "--help"]
        )
        shown = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
        yield f"### `{name} {each}`\n\n```text\n{shown}\n```\n"


if __name__ == "__main__":
    print(page(), end="")
