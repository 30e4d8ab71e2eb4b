"""`python -m tests.bench [--quick] [--case WORDS] [--pairs N] [--json FILE] [--markdown FILE] [--against FILE]`."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from tests.bench import bounds, page
from tests.bench.case import Case, Result
from tests.bench.cases import cases
from tests.bench.pairs import measured


def main() -> int:
    options = _options()
    results = [_told(case, options) for case in _wanted(options)]
    print(page.text(results))
    if options.json:
        options.json.write_text(json.dumps([_as_json(result) for result in results], indent=2))
    if options.markdown:
        page.write(options.markdown, results)
    if options.write:
        bounds.write(options.write, results)
    worse = list(bounds.exceeded(options.against, results)) if options.against else []
    for line in worse:
        print(f"Much worse than before: {line}", file=sys.stderr)
    return int(bool(worse))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Ours and its rivals, side by side.")
    parser.add_argument("--quick", action="store_true", help="a handful of cases, in minutes")
    parser.add_argument("--case", action="append", help="only cases with these words in their names; may be repeated")
    parser.add_argument("--pairs", type=int, help="how many processes of each side there are")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all that was measured")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="put the table into this page")
    parser.add_argument("--write", type=Path, metavar="FILE", help="keep the ratios as bounds")
    parser.add_argument(
        "--against", type=Path, metavar="FILE", help="fail if a ratio is half as much again as its bound"
    )
    return parser.parse_args()


def _wanted(options: argparse.Namespace) -> list[Case]:
    words = options.case or [""]
    return [
        case
        for case in cases()
        if any(each.lower() in case.name.lower() for each in words) and (case.quick or not options.quick)
    ]


def _told(case: Case, options: argparse.Namespace) -> Result:
    result = measured(case, options.pairs or (3 if options.quick else case.pairs))
    print(f"{case.name}: {result.ratio:.2f}, wanted {case.target:.3g}", file=sys.stderr, flush=True)
    return result


def _as_json(result: Result) -> dict[str, object]:
    return {"name": result.case.name, "target": result.case.target, "pairs": [asdict(pair) for pair in result.pairs]}


if __name__ == "__main__":
    raise SystemExit(main())
