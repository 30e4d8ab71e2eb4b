"""What is logged last waits for something that does not come."""

from __future__ import annotations

from typing import Any

from tracker_contracts.reference.mutants.mutant import breaks
from tracker_contracts.reference.mutants.runs import Told


class Waiting(Told):
    """Records of one kind wait for the next row of metrics."""

    kind: str

    def write(self, kind: str, **fields: Any) -> None:
        waiting = self.__dict__.setdefault("waiting", [])
        if kind == self.kind and self.started:
            waiting.append(fields)
            return
        while kind == "metrics" and waiting:
            super().write(self.kind, **waiting.pop(0))
        super().write(kind, **fields)


@breaks("M2", "last=params")
class SendsParamsWithTheNextMetrics(Waiting):
    """Params after which no metrics are logged are lost."""

    kind = "params"


@breaks("T4", "last=tags")
class SendsTagsWithTheNextMetrics(Waiting):
    """Tags after which no metrics are logged are lost."""

    kind = "tags"


@breaks("M8", "last=artifact")
class SendsArtifactsWithTheNextMetrics(Waiting):
    """An artifact after which no metrics are logged is lost."""

    kind = "artifact"


@breaks("L4", "last=nothing")
class SendsTheLastOfEqualRowsWithTheNext(Told):
    """A row waits for the next one if the row before it had the same names, and at the end it is lost."""

    def write(self, kind: str, **fields: Any) -> None:
        if kind == "metrics":
            same, self.names = list(fields["values"]) == self.__dict__.get("names"), list(fields["values"])
            waiting, self.__dict__["waiting"] = self.__dict__.get("waiting"), fields if same else None
            if waiting:
                super().write("metrics", **waiting)
            if same:
                return
        super().write(kind, **fields)
