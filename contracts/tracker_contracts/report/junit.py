"""A report as JUnit XML, which build servers show: a test case for each clause."""

from __future__ import annotations

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from tracker_contracts.clauses import CLAUSES
from tracker_contracts.report.report import ClauseVerdict, Report
from tracker_contracts.report.terminal import TOLD, reason, told
from tracker_contracts.report.verdict import Finding, Verdict

ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML can't hold, in no form."""


def junit_xml(report: Report) -> str:
    """The report; a clause that fails is a failure, one that was not tried an error, one that is excused skipped."""
    suite = Element("testsuite", name=f"tracker contract: {report.tracker}", timestamp=f"{report.date}")
    for clause in report.clauses:
        suite.append(_case(report, clause))
    for count, kind in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(count, str(len(list(suite.iter(kind)))))
    suite.set("time", f"{sum(found.seconds for found in report.findings):.3f}")
    SubElement(suite, "system-out").text = _legal(f"{report.tracker} {report.summary}")
    root = Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _case(report: Report, clause: ClauseVerdict) -> Element:
    own = [found for found in report.findings if found.clause == clause.id]
    seconds = sum(found.seconds for found in own)
    name = f"{clause.id} {CLAUSES[clause.id].sentence}"
    case = Element("testcase", classname=f"{report.harness}", name=_legal(name), time=f"{seconds:.3f}")
    if clause.verdict is Verdict.KEPT:
        return case
    kind = "failure" if clause.fails else "error" if clause.verdict is Verdict.MISSING else "skipped"
    why = f"{clause.verdict.value}: {reason(clause, own)}" if reason(clause, own) else clause.verdict.value
    SubElement(case, kind, message=_legal(why)).text = _legal(_stories(own))
    return case


def _stories(own: list[Finding]) -> str:
    return "\n\n".join(told(found) for found in own if found.verdict in TOLD)


def _legal(text: str) -> str:
    return ILLEGAL.sub("\ufffd", text)
