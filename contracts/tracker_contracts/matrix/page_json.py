"""The matrix as JSON, for other programs."""

from __future__ import annotations

import json

from tracker_contracts.matrix.view import View


def json_text(view: View) -> str:
    """All reports as they are stored, and what is ruled out, from the newest on."""
    reports = [view.by_cell[cell] for cell in view.cells if cell in view.by_cell]
    ruled_out = [{**cell.model_dump(), "why": why} for cell, why in view.ruled_out.items()]
    whole = {
        "matrix": 1,
        "contract": view.contract,
        "date": view.date.isoformat(),
        "cells": [report.model_dump(mode="json", exclude_defaults=True) | {"report": 1} for report in reports],
        "ruled_out": ruled_out,
    }
    # ASCII alone: a story may quote half a surrogate pair, which no encoding holds
    return json.dumps(whole, indent=1, sort_keys=True) + "\n"
