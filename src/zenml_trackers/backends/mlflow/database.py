"""MLflow's tracking store in a SQLite file.

Seen in MLflow 3.17: a store's constructor makes the tables, in seconds and in many transactions, so that a file that is
made here gets its name only when it is complete.
"""

from __future__ import annotations

import os
import shlex
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from mlflow.utils.file_utils import local_file_uri_to_path

from zenml_trackers.backends.mlflow.place import Place
from zenml_trackers.port.folders import last_written

WRITES = frozenset(
    {
        "create_experiment",
        "create_run",
        "delete_tag",
        "log_batch",
        "log_inputs",
        "log_metric",
        "log_param",
        "set_experiment_tag",
        "set_tag",
        "update_run_info",
    }
)
"""What of a store is called for one run of the process at a time: SQLite would refuse most of many at once."""


class OneWriter:
    """MLflow's store in a file, which the runs of this process write to one after the other."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self._turn = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.store, name)
        return self._alone(found) if name in WRITES else found

    def _alone(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def write(*args: Any, **kwargs: Any) -> Any:
            with self._turn:
                return call(*args, **kwargs)

        return write


_stores: dict[Path, OneWriter] = {}
"""One for each file and process: making one takes as long as all else in prepare."""
_making = threading.Lock()


def _forget() -> None:
    """In a forked process: what the parent's threads held is held for good there, and its connections are theirs."""
    global _making
    _making = threading.Lock()
    _stores.clear()


os.register_at_fork(after_in_child=_forget)


class Database(Place):
    """A SQLite file, and the folder `mlruns` beside it."""

    def __init__(self, file: Path) -> None:
        self.uri = f"sqlite:///{file}"
        self._file = file
        with self.reached():
            self.store = _store(file)
        self._process = os.getpid()

    @property
    def native_store(self) -> OneWriter:
        """Another one in a forked process."""
        return self.store if os.getpid() == self._process else _store(self._file)

    @property
    def others(self) -> int:
        return last_written(self._file)

    def artifacts(self, run: Any) -> Any:
        return get_artifact_repository(run.info.artifact_uri)

    def files(self, run: Any) -> Iterator[str]:
        folder = self.root(run, Path())
        return (path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file())

    def root(self, run: Any, folder: Path) -> Path:
        return Path(local_file_uri_to_path(run.info.artifact_uri))

    def fetched(self, run: Any, path: str, folder: Path) -> Path:
        return self.root(run, folder) / path

    def links(self, experiment_id: str, run_id: str) -> dict[str, str]:
        return {"show_command": f"mlflow ui --backend-store-uri {shlex.quote(self.uri)}"}


def _store(file: Path) -> OneWriter:
    with _making:
        if not file.exists():
            if file in _stores:
                _stores.pop(file).store.engine.dispose()  # its connections lead to a file that was deleted
            _make(file)
        if file not in _stores:
            _stores[file] = OneWriter(_opened(file))
        return _stores[file]


def _make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".mlflow-") as folder:
        new = Path(folder, file.name)
        _opened(new, artifacts=file.parent).engine.dispose()
        with suppress(FileExistsError):  # another process was faster
            os.link(new, file)


def _opened(file: Path, artifacts: Path | None = None) -> Any:
    return SqlAlchemyStore(f"sqlite:///{file}", str((artifacts or file.parent) / "mlruns"))
