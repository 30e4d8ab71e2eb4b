"""Registers trackers that make no sense, by ZenML's own command, and sees that each is refused in one line.

Others, which might be taken for such, have to be accepted. It runs by itself, with the ZenML of the Python that runs it
and with a store of its own:

    python tests/registration/wrong_components.py

The command is called as the script `zenml` calls it, but all in one process, since that script takes seconds to start;
one is given to the script too, which has to say the same.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import traceback
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

SECRET = "hunter2-very-secret"
BOTH = ("trackio", "unified")


class Wrong(NamedTuple):
    """Fields that make no sense, and what has to be said of them."""

    flavor: str
    fields: tuple[str, ...]
    named: str
    """The field that the message names."""
    says: str = ""
    """The way out, or the rest of what is wrong."""
    update: bool = True
    """Whether the same is wrong in an update of a good tracker."""


def of(flavor: str, *fields: str, named: str, says: str = "", update: bool = True) -> Wrong:
    return Wrong(flavor, fields, named, says, update)


TRACKIO = [
    of("trackio", "--workspce=acme", named="workspce", says="Did you mean 'workspace'?"),
    of("trackio", "--colour=red", named="colour", says="There are api_key, "),
    of("trackio", "--workspace=acme", "--base_url=http://h:1", named="base_url", says="workspace and base_url exclude"),
    of("trackio", "--workspace=acme", "--server_url=http://h:1", named="server_url", says="leave workspace out"),
    of("trackio", "--workspace=a/b", named="workspace", says="space_id=owner/name"),
    of("trackio", "--workspace=", named="workspace", says="is empty; leave it out"),
    of(
        "trackio", "--base_url=ftp://host", named="base_url", says="begins with ftp://; write http://host:port or https"
    ),
    of("trackio", "--base_url=host:7860", named="base_url", says="has no scheme; write http://host:port"),
    of("trackio", "--base_url=http://", named="base_url", says="has no host"),
    of("trackio", "--base_url=http://host:port", named="base_url", says="port that is no number"),
    of("trackio", f"--base_url=http://[{SECRET}", named="base_url", says="write http://host:port"),
    of("trackio", f"--base_url=http://me:{SECRET}@host", named="base_url", says="pass the token as api_key"),
    of("trackio", f"--base_url=http://host?token={SECRET}", named="base_url", says="pass it as api_key"),
    of("trackio", f"--base_url=http://h?write_token={SECRET}", "--api_key=x-y-z", named="base_url", says="write_token"),
    of("trackio", "--base_url={{a.b}}/x", named="base_url", says="http://host:port"),
    of("trackio", "--base_url=https://huggingface.co/acme", named="base_url", says="space_id=owner/name"),
    of("trackio", "--base_url=http://a", "--server_url=http://b", named="server_url", says="keep base_url"),
    of("trackio", "--project=my digits", named="project", says="Use 'my-digits'"),
    of("trackio", "--project=my_configs", named="project", says="Use 'zenml-my_configs-runs'"),
    of("trackio", "--project=", named="project", says="remove-attribute NAME project"),
    of("trackio", "--project=a", "--project_name=b", named="project_name", says="keep project"),
    of("trackio", f"--api_key={SECRET}", "--hf_token=other", named="hf_token", says="keep api_key"),
    of("trackio", "--api_key=", named="api_key", says="is empty"),
    of("trackio", "--api_key={{secret}}", named="api_key", says="written as {{secret.key}}"),
    of("trackio", "--space_id=board", named="space_id", says="write it as owner/name"),
    of("trackio", "--space_id=a/b/c", named="space_id", says="write it as owner/name"),
    of("trackio", "--space_id=a/b", "--workspace=c", named="space_id", says="leave one of them out"),
    of("trackio", "--space_id=a/b", "--base_url=http://h", named="space_id", says="leave one of them out"),
    of("trackio", "--bucket_id=a/b", named="bucket_id", says="pass workspace or space_id too"),
    of("trackio", "--dataset_id=a/b", named="dataset_id", says="pass workspace or space_id too"),
    of("trackio", "--private=perhaps", named="private", says="--private=true"),
    of("trackio", "--log_system=often", named="log_system", says="the seconds between two samples, such as 30"),
    of("trackio", "--log_cpu_metrics=2", named="log_cpu_metrics", says="true or false"),
]

UNIFIED = [
    of("unified", named="url", says="--url=trackio:///digits", update=False),
    of("unified", "--ulr=memory://a", named="ulr", says="Did you mean 'url'?"),
    of("unified", "--url=", named="url", says="--url=trackio:///digits"),
    of("unified", "--url=memory://a", '--urls=["memory://b"]', named="urls", says="url and urls exclude each other"),
    of("unified", "--urls=memory://a", named="urls", says="""--urls='["trackio:///digits", "memory://digits"]'"""),
    of("unified", '--urls="memory://a"', named="urls", says="a list of text in JSON"),
    of("unified", '--urls=["memory://a"', named="urls", says="a list of text in JSON"),
    of("unified", "--urls=[5]", named="urls", says="a list of text in JSON", update=False),
    of("unified", "--urls=[]", named="url", says="is missing", update=False),
    of("unified", '--urls=["memory://a", "memry://b"]', named="urls", says="Did you mean 'memory'?", update=False),
    of("unified", "--url=memry://a", named="url:", says="Did you mean 'memory'?"),
    of("unified", "--url=memory:a", named="url:", says="write one such as trackio:///my-project"),
    of("unified", "--url=http://host:5000/x", named="url:", says="such as mlflow+http://host:5000/x"),
    of("unified", "--url=memory+http://host/x", named="url:", says="there are memory://"),
    of("unified", "--url=trackio+http://host:port/x", named="url:", says="port that is no number"),
    of("unified", "--url=trackio:///my digits", named="url:", says="Use 'my-digits'"),
    of("unified", "--url=trackio+space://acme", named="url:", says="trackio+space://owner/space/project"),
    of("unified", "--url=memory://a?colour=red", named="url:", says="the only option is project"),
    of("unified", f"--url=memory://a?token={SECRET}", named="url:", says="leave it out"),
    of("unified", f"--url=memory://me:{SECRET}@a", named="url:", says="leave it out"),
    of("unified", "--url=memory://a#b", named="url:", says="write %23"),
    of("unified", "--url={{a.b}}", named="url", says="can't be a reference to a secret"),
    of("unified", "--url=memory://{{a.b}}", named="url", says="no reference to a secret"),
    of("unified", "--url=memory://a", "--workspace=b", named="workspace", says="There are api_key, credentials, "),
    of("unified", "--url=memory://a", "--project=", named="project", says="remove-attribute NAME project"),
    of("unified", "--url=memory://a", "--password=", named="password", says="is empty"),
    of("unified", "--url=memory://a", f"--credentials={SECRET}", named="credentials", says="a map in JSON"),
    of("unified", "--url=memory://a", '--credentials=["a"]', named="credentials", says="a map in JSON"),
    of("unified", "--url=memory://a", "--credentials={{a.b}}", named="credentials", says="a map in JSON"),
    of("unified", "--url=memory://a", f'--credentials={{"api_key": "{SECRET}"}}', named="credentials", says="in clear"),
    of("unified", "--url=memory://a", '--credentials={"api_key": 5}', named="credentials", says="{{secret.key}}"),
    of(
        "unified", "--url=memory://a", '--credentials={"a.b": "{{a.b}}"}', named="credentials", says="there are api_key"
    ),
]

SHARED = [
    wrong
    for flavor, place in zip(BOTH, (("--project=digits",), ("--url=memory://a",)), strict=True)
    for wrong in [
        of(flavor, *place, "--tags=nightly", named="tags", says="""--tags='["nightly", "baseline"]'"""),
        of(flavor, *place, '--tags={"nightly": 1}', named="tags", says="a list of text in JSON"),
        of(flavor, *place, "--tags=[1]", named="tags[0]", says="tags are strings"),
        of(flavor, *place, '--tags=[""]', named="tags[0]", says="is empty"),
        of(flavor, *place, "--tags={{a.b}}", named="tags", says="can't be a reference to a secret"),
        of(flavor, *place, "--metadata={a:1}", named="metadata", says="""--metadata='{"dataset": "digits"}'"""),
        of(flavor, *place, '--metadata=["a"]', named="metadata", says="a map in JSON"),
        of(flavor, *place, f'--metadata={{"a": {10**30}}}', named="metadata['a']", says="more than 64 bits"),
        of(flavor, *place, "--deadline=soon", named="deadline", says="--deadline=30"),
        of(flavor, *place, "--deadline=0", named="deadline", says="a number above 0"),
        of(flavor, *place, "--deadline=inf", named="deadline", says="a number above 0"),
        of(flavor, *place, "--deadline=", named="deadline", says="a number above 0"),
        of(flavor, *place, "--deadline={{a.b}}", named="deadline", says="can't be a reference to a secret"),
        of(flavor, *place, "--strict=perhaps", named="strict", says="true or false"),
        of(flavor, *place, "--resume=maybe", named="resume", says="'allow', 'must' or 'never'"),
        of(flavor, *place, "--run_name=", named="run_name", says="leave it out"),
        of(flavor, *place, "--run_name={{a.b}}", named="run_name", says="can't be a reference to a secret"),
        of(
            flavor, *place, "--strict=perhaps", "--deadline=soon", named="deadline", says="strict must be true or false"
        ),
    ]
]

ALL = [*TRACKIO, *UNIFIED, *SHARED]
GOOD = {"trackio": ("--log_cpu_metrics=false",), "unified": ("--url=memory://good",)}
"""What is updated with the wrong fields."""

JSON = (
    '--tags=["nightly"]',
    '--metadata={"data": {"rows": 3}}',
    "--deadline=2.5",
    "--strict=true",
    "--project={{a.b}}",
)
RIGHT = {
    "json-trackio": ("--flavor=trackio", *JSON),
    "json-unified": ("--flavor=unified", '--urls=["memory://a", "trackio:///b"]', *JSON),
    "references": ("--flavor=trackio", "--base_url={{a.b}}", "--api_key={{a.b}}"),
    "credentials": ("--flavor=unified", "--url=memory://a", '--credentials={"memory.api_key": "{{a.b}}"}'),
    "space": ("--flavor=trackio", "--space_id={{a.b}}", "--workspace=acme", "--bucket_id=a/b"),
}
"""What is accepted, by the tracker's name."""

