"""`python -m tracker_contracts` is `tracker-contracts`, with this very Python."""

from __future__ import annotations

from tracker_contracts.cli import main

main(prog_name="tracker-contracts")
