"""Texts and values that nobody thought of."""

from __future__ import annotations

import datetime
import decimal
import enum
import fractions
import pathlib
from typing import Any

import numpy
from hypothesis import strategies as st


class Colour(enum.Enum):
    RED = 1


class Raising:
    """Has nothing that could be told of it."""

    def __repr__(self) -> str:
        raise RuntimeError("no repr")

    def __float__(self) -> float:
        raise RuntimeError("no float")

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(f"no {name}")


def _endless() -> list[Any]:
    """It holds itself."""
    made: list[Any] = []
    made.append(made)
    return made


KNOWN = [
    "",
    " ",
    "\0",
    "a\nb",
    "../..",
    "/",
    "{{",
    "{{a.b}}",
    "{{a}}",
    "%s",
    "-x",
    "é" * 300,
    "\ud800",
    "👩‍👩‍👧",
    "=1",
    "nan",
]
texts = st.one_of(
    st.sampled_from(KNOWN), st.text(max_size=20), st.text(st.characters(exclude_categories=()), max_size=5)
)
"""Lone surrogates too, which no file and no server can hold."""
plain = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts)
others: st.SearchStrategy[Any] = st.one_of(
    st.integers(2**62, 2**80),
    st.binary(max_size=5),
    st.decimals(),
    st.fractions(),
    st.datetimes(),
    st.complex_numbers(),
    st.sampled_from([Colour.RED, Colour, len, ..., object(), pathlib.Path("x"), datetime.timedelta(1)]),
    st.sampled_from([numpy.float32(1), numpy.int64(-1), numpy.zeros(0), numpy.zeros((2, 2)), numpy.array("x")]),
    st.sampled_from([decimal.Decimal("sNaN"), fractions.Fraction(1, 3), range(3), iter("abc")]),
    st.builds(_endless),
)


def _nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.tuples(inner, inner),
            st.dictionaries(texts | st.integers() | st.none(), inner, max_size=3),
            st.sets(st.integers() | texts, max_size=3),
        ),
        max_leaves=6,
    )


values = _nested(plain | others | st.builds(Raising))
told_values = _nested(plain | others)
"""Those that can at least be written down, as all can that came out of a file."""