ALSO_AS_A_SCRIPT = ("update", "good-unified", "--url=memry://a")
"""The script registers a tracker too, with a token in its URL."""


class Answer(NamedTuple):
    status: int
    lines: list[str]


def zenml(*words: str) -> Answer:
    """What ZenML's command says, and its status."""
    from zenml.cli.cli import cli

    said = io.StringIO()
    status: Any = 0
    with redirect_stdout(said), redirect_stderr(said):
        try:
            cli.main(["experiment-tracker", *words], prog_name="zenml")
        except SystemExit as ending:
            status = ending.code
        except BaseException:
            traceback.print_exc()
            status = 1
    return Answer(status or 0, said.getvalue().splitlines())


def zenml_script(*words: str) -> Answer:
    """The same of the script `zenml`, in a process of its own."""
    script = str(Path(sys.executable).with_name("zenml"))
    done = subprocess.run([script, "experiment-tracker", *words], stdout=-1, stderr=subprocess.STDOUT, text=True)
    return Answer(done.returncode, done.stdout.splitlines())


def complaints(wrong: Wrong, answer: Answer) -> list[str]:
    """What is not as it should be in an answer to wrong fields."""
    said = "\n".join(answer.lines)
    found = {
        "it ends with status 0": answer.status == 0,
        "it is not one line": len(answer.lines) != 1,
        "it is no error": not said.startswith("Error: "),
        "it has a traceback": "Traceback" in said,
        f"it does not name {wrong.named}": wrong.named not in said,
        f"it does not say {wrong.says!r}": wrong.says not in said,
        "it shows a secret": SECRET in said,
    }
    return [complaint for complaint, holds in found.items() if holds]


