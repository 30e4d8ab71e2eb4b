"""The page on a Trackio server: what its unit and its Dockerfile start takes rows with the token, and none without."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sysconfig
from pathlib import Path

import pytest
import yaml

from tests.support.environments import REPOSITORY
from tests.support.server import free_port, wait_for
from zenml_trackers import connect
from zenml_trackers.errors import TokenRefused

PAGE = (REPOSITORY / "docs" / "how-to" / "trackio-server.md").read_text("utf-8")
TOKEN = "token-of-the-page-0123456789"
INSTALLED = "/opt/trackio/bin/trackio"


def block(language: str) -> str:
    [found] = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    return str(found)


def unit() -> tuple[list[str], dict[str, str]]:
    """The command of the unit, and its variables."""
    lines = [line.split("=", 1) for line in block("ini").splitlines() if "=" in line]
    [command] = [value.split() for name, value in lines if name == "ExecStart"]
    return command, dict(value.split("=", 1) for name, value in lines if name == "Environment")


def image() -> tuple[list[str], dict[str, str]]:
    """The command of the image, and its variables."""
    [command] = re.findall(r"^CMD (\[.*\])$", block("dockerfile"), re.MULTILINE)
    [variables] = re.findall(r"^ENV (.*)$", block("dockerfile"), re.MULTILINE)
    return json.loads(command), dict(each.split("=", 1) for each in variables.split())


@pytest.mark.slow
@pytest.mark.parametrize("started", [unit, image], ids=["unit", "image"])
def test_what_the_page_starts_takes_rows_with_the_token_alone(started, tmp_path: Path) -> None:
    (program, *arguments), variables = started()
    assert program in (INSTALLED, "trackio")
    port = free_port()
    own = {"TRACKIO_DIR": str(tmp_path), "HOME": str(tmp_path), "GRADIO_SERVER_PORT": str(port)}
    assert variables.keys() | {"HOME"} == own.keys() | {"GRADIO_NUM_PORTS"}
    command = [Path(sysconfig.get_path("scripts"), "trackio"), *arguments]
    given = {**os.environ, **variables, **own, "TRACKIO_WRITE_TOKEN": TOKEN, "BROWSER": "true"}
    log = tmp_path / "server.log"
    with log.open("wb") as said, subprocess.Popen(command, env=given, stdout=said, stderr=said) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}", lambda: process.poll() is None, log)
            url = f"trackio+http://127.0.0.1:{port}/digits"
            tracker = connect(url, credentials={"api_key": TOKEN}, strict=True)
            with tracker.start_run("r") as run:
                run.log({"loss": 0.5})
            assert [point.value for stored in tracker.read() for point in stored.metrics] == [0.5]
            with pytest.raises(TokenRefused):
                connect(url, credentials={"api_key": "another"}, strict=True).check()
        finally:
            process.kill()


def test_the_parts_of_the_page_agree() -> None:
    [service] = yaml.safe_load(block("yaml"))["services"].values()
    [ports], [volume] = service["ports"], service["volumes"]
    assert ports == "127.0.0.1:7860:7860"
    assert volume.partition(":")[2] == image()[1]["TRACKIO_DIR"]
    assert {variables["GRADIO_SERVER_PORT"] for _, variables in (unit(), image())} == {"7860"}
    assert "http://127.0.0.1:7860/version" in block("dockerfile")
