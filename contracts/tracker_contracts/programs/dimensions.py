"""In what a program may differ from the plainest one: dimensions, and their named values.

A value is made to find trouble. The first of a dimension is the plain one; a program names the others only. What a
value means is written where a step is made from it, in `steps`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from tracker_contracts.clauses import Driver

Values = Mapping[str, str]
"""The name of a value for each dimension; a dimension that is left out has its plain value."""


class Dimension(BaseModel):
    """One respect in which programs differ."""

    model_config = ConfigDict(frozen=True)

    name: str
    meaning: str
    values: tuple[str, ...]
    """The plain one first."""
    about: str = ""
    """What a tracker must offer for it: a setting, or a feature; empty if every tracker does."""
    drivers: tuple[Driver, ...] = (Driver.DIRECT, Driver.PIPELINE, Driver.PROCESS)
    needs: Mapping[str, str] = {}
    """What a tracker must offer for a single value of it."""
    hides: Mapping[str, frozenset[str]] = {}
    """By a value of it, the dimensions that mean nothing beside that."""

    @property
    def plain(self) -> str:
        """The value of a program that does not name the dimension."""
        return self.values[0]


_HERE = (Driver.DIRECT,)
_OWN_PROCESS = (Driver.DIRECT, Driver.PROCESS)


def _dimension(name: str, meaning: str, values: str, about: str = "", **more: Any) -> Dimension:
    return Dimension(name=name, meaning=meaning, values=tuple(values.split()), about=about, **more)


NATIVE = {"finish": "native finish", "twice": "native finish", "start": "native start", "both": "native start"}
"""The call of the library's own that a value needs; nobody has the second without the first."""

STEP = (
    _dimension(
        "tags", "The tags of its settings.", "none plain unicode case blanks names twice many long commas", "tags"
    ),
    _dimension(
        "metadata", "The metadata of its settings.", "none plain kinds hostile params empty large", about="metadata"
    ),
    _dimension(
        "run-name", "The run's name in its settings.", "none plain unicode quoting long blanks taken", "run_name"
    ),
    _dimension("secret", "Whether the tracker is given credentials.", "none given", "secret", drivers=_HERE),
    _dimension("names", "How pipeline and step are called.", "plain alike prefix long"),
    _dimension("first", "What the step does first.", "metrics params tags nothing finish start", needs=NATIVE),
    _dimension(
        "rows",
        "How many rows of metrics it logs.",
        "3 0 1 2 63 64 65 100 128 1000 1024",
        hides={"0": frozenset({"metrics", "numbers", "at"})},
    ),
    _dimension(
        "metrics", "How the metrics are called.", "plain reserved unicode blanks prefixes punctuation case many"
    ),
    _dimension("numbers", "What numbers they are.", "plain extremes zeros large not-finite booleans equal falling"),
    _dimension("at", "The metric steps that are given.", "none rising falling equal gaps far mixed"),
    _dimension("odd", "What of it is no value at all.", "nothing metric metrics alone param params", drivers=_HERE),
    _dimension("params", "The params that it logs.", "none plain kinds hostile large"),
    _dimension("late-tags", "The tags that it adds.", "none one unicode many again"),
    _dimension("artifact", "What it logs of files.", "none file empty folder many large", "artifacts", drivers=_HERE),
    _dimension("native", "The library's own calls that it makes.", "none finish start both twice", needs=NATIVE),
    _dimension("thread", "The thread that the step logs in.", "own another", drivers=_HERE),
    _dimension("moves", "What of its process it changes.", "nothing folder home locale timezone", drivers=_OWN_PROCESS),
    _dimension("asked", "How often the tracker is asked for what it tells ZenML.", "once twice", drivers=_HERE),
    _dimension("last", "What it does last.", "metrics params tags artifact nothing", needs={"artifact": "artifacts"}),
    _dimension(
        "ending",
        "How it ends.",
        "returns error bare chained grouped warning own long lines unicode base interrupt exit-3 exit-0 cancelled",
    ),
)
"""Of one step that does all that it was to do."""

MOMENT = _dimension("moment", "When it ends.", "at-the-end at-once half-way")
"""Apart from the others, since a step that ends early has not done what they say."""

COMPANY = (
    _dimension("before", "What ran before it.", "nothing finished failed tagged namesake two", drivers=_HERE),
    _dimension("after", "What ran after it.", "nothing finished failed namesake", drivers=_HERE),
    _dimension("beside", "What runs at the same time.", "nothing finished failed two", drivers=_HERE),
    _dimension("attempt", "Which attempt it is; those before it failed.", "only second third"),
)
"""Of the steps around it."""

DIMENSIONS = {dimension.name: dimension for dimension in (*STEP, MOMENT, *COMPANY)}
"""All, by name."""