def stored() -> dict[str, Any]:
    """The configuration of each tracker in the store."""
    from zenml.client import Client

    found = Client().list_stack_components(type="experiment_tracker", size=1000)
    return {component.name: component.configuration for component in found.items}


def prepare(folder: Path) -> None:
    """Make a store of this process's own, with the flavors and a good tracker of each."""
    os.environ.update(
        ZENML_CONFIG_PATH=str(folder / "zenml"),
        ZENML_ANALYTICS_OPT_IN="false",
        ZENML_LOGGING_VERBOSITY="WARN",
        PYTHONWARNINGS="ignore",
    )
    os.chdir(folder)
    from zenml_trackers.zenml import registration

    for own in registration.FLAVORS:
        registration.register(own)
    for flavor in BOTH:
        answer = zenml("register", f"good-{flavor}", f"--flavor={flavor}", *GOOD[flavor])
        assert answer.status == 0, answer


def tried(wrong: Wrong) -> list[str]:
    """The complaints about one, at registration and at an update."""
    commands = [("register", "wrong", f"--flavor={wrong.flavor}", *wrong.fields)]
    commands += [("update", f"good-{wrong.flavor}", *wrong.fields)] if wrong.update else []
    found = []
    for words in commands:
        answer = zenml(*words)
        print(f"$ zenml experiment-tracker {' '.join(words)}", *answer.lines, sep="\n  ")
        found += [f"{' '.join(words)}: {complaint}" for complaint in complaints(wrong, answer)]
    return found


