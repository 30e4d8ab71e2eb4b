"""Trackers that make no sense, registered by ZenML's own command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.registration import wrong_components
from tests.support.environments import build_wheel, make_environment

SCRIPT = Path(wrong_components.__file__)
NO_COMPLAINT = f"{len(wrong_components.ALL)} wrong trackers, 0 complaints"


@pytest.mark.slow
def test_zenmls_command_refuses_each_in_one_line():
    done = subprocess.run(
        [sys.executable, str(SCRIPT)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=200
    )
    assert NO_COMPLAINT in done.stdout, done.stdout
    assert done.returncode == 0


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_so_does_that_of_a_release_that_leaves_the_fields_to_our_class(tmp_path):
    wheel = build_wheel(tmp_path / "dist")
    environment = make_environment(tmp_path / "environment", "zenml[local]==0.85.0", "setuptools<82", str(wheel))
    said = environment.workplace(tmp_path / "place").python(SCRIPT.read_text(encoding="utf-8"))
    assert NO_COMPLAINT in said, said
