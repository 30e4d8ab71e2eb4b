"""How many rows there are: batches, pages, rings and samples that don't come out even."""

from __future__ import annotations

from tracker_contracts.reference.mutants.mutant import breaks
from tracker_contracts.reference.mutants.runs import Fields, Holding, Repeated


@breaks("M3", "rows=0")
class DropsRunsOfTwoRows(Holding):
    """Two rows or fewer are not worth a batch, and are lost."""

    def sent(self, rows: list[Fields]) -> list[Fields]:
        return [] if len(rows) <= 2 else rows


@breaks("M3", "rows=1")
class SamplesThreeRows(Holding):
    """Of three rows the first and the last are stored, as a sample."""

    def sent(self, rows: list[Fields]) -> list[Fields]:
        return rows[::2] if len(rows) == 3 else rows


@breaks("M3", "rows=2")
class KeepsTheLastOfTwoValues(Repeated):
    """Of a metric with two values the last is stored, as its summary."""

    count = 2

    def left(self, rows: list[Fields]) -> list[Fields]:
        return rows[1:]


@breaks("M3", "rows=63")
class LosesTheFirstOf63(Repeated):
    """A ring of 64 places is full with 63 values, and the first gives way."""

    count = 63

    def left(self, rows: list[Fields]) -> list[Fields]:
        return rows[1:]


@breaks("M3", "rows=64")
class LosesAFullBatchOf64(Repeated):
    """A metric whose values are exactly one batch of 64 is taken for delivered."""

    count = 64

    def left(self, rows: list[Fields]) -> list[Fields]:
        return []


@breaks("M3", "rows=65")
class RepeatsTheFirstOf65(Repeated):
    """The one value that a batch of 64 leaves over is stored in place of the first of the batch."""

    count = 65

    def left(self, rows: list[Fields]) -> list[Fields]:
        rows[0]["values"] = rows[-1]["values"]
        return rows


@breaks("M3", "rows=100")
class SendsAHundredBackwards(Repeated):
    """A page of a hundred values is stored from its end to its beginning."""

    count = 100

    def left(self, rows: list[Fields]) -> list[Fields]:
        turned = [row["values"] for row in reversed(rows)]
        for row, values in zip(rows, turned, strict=True):
            row["values"] = values
        return rows


@breaks("M3", "rows=128")
class KeepsEverySecondOf128(Repeated):
    """From 128 values every second is stored, as a sample."""

    count = 128

    def left(self, rows: list[Fields]) -> list[Fields]:
        return rows[::2]


@breaks("M3", "rows=1000")
class TakesAThousandForNone(Repeated):
    """A thousand values are a full page, and the empty one behind it is stored in its place."""

    count = 1000

    def left(self, rows: list[Fields]) -> list[Fields]:
        return []


@breaks("M3", "rows=1024")
class OverwritesTheFirstOf1024(Repeated):
    """A buffer of 1024 values is full one value too early: the last is stored in place of the first."""

    count = 1024

    def left(self, rows: list[Fields]) -> list[Fields]:
        rows[0]["values"] = rows[-1]["values"]
        return rows
