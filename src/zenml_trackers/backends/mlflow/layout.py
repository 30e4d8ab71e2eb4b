"""How a run is laid out in MLflow: its document as tags and params that MLflow's pages show, and back again.

MLflow's tags are keys with values, of limited length; its params are text, and never change. So both are for people to
look at, and the document itself is kept beside them, as JSON in the tag `zenml.document`, and if that is too long in
`zenml.document.1` and so on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import count, takewhile
from typing import Any

from zenml_trackers.model import document
from zenml_trackers.model.naming import Names
from zenml_trackers.model.values.params import leaves

DOCUMENT = "zenml.document"
NAME = "zenml.run_name"
NAMES = "zenml.names"
"""In the document: the real names of the metrics, pictures and tables that MLflow could not take as they were."""
LARGEST = "zenml.largest"
"""In the document: at which times a metric was the largest float itself, by which MLflow stores an infinity."""
FORMER = "zenml.former"
"""In the document: keys of MLflow's params that belonged to what has another value by now."""
PARENT = "mlflow.parentRunId"
"""By which MLflow's pages show a run below another."""
KEPT = "zenml.kept"
"""In the document: the names of the artifacts by their paths."""
KEEPING = "zenml.keeping"
"""In the document: the path of what is being kept; a process that was killed may have left a part of it there."""

LONGEST_KEY = 250
LONGEST_TAG = 5000
"""What MLflow has always taken; newer releases take 8000."""
LONGEST_PARAM = 6000
LONGEST_MEDIUM = 100
PATHLIKE = r"^$|^/|/$|/(?=/)|^\.\.|(?:^|(?<=/))\.{1,2}(?=/|$)"
"""What MLflow would take for another path than it says."""
KEY = rf"[^\w./\- :]|{PATHLIKE}"
TAG = rf"{KEY}|^(?:mlflow|zenml)(?=\.)"
"""The two prefixes mean something of their own."""
LONG = r"(?=[^/]*[^/\0-\x7f])[^/]{60,}"
"""What may be too many bytes for the name of a file."""
ARTIFACT = rf"{LONG}|[^\w./\- ]|{PATHLIKE}|^(?:images|tables)(?=/|$)"
MEDIUM = r"[^a-zA-Z0-9_\-. ]|^$|^\.+$"


def run_name(name: str) -> str:
    """What MLflow shows of a run's name: all of it, if it can."""
    return Names("\0|^$", LONGEST_KEY).stored(name)


def as_tags(config: Mapping[str, Any]) -> dict[str, str]:
    """All tags of a run: what people look at, and the document."""
    facts = {
        key: _text(value, LONGEST_TAG)
        for key, value in config.items()
        if key.startswith(document.PREFIX) and isinstance(value, (str, int)) and key not in (document.STATUS, NAME)
    }
    if document.PARENT in config:
        facts[PARENT] = config[document.PARENT]
    metadata = _flat(config.get(document.METADATA, {}), f"{document.METADATA}.", LONGEST_TAG)
    summary = _flat(config.get(document.SUMMARY, {}), f"{document.SUMMARY}.", LONGEST_TAG)
    return {**dict(map(_label, config.get(document.TAGS, ()))), **metadata, **summary, **facts, **_chunks(config)}


def as_params(config: Mapping[str, Any]) -> dict[str, str]:
    """All params of a run, nested ones under their keys joined by dots."""
    return _flat(document.stored_run(config, id="", name="", project="").params, "", LONGEST_PARAM)


def document_in(tags: Mapping[str, str]) -> dict[str, Any]:
    """The document that is stored in tags; empty if there is none."""
    parts = takewhile(lambda part: part is not None, (tags.get(_chunk(number)) for number in count()))
    try:
        # What follows it is left from a time when it was longer.
        config = json.JSONDecoder().raw_decode("".join(map(str, parts)))[0]
    except ValueError:
        return {}
    return config if isinstance(config, dict) else {}


def completed(config: Mapping[str, Any], tags: Mapping[str, str], params: Mapping[str, str]) -> dict[str, Any]:
    """The document with what only MLflow's own calls stored: their tags as metadata, or as tags if without a value."""
    ours = {*as_tags(config), *as_params(config), *config.get(FORMER, ())}
    own = {key: value for key, value in tags.items() if key not in ours and not key.startswith(("mlflow.", "zenml."))}
    joined = {key: value for key, value in config.items() if key != document.METADATA}
    document.add_tags(joined, tuple(key for key, value in own.items() if not value))
    metadata = {key: value for key, value in own.items() if value}
    found = {document.METADATA: {**metadata, **config.get(document.METADATA, {})}}
    document.add_params(found, {key: value for key, value in params.items() if key not in ours})
    return {**found, **joined}


def _chunk(number: int) -> str:
    return f"{DOCUMENT}.{number}" if number else DOCUMENT


def _chunks(config: Mapping[str, Any]) -> dict[str, str]:
    """Without the status, which MLflow keeps itself: a run whose document stays as it was ends in one request."""
    kept = {key: value for key, value in config.items() if key != document.STATUS}
    text = json.dumps(kept, separators=(",", ":"))
    starts = range(0, len(text), LONGEST_TAG)
    return {_chunk(number): text[start : start + LONGEST_TAG] for number, start in enumerate(starts)}


def _label(tag: str) -> tuple[str, str]:
    """A tag of ours as MLflow has them: without a value, unless its key had to be changed."""
    key = Names(TAG, LONGEST_KEY).stored(tag)
    return key, "" if key == tag else _text(tag, LONGEST_TAG)


def _flat(values: Mapping[str, Any], prefix: str, longest: int) -> dict[str, str]:
    return {Names(KEY, LONGEST_KEY).stored(prefix + key): _text(value, longest) for key, value in leaves(values)}


def _text(value: Any, longest: int) -> str:
    """As MLflow would make text of it; databases of servers take no NUL."""
    text = json.dumps(value) if isinstance(value, (list, dict)) else str(value)
    text = text.replace("\0", "")
    return text if len(text) <= longest else text[: longest - 1] + "…"
