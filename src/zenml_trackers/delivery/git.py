"""In which state of its git repository the code of a run is; it tells things, and is looked for only if wanted."""

from __future__ import annotations

import logging
import os
import re
import subprocess
from typing import Any

from zenml_trackers.interruption import let_through
from zenml_trackers.port.bounded import bounded

logger = logging.getLogger("zenml_trackers")

LONGEST, SHARE = 2.0, 0.25
"""Seconds that git may take at most, and the share of the deadline."""
GIT = ("git", "-c", "core.fsmonitor=false")
"""Without a program of the repository's that would go on afterwards."""
QUIET = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
STATUS = ("status", "--porcelain=v2", "--branch", "--untracked-files=no")
REMOTE = ("config", "--get", "remote.origin.url")
NONE = ("(initial)", "(detached)")
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*", re.IGNORECASE)
SSH_USER = "git"
"""Which is no credential."""


def metadata(deadline: float) -> dict[str, Any]:
    """The commit, the branch, whether files differ from the commit, and the remote, as `git`; empty if there are none.

    Args:
        deadline: Seconds that tracking may add.
    """
    try:
        return {"git": bounded(_state, min(LONGEST, SHARE * deadline), "asking git")}
    except Exception as error:
        let_through(error)
        logger.info("The run does not say in which state of git its code is: %s", _reason(error))
        return {}


def without_credentials(remote: str) -> str | None:
    """A remote's address without user, password and options; None if it can't be told where these end."""
    scheme, sign, rest = remote.partition("://")
    if not sign:
        return _without_user(remote) if "::" not in remote else None  # a program's words follow `::`
    login, _, _ = re.split("[?#]", rest)[0].partition("/")
    path = rest[len(login) :]
    if not SCHEME.fullmatch(scheme) or "@" in path:  # a password may hold a slash
        return None
    return f"{scheme}://{_without_user(login)}{re.split('[?#]', path)[0]}"


def _without_user(text: str) -> str:
    """`host`, of `user:password@host`; a path is left as it is."""
    user, _, rest = text.rpartition("@")
    return text if text.startswith(("/", ".")) or user in ("", SSH_USER) else rest


def _state() -> dict[str, Any]:
    lines = _asked(*STATUS).splitlines()
    facts = dict(line.removeprefix("# branch.").split(" ", 1) for line in lines if line.startswith("# branch."))
    known = {name: None if value in NONE else value for name, value in facts.items()}
    remote = _asked(*REMOTE, may_fail=True)
    return {
        "commit": known.get("oid"),
        "branch": known.get("head"),
        "dirty": any(not line.startswith("#") for line in lines),
        "remote": without_credentials(remote) if remote else None,
    }


def _asked(*words: str, may_fail: bool = False) -> str:
    done = subprocess.run(
        [*GIT, *words],
        env={**os.environ, **QUIET},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=2 * LONGEST,  # by when nobody waits for it
        check=not may_fail,
    )
    told: bytes = done.stdout
    return told.decode(errors="backslashreplace").strip()


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        told: bytes = error.stderr
        return told.decode(errors="replace").strip().partition("\n")[0]
    return "git is not installed." if isinstance(error, FileNotFoundError) else str(error)
