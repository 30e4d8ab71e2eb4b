"""Hypothesis strategies that are made to find trouble."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import strategies as st

from tracker_contracts.programs.plan import (
    AddTags,
    Fail,
    FinishNatively,
    LogMetrics,
    LogParams,
    StartNatively,
    StepPlan,
)

HOSTILE = [
    "🦊 naïve",
    "\u202eright to left",
    "e\u0301 is not é",
    "Case",
    "case",
    "a/b",
    "a b",
    "a%2Fb",
    "a.b",
    "a,b",
    "it's",
    'say "hi"',
    "<b>bold</b>",
    "{{secret.key}}x",
    "'; DROP TABLE runs; --",
    "\t tab",
    "line\nbreak",
    " leading and trailing ",
    "ß",
    "İ",
    "NaN",
    "null",
    "0",
    "1e-7",
    "x" * 300,
]
"""Text that some tracker cuts, folds, splits, quotes wrongly or takes for something else."""

REFERENCE = re.compile(r"\{\{.*\}\}")
"""What ZenML may take for a secret's name and key, and looks up."""

PLAIN = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)
TEXT = st.sampled_from(HOSTILE) | PLAIN.filter(lambda text: not REFERENCE.fullmatch(text))
TAGS = st.lists(TEXT, max_size=5) | st.just(HOSTILE)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
"""Names as ZenML takes them for steps and pipelines."""

METRIC_NAMES = st.from_regex(r"[a-zA-Z][a-zA-Z0-9_-]{0,8}([./][a-zA-Z][a-zA-Z0-9_-]{0,5})?", fullmatch=True)
"""Without what would be a path upwards, since some backends keep a file for each name."""
INTEGERS = st.integers(-(2**53), 2**53)
EXTREMES = [0.1, 1e-7, 1 / 3, 5e-324, 1.7976931348623157e308, -0.0, 2.0**-1074, 123456789.123456789]
FLOATS = st.sampled_from(EXTREMES) | st.floats(allow_nan=False, allow_infinity=False)

SCALARS = st.none() | st.booleans() | INTEGERS | st.floats(allow_nan=False, allow_infinity=False) | TEXT
JSON: st.SearchStrategy[Any] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=8
)
PARAMS = st.dictionaries(METRIC_NAMES, JSON, max_size=4) | st.just({"hostile": HOSTILE})
METADATA = st.dictionaries(TEXT, JSON, max_size=4) | st.just({text: text for text in HOSTILE})

EVERY_KIND: dict[str, Any] = {
    "none": None,
    "yes": True,
    "one": 1,
    "one_float": 1.0,
    "minus_zero": -0.0,
    "tiny": 1e-7,
    "large": 2**53,
    "empty": "",
    "empty_map": {},
    "empty_list": [],
    "looks_like_none": "None",
    "looks_like_a_number": "1.0",
    "many": [1, [None, "x"], {}],
    "nested": {"inner": {"empty": {}, "list": []}},
    "long": "x" * 1000,
}
"""A value of each kind, and some that are easily taken for one of another."""

METRICS = st.builds(
    LogMetrics,
    metrics=st.dictionaries(METRIC_NAMES, FLOATS | INTEGERS, min_size=1, max_size=3),
    step=st.none() | st.integers(0, 1000),
)
ACTIONS: st.SearchStrategy[Any] = METRICS | st.builds(LogParams, params=PARAMS)
CALLBACKS: st.SearchStrategy[Any] = st.builds(FinishNatively) | st.builds(StartNatively)
FAILURES: st.SearchStrategy[Any] = st.builds(
    Fail, kind=st.sampled_from(["ValueError", "RuntimeError", "OSError"]), message=TEXT
)
LATE_TAGS: st.SearchStrategy[Any] = st.builds(AddTags, tags=st.lists(TEXT, min_size=1, max_size=3))
NATIVE: st.SearchStrategy[Any] = st.lists(CALLBACKS, min_size=1, max_size=3)
SETTINGS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries({"tags": TAGS, "metadata": METADATA})
STEPS = st.lists(st.none() | st.integers(0, 30), min_size=1, max_size=8)
"""Steps as `log` takes them: given, or left to the tracker."""

CELLS: st.SearchStrategy[Any] = st.booleans() | INTEGERS | FLOATS | TEXT


@st.composite
def pixels(draw: st.DrawFn) -> tuple[int, int, bytes]:
    """A small image: height, width, and three bytes a pixel, row by row."""
    height, width = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    size = 3 * height * width
    return height, width, draw(st.binary(min_size=size, max_size=size))


@st.composite
def tables(draw: st.DrawFn) -> list[list[Any]]:
    """A table: columns, then at least one row of cells."""
    columns = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    row = st.lists(CELLS, min_size=len(columns), max_size=len(columns))
    return [columns, *draw(st.lists(row, min_size=1, max_size=3))]


@st.composite
def plans(draw: st.DrawFn, /, fails: bool | None = None, silent: bool = True, **fixed: Any) -> StepPlan:
    """Steps that log this and that; `fails` says how they end, None leaves it open.

    A `silent` step may log nothing. Trackers that forget such steps break L1, and need not break all else too. Step and
    pipeline always have different names, else one of them would not be missed.
    """
    actions = [*([] if silent else [draw(METRICS)]), *draw(st.lists(ACTIONS, max_size=4 if silent else 3))]
    ends_badly = draw(st.booleans()) if fails is None else fails
    end = [draw(FAILURES)] if ends_badly else []
    step, pipeline = draw(st.lists(NAMES, min_size=2, max_size=2, unique=True))
    named = {"step": step, "pipeline": pipeline, **fixed}
    return StepPlan(actions=(*actions, *end), **named)