def refused() -> list[str]:
    """The complaints about all wrong ones, and about what is left of them."""
    before = stored()
    found = [complaint for wrong in ALL for complaint in tried(wrong)]
    without_url = zenml("remove-attribute", "good-unified", "url")
    found += complaints(of("unified", named="url", says="is missing"), without_url)
    return found + ([f"the store has {stored()}, where it had {before}"] if stored() != before else [])


def accepted() -> list[str]:
    """The complaints about those that make sense."""
    from zenml.client import Client
    from zenml.stack import StackComponent

    refusals = [
        f"{name}: {answer.lines[-1]}" for name, words in RIGHT.items() if (answer := zenml("register", name, *words))[0]
    ]
    if refusals:
        return refusals
    configs = [
        StackComponent.from_model(Client().get_stack_component("experiment_tracker", f"json-{flavor}")).config
        for flavor in BOTH
    ]
    read = [(config.tags, config.metadata, config.deadline, config.strict) for config in configs]
    return [f"read as {found}" for found in read if found != (["nightly"], {"data": {"rows": 3}}, 2.5, True)]


def moved_token() -> list[str]:
    """The complaints about a token in a URL, which is moved where ZenML stores what our class makes of it."""
    from zenml_trackers.zenml import compat

    answer = zenml_script("register", "moved", "--flavor=trackio", f"--base_url=http://host:1?write_token={SECRET}")
    if compat.stores_config_as_given():
        return complaints(of("trackio", named="base_url", says="register it as api_key"), answer)
    said = "\n".join(answer.lines)
    kept = stored().get("moved") == {"base_url": "http://host:1", "api_key": SECRET}
    good = answer.status == 0 and "The write_token in base_url is now the api_key" in said and SECRET not in said
    return [] if good and kept else [f"a token in the URL: {answer}"]


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="wrong-components-") as folder:
        prepare(Path(folder))
        found = [*refused(), *accepted(), *moved_token()]
        if (alone := zenml_script(*ALSO_AS_A_SCRIPT)) != (here := zenml(*ALSO_AS_A_SCRIPT)):
            found.append(f"the script says {alone}, where here it is {here}")
    print(f"{len(ALL)} wrong trackers, {len(found)} complaints", *found, sep="\n")
    return len(found)


if __name__ == "__main__":
    raise SystemExit(bool(main()))
