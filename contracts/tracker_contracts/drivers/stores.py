"""A ZenML store for this process alone, made once in a temporary folder; the user's own store is never opened."""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from zenml.client import Client
from zenml.config.global_config import GlobalConfiguration
from zenml.environment import Environment
from zenml.integrations.registry import IntegrationRegistry
from zenml.stack.flavor_registry import FlavorRegistry

ELSEWHERE = (
    "ZENML_ACTIVE_",
    "ZENML_BACKUP_SECRETS_STORE_",
    "ZENML_DEFAULT_",
    "ZENML_LOCAL_STORES_PATH",
    "ZENML_SECRETS_STORE_",
    "ZENML_SERVER",
    "ZENML_STORE_",
)
"""What variables begin with that would lead ZenML to another store, stack or project."""
UNNEEDED: tuple[tuple[Any, str], ...] = (
    (Environment, "get_python_packages"),
    (IntegrationRegistry, "activate_integrations"),
    (FlavorRegistry, "register_integration_flavors"),
)
"""What of ZenML takes longer than a step and tells a trial nothing.

It asks pip for all packages, imports all libraries that it could serialise the values of, though a trial's step passes
none, and imports all of its integrations for the flavors that a new store is to know, where one is enough.
"""


template: Path | None = None
"""Where an empty store is kept that several processes copy, which takes a thirtieth of what making one takes."""


class TemporaryStore:
    """An own ZenML store, which this process uses only while it is told to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "zenml"
        self._config: Any = None
        self._client: Any = None
        (folder / "no-code").mkdir(parents=True)
        self.variables = {
            "ZENML_CONFIG_PATH": str(self.folder),
            "ZENML_REPOSITORY_PATH": str(folder / "no-code"),
            # Else the modules of an editable install might be imported twice, under two names.
            "ZENML_CUSTOM_SOURCE_ROOT": str(folder / "no-code"),
            "ZENML_ANALYTICS_OPT_IN": "false",
            "ZENML_DISABLE_STEP_LOGS_STORAGE": "true",
            "ZENML_DISABLE_PIPELINE_LOGS_STORAGE": "true",
            "ZENML_LOGGING_COLORS_DISABLED": "true",
        }

    @contextmanager
    def active(self) -> Iterator[Client]:
        """Make ZenML use this store, and afterwards the one that it used before."""
        with ExitStack() as stack:
            stack.enter_context(_environment(self.variables))
            stack.enter_context(_quiet())
            stack.enter_context(_source_root(self.variables["ZENML_CUSTOM_SOURCE_ROOT"]))
            for owner, name in UNNEEDED:
                stack.enter_context(_left_out(owner, name))
            stack.enter_context(self._in_place_of_another())
            yield Client()

    @contextmanager
    def _in_place_of_another(self) -> Iterator[None]:
        # ZenML's own _reset_instance() writes the configuration that it is given, and the user's is not to be touched.
        configs: Any = GlobalConfiguration
        clients: Any = Client
        before = configs._global_config, clients._global_client
        configs._global_config, clients._global_client = self._config, self._client
        try:
            yield
        finally:
            self._config, self._client = configs._global_config, clients._global_client
            configs._global_config, clients._global_client = before


@cache
def session_store() -> TemporaryStore:
    """The one store of this process; made when it is first used, gone when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="tracker-contracts-zenml-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    store = TemporaryStore(folder)
    if template is not None:
        _take_from(template, store)
    return store


def _take_from(made: Path, store: TemporaryStore) -> None:
    """Copy a store; who finds none makes it."""
    if made.exists():
        _copy(made, store.folder)
        return
    with store.active() as client:
        client.zen_store.get_store_info()
        with suppress(OSError):  # somebody may have made it meanwhile
            _copy(store.folder, made)


def _copy(store: Path, to: Path) -> None:
    """Have a store at another place; there is all of it or nothing."""
    copied = Path(tempfile.mkdtemp(prefix="copy-", dir=to.parent)) / to.name
    shutil.copytree(store, copied)
    config = copied / "config.yaml"
    config.write_text(config.read_text("utf-8").replace(str(store), str(to)), "utf-8")
    copied.rename(to)


def leave_out_what_no_trial_needs() -> None:
    """As an active store does, for good: in the process of a single step."""
    for owner, name in UNNEEDED:
        _do_nothing(owner, name)


@contextmanager
def _left_out(owner: Any, name: str) -> Iterator[None]:
    before = vars(owner).get(name)
    _do_nothing(owner, name)
    try:
        yield
    finally:
        if before is None:
            delattr(owner, name)
        else:
            setattr(owner, name, before)


def _do_nothing(owner: Any, name: str) -> None:
    setattr(owner, name, staticmethod(_no_list))


def _no_list(*arguments: Any, **named: Any) -> list[Any]:
    return []


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    """Only these variables are restored: what a tracker leaves behind stays, so that a trial can see it."""
    hidden = [name for name in os.environ if name.startswith(ELSEWHERE)]
    before = {name: os.environ.get(name) for name in (*variables, *hidden)}
    for name in hidden:
        del os.environ[name]
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


@contextmanager
def _source_root(folder: str) -> Iterator[None]:
    from zenml.utils import source_utils

    before = source_utils._CUSTOM_SOURCE_ROOT
    source_utils.set_custom_source_root(folder)
    try:
        yield
    finally:
        source_utils.set_custom_source_root(before)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep ZenML's own handlers from the terminal; a `Watch` hears everything all the same."""
    known = logging.Logger.manager.loggerDict.items()
    # until 0.80 each of ZenML's loggers has a handler of its own
    own = [each for name, each in known if name.startswith("zenml") and isinstance(each, logging.Logger)]
    handlers = [handler for each in (logging.getLogger(), *own) for handler in each.handlers]
    silenced = [each for each in handlers if type(each) is logging.StreamHandler or _is_zenmls(each)]
    for handler in silenced:
        handler.addFilter(_nothing)
    try:
        yield
    finally:
        for handler in silenced:
            handler.removeFilter(_nothing)


def _is_zenmls(handler: logging.Handler) -> bool:
    return type(handler).__module__.startswith("zenml.")


def _nothing(record: logging.LogRecord) -> bool:
    return False
