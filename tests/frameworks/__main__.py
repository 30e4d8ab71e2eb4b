"""`python -m tests.frameworks [--case WORDS] [--backend NAME] [--results FILE] [--markdown FILE] [--jobs N]`."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.frameworks import place, results, table, verdict
from tests.frameworks.case import BACKENDS, Case, all_cases
from tests.frameworks.found import Found
from tests.support import stores

LONGEST = 300
"""Seconds that a cell may take."""


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="zenml-trackers-frameworks-") as folder:
        template = stores.make_template(Path(folder) / "template")
        options.results = options.results or Path(folder) / "results.jsonl"
        with ThreadPoolExecutor(options.jobs) as pool:
            list(pool.map(lambda each: _try(*each, template, options), _wanted(options)))
        verdicts = results.load(options.results)
    print(table.text(verdicts))
    if options.markdown:
        table.write(options.markdown, verdicts)
    return int(any(each.trouble for each in verdicts.values()))


def _wanted(options: argparse.Namespace) -> list[tuple[Case, str]]:
    cases = [case for case in all_cases().values() if options.case.lower() in case.name.lower()]
    found = [(case, each) for case in cases for each in case.backends if options.backend in ("", each)]
    if not found:
        sys.exit(f"There is no such case; there are: {', '.join(all_cases())}.")
    return found


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.frameworks", description="Frameworks in steps.")
    parser.add_argument("--case", default="", help="only cases with these words in their names")
    parser.add_argument("--backend", default="", choices=["", *BACKENDS])
    parser.add_argument(
        "--results", type=Path, help="what is found is added to this file; the table has all that is in it"
    )
    parser.add_argument("--markdown", type=Path, help="the page whose table is to be made anew")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--verbose", action="store_true", help="show what each cell prints")
    return parser.parse_args()


def _try(case: Case, backend: str, template: Path, options: argparse.Namespace) -> None:
    folder = Path(tempfile.mkdtemp(dir=template.parent))
    store = stores.copy_of(template, folder / "zenml")
    output = _run(case, backend, folder, place.variables(folder, store))
    result = folder / "result.json"
    found = Found.model_validate_json(result.read_text()) if result.exists() else None
    judged = verdict.of(case, backend, found, output)
    print("\n  ".join([f"{case.name} on {backend}: {judged}", *judged.trouble, judged.note]).rstrip(), flush=True)
    if options.verbose:
        print(output)
    results.add(options.results, case.name, backend, judged)


def _run(case: Case, backend: str, folder: Path, variables: dict[str, str]) -> str:
    command = [sys.executable, "-m", "tests.frameworks.cell", case.name, backend, str(folder)]
    path = os.pathsep.join(filter(None, [str(Path.cwd()), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, **variables, "PYTHONPATH": path, "ZENML_CUSTOM_SOURCE_ROOT": str(Path.cwd())}
    told = folder / "output.txt"
    with told.open("w") as output:
        streams = {"stdout": output, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL}
        process = subprocess.Popen(command, cwd=folder, env=environment, start_new_session=True, **streams)
        try:
            process.wait(LONGEST)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # what the frameworks started too
            process.wait()
            output.write(f"it took longer than {LONGEST} s")
    return told.read_text(errors="replace")


if __name__ == "__main__":
    sys.exit(main())
