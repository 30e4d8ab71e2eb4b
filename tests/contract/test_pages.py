"""The pages on the contract: generated ones are up to date, and the others run as they stand."""

from __future__ import annotations

from tracker_contracts.clauses import CLAUSES
from tracker_contracts.profiles import DEFAULT, QUICK
from tracker_contracts.report.pages import contract_page, programs_page
from tracker_contracts.report.verdict import Verdict

from tests.support import fields
from tests.support.environments import REPOSITORY

DOCS = REPOSITORY / "docs"
PAGE = DOCS / "how-to" / "check-your-own-tracker.md"


def test_the_page_of_the_contract_is_generated() -> None:
    stored = (DOCS / "contract.md").read_text(encoding="utf-8")
    assert stored == contract_page(), "tracker-contracts clauses --markdown > docs/contract.md"


def test_the_page_of_the_programs_is_generated() -> None:
    stored = (DOCS / "programs.md").read_text(encoding="utf-8")
    assert stored == programs_page(), "tracker-contracts programs > docs/programs.md"


def test_the_page_tells_how_much_time_there_is() -> None:
    told = (
        f"after {QUICK.budget:.0f} seconds with `quick`, {DEFAULT.budget:.0f} with `default`, no further program begins"
    )
    assert told in " ".join(PAGE.read_text(encoding="utf-8").split())


def test_the_page_tells_of_each_feature() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [each for each in CLAUSES.values() if each.feature and f"| `{each.feature}` |" not in text] == []


def test_the_page_of_the_fields_is_generated_and_says_what_each_means() -> None:
    made = fields.page()
    assert (DOCS / "fields.md").read_text(encoding="utf-8") == made, "python -m tests.support.fields > docs/fields.md"
    assert "|  |" not in made


def test_the_page_explains_each_verdict() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [verdict for verdict in Verdict if f"| `{verdict.value}" not in text] == []
