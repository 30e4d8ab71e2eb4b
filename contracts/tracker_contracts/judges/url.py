"""U1 to U3."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from zenml.constants import METADATA_EXPERIMENT_TRACKER_URL
from zenml.metadata.metadata_types import Uri

from tracker_contracts.judges.judge import judges
from tracker_contracts.judges.trace import Check, Trace

SAFE = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")
"""What may stand in a URL, by RFC 3986."""


def url_of(metadata: Mapping[str, Any]) -> Any:
    """The run's URL, as ZenML was told it; None if it was not."""
    return metadata.get(METADATA_EXPERIMENT_TRACKER_URL)


def _command(metadata: Mapping[str, Any]) -> Any:
    return next((value for key, value in metadata.items() if key.endswith("show_command")), None)


@judges("U1")
def url_or_command(trace: Trace) -> Iterator[Check]:
    """In ZenML's dashboard no link leads to the run, and nothing says how it can be seen.

    Return `experiment_tracker_url` as a `Uri` from `get_step_run_metadata`. A backend without pages leaves it out, and
    returns a command under a key that ends in `show_command`.
    """
    for pair, _ in trace.kept:
        metadata = pair.outcome.metadata
        url = url_of(metadata)
        told = f"there is neither a URL nor a command in {sorted(metadata)}"
        yield pair.holds("a URL or a command", bool(url or _command(metadata)), told)
        if url is not None:
            told = f"the URL is a {type(url).__name__}, and ZenML shows only a Uri as a link"
            yield pair.holds("the URL is a Uri", isinstance(url, Uri), told)


@judges("U2")
def one_url_of_its_own(trace: Trace) -> Iterator[Check]:
    """Two runs share a URL, or one run has another URL each time.

    Build the URL from the run's id, not from its name.
    """
    urls = [str(url) for pair, _ in trace.kept if (url := url_of(pair.outcome.metadata)) is not None]
    shared = sorted({url for url in urls if urls.count(url) > 1})
    if urls:
        yield Check("each run has a URL of its own", not shared, f"runs share a URL: {shared}")
    for pair, _ in trace.kept:
        early = url_of(pair.early or {})
        if early is not None:  # there may be none as yet, where a server is slow
            yield pair.same("the URL stays", early, url_of(pair.outcome.metadata))


@judges("U3")
def survives_names(trace: Trace) -> Iterator[Check]:
    """A URL is relative, or a name broke it: a browser would open something else.

    Quote what you put into it, with `urllib.parse.quote` or `urlencode`.
    """
    for pair, _ in trace.kept:
        url = str(url_of(pair.outcome.metadata) or "")
        if url:
            parts = urlsplit(url)
            absolute = bool(parts.scheme and (parts.netloc or parts.scheme == "file"))
            yield pair.holds("the URL is quoted", SAFE.fullmatch(url) is not None, f"{url!r} holds what must be quoted")
            yield pair.holds("the URL is absolute", absolute, f"{url!r} is not absolute")
