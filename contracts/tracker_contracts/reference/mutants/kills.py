"""Which clause finds which broken tracker, and whether each is found by its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict
from rich.table import Table

from tracker_contracts.clauses import CLAUSES
from tracker_contracts.report.verdict import Finding, Verdict

GOOD = (Verdict.KEPT, Verdict.NOT_TRIED)


class Kill(BaseModel):
    """What finds one mutant."""

    model_config = ConfigDict(frozen=True)

    mutant: str
    clause: str
    """The one that must find it."""
    defect: str
    own: Finding | None
    """How that clause is broken; None: it is not."""
    others: list[str]
    """The clauses that find it by the way."""


class SelfTest(BaseModel):
    """What the self-test showed."""

    model_config = ConfigDict(frozen=True)

    reference: list[Finding]
    kills: list[Kill]
    clauses: list[str] = list(CLAUSES)
    """Those that were to be tested."""
    left_out: list[str] = []
    """Broken trackers that show on a full disk alone, where this process may not mount one."""
    code: str = ""
    """What it is a test of, as `proven.code` tells it."""

    @property
    def ok(self) -> bool:
        """Whether the reference keeps all clauses, each mutant is found by its own, and each clause finds one."""
        return not self.troubles

    @property
    def troubles(self) -> list[str]:
        """What the contract finds less than it should; nothing, if all is well."""
        return [*self._broken_reference(), *self._survivors(), *self._blunt_clauses()]

    def _broken_reference(self) -> Iterator[str]:
        for finding in self.reference:
            if finding.verdict not in GOOD:
                how = f"{finding.verdict.value} ({finding.driver.value})"
                yield f"The reference: {finding.clause}, {finding.trial}: {how}\n{finding.story}".strip()

    def _survivors(self) -> Iterator[str]:
        for kill in self.kills:
            if kill.own is None:
                yield f"{kill.mutant} is not found by {kill.clause}."

    def _blunt_clauses(self) -> Iterator[str]:
        sharp = {kill.clause for kill in self.kills if kill.own is not None}
        tried = {finding.clause for finding in self.reference}
        for clause in self.clauses:
            if clause not in sharp:
                yield f"{clause} finds no mutant{'' if clause in tried else ', since it has no trial'}."

    def table(self) -> Table:
        """The matrix, for a terminal."""
        table = Table("Mutant", "Clause", "Found", "Also found by", title="Broken trackers, and what finds them")
        for kill in self.kills:
            table.add_row(kill.mutant, kill.clause, "yes" if kill.own else "NO", " ".join(kill.others))
        return table

    def markdown(self) -> str:
        """The matrix, for the documentation."""
        lines = ["| Clause | Mutant | Defect | Found | In | Also found by |", "|---|---|---|---|---|---|"]
        for kill in self.kills:
            found, program = (kill.own.trial, kill.own.program) if kill.own else ("**no**", "")
            cells = [kill.clause, f"`{kill.mutant}`", kill.defect, found, program and f"`{program}`"]
            lines.append(f"| {' | '.join(cells)} | {', '.join(kill.others)} |")
        return "\n".join([*lines, "", self.summary, f"That is of the code {self.code}.", ""])

    @property
    def summary(self) -> str:
        """The verdict in a sentence."""
        found = Counter(kill.own is not None for kill in self.kills)
        verdict = "Each clause finds at least one." if self.ok else "That is not enough."
        told = f"{found[True]} of {len(self.kills)} broken trackers are found by their own clause. {verdict}"
        if self.left_out:
            names = ", ".join(self.left_out)
            told += f" Not tried, since it takes root on Linux to mount a file system that is full: {names}."
        return told
