"""The active ZenML store: whether it answers, found out at once, and said in one line."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import httpx
from zenml.client import Client
from zenml.config.global_config import GlobalConfiguration
from zenml.exceptions import AuthorizationException

from zenml_trackers.errors import StoreUnreachable

if TYPE_CHECKING:
    from zenml.zen_stores.base_zen_store import BaseZenStore

SECONDS = 5.0
"""How long a server may take to answer; ZenML's own client tries for half a minute."""
VARIABLE = "ZENML_STORE_URL"
LONGEST_TOLD = 200


def reached() -> BaseZenStore:
    """The active store, which answered.

    Raises:
        StoreUnreachable: It did not, or refused the login; the message says what to do.
    """
    url = _active_url()
    if url.startswith(("http://", "https://")):
        _need_answer(url)
    try:
        store = Client().zen_store
        store.get_store_info()  # a server has to take the login
    except AuthorizationException as error:
        raise StoreUnreachable(f"The ZenML server {url} refused the login: {_told(error)}. {_login(url)}") from None
    except Exception as error:
        raise StoreUnreachable(f"The ZenML store {url} can't be used: {_told(error)}. {_way_out(url)}") from None
    return store


def _active_url() -> str:
    """The store's address, without the credentials that one of a database has."""
    try:
        url: str = GlobalConfiguration().store_configuration.url
    except Exception as error:
        raise StoreUnreachable(f"ZenML's configuration can't be read: {_told(error)}. Try `zenml status`.") from None
    return shown(url)


def shown(url: str) -> str:
    """A store's address without credentials."""
    return re.sub("//[^/@]*@", "//", url)


def _need_answer(url: str) -> None:
    try:
        httpx.get(f"{url.rstrip('/')}/health", timeout=SECONDS, verify=False)  # it is sent nothing
    except httpx.TimeoutException:
        raise StoreUnreachable(f"The ZenML server {url} did not answer in {SECONDS:.0f} s. {_way_out(url)}") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise StoreUnreachable(f"The ZenML server {url} can't be reached: {_told(error)}. {_way_out(url)}") from None


def _way_out(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        return "Try `zenml status`."
    if os.environ.get(VARIABLE):
        return f"Start it, or change {VARIABLE}, which names it."
    return "Start it, or log in to another one with `zenml login URL`."


def _login(url: str) -> str:
    if os.environ.get(VARIABLE):
        return "Check what the variables that begin with ZENML_STORE_ say."
    return f"Log in again with `zenml login {url}`."


def _told(error: Exception) -> str:
    """The beginning of an error, which may have a screenful."""
    first = next(iter(str(error).strip().splitlines()), "")
    cut = first if len(first) <= LONGEST_TOLD else f"{first[:LONGEST_TOLD]}…"
    return f"{type(error).__name__}: {cut}".rstrip(": .")
