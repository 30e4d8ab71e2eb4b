from __future__ import annotations

import importlib.metadata
import logging
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings

import __main__
from tests.support import browser, made, releases, skips, stores

FOLDER = Path(tempfile.mkdtemp(prefix="zenml-trackers-tests-"))
LONG = Path(__file__).parent / "long"
HEAVY = ("mlflow", "wandb", "aim", "comet")
"""Libraries that take seconds to load, and tests are named after them."""
WHAT_IS_INSTALLED = cache(importlib.metadata.packages_distributions)

# Read once, when the libraries are imported.
os.environ.update(
    TRACKIO_DIR=str(FOLDER / "trackio"),
    ZENML_CONFIG_PATH=str(FOLDER / "no-store"),
    ZENML_ANALYTICS_OPT_IN="false",
    ZENML_LOGGING_VERBOSITY="WARN",
    ZENML_DISABLE_STEP_LOGS_STORAGE="true",
    ZENML_DISABLE_PIPELINE_LOGS_STORAGE="true",
    HF_HUB_OFFLINE="1",
    WANDB_ERROR_REPORTING="false",
    # Else a half of the processes that import it have a thread that reports warnings, and logs that it can't: also
    # when the tests are over, and the stream that pytest gave it is closed.
    COMET_ERROR_TRACKING_ENABLE="false",
    ZENML_TRACKERS_JOURNAL=str(FOLDER / "journals"),
)
os.environ.setdefault(made.VARIABLE, str(FOLDER / "made"))  # a worker of xdist has that of the process that started it
# All drivers, with each value of a program once: of its pairs, `quick` tries as many as there is time for.
os.environ.setdefault("TRACKER_CONTRACTS_PROFILE", "matrix")
for variable in (
    "TRACKIO_SPACE_ID",
    "TRACKIO_SERVER_URL",
    "TRACKIO_WRITE_TOKEN",
    "HF_TOKEN",
    "PYTHONDONTWRITEBYTECODE",
):
    os.environ.pop(variable, None)

if not hasattr(__main__, "__file__"):  # a worker of xdist; ZenML takes the folder of that file for the source root
    __main__.__file__ = str(Path(pytest.__file__).with_name("__main__.py"))

ALWAYS = {"deadline": None, "suppress_health_check": list(HealthCheck)}
settings.register_profile("ci", derandomize=True, max_examples=60, **ALWAYS)
settings.register_profile("nightly", max_examples=1000, **ALWAYS)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

IN_CI = os.environ.get("CI", "").lower() in ("true", "1")


@pytest.hookimpl(trylast=True)  # once there is a terminal to tell things on
def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):  # a worker of xdist: the process that started it has seen to all this
        return
    wanted = _may_have_pages(config)
    browser.provide(FOLDER / "bin", install=wanted, say=config.get_terminal_writer().line)
    if IN_CI and wanted and not browser.path():
        raise pytest.UsageError(browser.why_none())
    whole = not (config.option.file_or_dir or config.option.markexpr or config.option.keyword)
    config.pluginmanager.register(skips.Skips(skips.load(left_out=config.option.ignore or ()), whole, strict=IN_CI))


def _may_have_pages(config: pytest.Config) -> bool:
    """Whether a test that needs a browser may be among those that are run; all of them are slow."""
    if config.option.collectonly or "not slow" in config.option.markexpr:
        return False
    places = [Path(each.partition("::")[0]) for each in config.option.file_or_dir] or [Path(__file__).parent]
    files = (file for place in places for file in ([place] if place.is_file() else place.rglob("test_*.py")))
    return any(asking in file.read_text("utf-8") for file in files for asking in ("chromium", "browser.path()"))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where slow tests are not wanted, files that have no others are not even loaded."""
    return True if "not slow" in config.option.markexpr and _is_slow(collection_path) else None


def _is_slow(path: Path, test: str = "") -> bool:
    return LONG in (path, *path.parents) or any(library in f"{path.stem} {test}".lower() for library in HEAVY)


@pytest.hookimpl(tryfirst=True)  # before `-m` is looked at
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slowest first, so that no worker has one of them left to do."""
    for item in items:
        if _is_slow(item.path, item.name):
            item.add_marker("slow")
    items.sort(key=lambda item: (item.get_closest_marker("slow") is None, "pages" not in item.path.parts))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Generator[None]:
    yield
    terminalreporter.line(releases.told())


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser; where there is none, tests of pages are skipped."""
    if not browser.path():
        pytest.skip(browser.why_none())
    return Path(browser.path())


@pytest.fixture
def project() -> Iterator[str]:
    """The name of a project, or of a memory, that no other test uses."""
    name = f"test-{uuid4().hex[:12]}"
    yield name
    for memory in Path("/dev/shm").glob(f"zenml-trackers-*/{name}*"):
        shutil.rmtree(memory)


@pytest.fixture(scope="session")
def store_template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    own = tmp_path_factory.getbasetemp()
    of_all_workers = own.parent if hasattr(request.config, "workerinput") else own
    return stores.make_template(of_all_workers / "store-template")


@pytest.fixture(scope="session")
def renewed_store(store_template: Path, tmp_path_factory: pytest.TempPathFactory) -> stores.Renewed:
    return stores.Renewed(store_template, tmp_path_factory.mktemp("store") / "zenml")


@pytest.fixture
def zenml_store(renewed_store: stores.Renewed) -> Iterator[Path]:
    """An empty ZenML store."""
    from zenml.environment import Environment

    before = os.environ["ZENML_CONFIG_PATH"]
    # ZenML lists all packages by a pip of its own for each run and step, which tells these tests nothing.
    Environment.get_python_packages = staticmethod(list)  # type: ignore[method-assign]
    # It looks through the files of all that is installed for each flavor that is registered; that does not change here.
    importlib.metadata.packages_distributions = WHAT_IS_INSTALLED
    renewed_store.renew()
    yield renewed_store.folder
    renewed_store.leave(Path(before))


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What this package logs, at INFO and above."""
    caplog.set_level(logging.INFO, logger="zenml_trackers")
    return caplog
