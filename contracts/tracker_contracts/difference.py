"""How what is stored differs from what is promised, in a few short lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

MOST = 4
"""Items that are told of each kind."""
LONGEST = 100
"""Characters of one value that are shown."""


def difference(stored: Any, promised: Any) -> str:
    """What is missing, what is too much, and what differs."""
    if isinstance(stored, Mapping) and isinstance(promised, Mapping):
        return "; ".join(_of_maps(stored, promised))
    if isinstance(stored, (list, tuple)) and isinstance(promised, (list, tuple)):
        return "; ".join(_of_sequences(list(stored), list(promised)))
    if isinstance(stored, (set, frozenset)) and isinstance(promised, (set, frozenset)):
        return "; ".join(_of_collections(sorted(map(short, stored)), sorted(map(short, promised))))
    return f"stored {short(stored)}, should be {short(promised)}"


def short(value: Any) -> str:
    """The value, with its middle left out if it is long."""
    text = repr(value)
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST // 2]}… {len(text) - LONGEST} characters …{text[-LONGEST // 2 :]}"


def _of_maps(stored: Mapping[Any, Any], promised: Mapping[Any, Any]) -> Iterator[str]:
    yield from _listed(
        "missing", [f"{short(name)}: {short(promised[name])}" for name in promised if name not in stored]
    )
    yield from _listed("too much", [f"{short(name)}: {short(stored[name])}" for name in stored if name not in promised])
    both = [name for name in promised if name in stored and repr(stored[name]) != repr(promised[name])]
    told = [f"{short(name)}: stored {short(stored[name])}, should be {short(promised[name])}" for name in both]
    yield from _listed("differs", told)


def _of_sequences(stored: list[Any], promised: list[Any]) -> Iterator[str]:
    if len(stored) == len(promised):
        wrong = [at for at, pair in enumerate(zip(stored, promised, strict=True)) if pair[0] != pair[1]]
        one, other = short(stored[wrong[0]]), short(promised[wrong[0]])
        yield f"{len(wrong)} of {len(promised)} differ; the first at {wrong[0]}: stored {one}, should be {other}"
    else:
        yield f"stored are {len(stored)}, should be {len(promised)}"
        yield from _of_collections(list(map(short, stored)), list(map(short, promised)))


def _of_collections(stored: list[str], promised: list[str]) -> Iterator[str]:
    yield from _listed("missing", list((Counter(promised) - Counter(stored)).elements()))
    yield from _listed("too much", list((Counter(stored) - Counter(promised)).elements()))


def _listed(what: str, items: Iterable[str]) -> Iterator[str]:
    found = list(items)
    if found:
        more = f" and {len(found) - MOST} more" if len(found) > MOST else ""
        yield f"{what}: {', '.join(found[:MOST])}{more}"
