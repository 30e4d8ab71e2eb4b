"""`zenml-trackers register NAME`: a tracker in the active store, or one line that says why not."""

from __future__ import annotations

import shlex

import pytest
from click.testing import CliRunner
from zenml.client import Client

from tests.registration.wrong_components import ALL, SECRET, Wrong
from zenml_trackers.cli import main


def ran(*words: str) -> tuple[int, list[str]]:
    done = CliRunner().invoke(main, ["register", *words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done.exit_code, done.output.splitlines()


def stored(name: str) -> dict[str, object]:
    configuration: dict[str, object] = Client().get_stack_component("experiment_tracker", name).configuration
    return configuration


@pytest.fixture
def flavors(zenml_store):
    assert ran()[0] == 0


def test_it_makes_the_flavor_usable_registers_the_tracker_and_says_what_comes_next(zenml_store):
    status, said = ran("boards", "--flavor=unified", "url=memory://boards", "--project=digits")
    assert status == 0
    assert said == [
        "Registered the flavor 'unified' with the ZenML store.",
        "Registered the experiment tracker 'boards' of the flavor 'unified'.",
        "Put it in a stack: zenml stack register boards_stack -e boards -o default -a default --set",
    ]
    assert stored("boards") == {"url": "memory://boards", "project": "digits"}


def test_the_command_that_comes_next_puts_the_tracker_in_the_active_stack(flavors):
    from zenml.cli.cli import cli

    said = ran("my boards", "--flavor=unified", "--url=memory://boards")[1]
    command = shlex.split(said[-1].partition(": ")[2])
    assert command[0] == "zenml"
    assert CliRunner().invoke(cli, command[1:]).exit_code == 0
    tracker = Client().active_stack.experiment_tracker
    assert tracker is not None
    assert tracker.name == "my boards"


def test_fields_come_in_any_order_with_or_without_a_prefix_and_with_json(flavors):
    words = ["run-name=x=y", "--flavor", "trackio", 'tags=["nightly"]', "boards", '--metadata={"a": {"b": 1}}']
    assert ran(*words)[0] == 0
    tracker = Client().get_stack_component("experiment_tracker", "boards")
    assert tracker.flavor_name == "trackio"
    assert "run_name" in stored("boards")
    assert stored("boards")["run_name"] == "x=y"


def test_a_value_may_be_in_a_file_as_for_zenmls_command(flavors, tmp_path):
    file = tmp_path / "url"
    file.write_text("memory://boards")
    assert ran("boards", "--flavor=unified", f"url=@{file}")[0] == 0
    assert stored("boards") == {"url": "memory://boards"}
    status, said = ran("others", "--flavor=unified", f"url=@{file}-not")
    assert status == 1
    assert len(said) == 1
    assert "'url'" in said[0]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["boards"], "The tracker 'boards' has no flavor; add --flavor=trackio or --flavor=unified."),
        (["--flavor=trackio"], "The tracker has no name; write NAME before its fields."),
        (["url=memory://a"], "The tracker has no name"),
        (["boards", "--flavor=trackio", "--api_key", SECRET], "write FIELD=VALUE, without blanks"),
        (["boards", "--flavor=trackio", "api_key", SECRET], "write FIELD=VALUE, without blanks"),
        (["boards", "--flavor=trackio", "-p", SECRET], "write FIELD=VALUE, without blanks"),
    ],
)
def test_what_is_no_name_and_no_field_is_told_in_one_line(words, says):
    status, said = ran(*words)
    assert status == 1
    assert len(said) == 1
    assert says in said[0]
    assert SECRET not in said[0]


@pytest.mark.slow
def test_it_refuses_what_zenmls_command_refuses_in_one_line_and_stores_nothing(flavors):
    wrong = {each: _complaint(each) for each in ALL}
    assert not {each: complaint for each, complaint in wrong.items() if complaint}
    assert Client().list_stack_components(type="experiment_tracker").total == 0


def _complaint(wrong: Wrong) -> str:
    status, said = ran("wrong", f"--flavor={wrong.flavor}", *wrong.fields)
    good = status == 1 and len(said) == 1 and wrong.named in said[0] and wrong.says in said[0] and SECRET not in said[0]
    return "" if good else "\n".join(said) or "silence"


def test_a_name_that_is_taken_is_left_alone(flavors):
    ran("boards", "--flavor=unified", "--url=memory://one")
    status, said = ran("boards", "--flavor=unified", "--url=memory://other")
    assert status == 1
    assert len(said) == 1
    assert "`zenml experiment-tracker update boards --FIELD=VALUE`" in said[0]
    assert stored("boards") == {"url": "memory://one"}


def test_a_secret_in_clear_is_warned_of_in_one_line_and_not_shown(flavors):
    status, said = ran("boards", "--flavor=unified", "--url=memory://a", "--password=another-secret-in-clear")
    assert status == 0
    assert [line for line in said if "stored in clear" in line] == [said[0]]
    assert "--password={{my_secret.password}}" in said[0]
    assert not any("another-secret" in line for line in said)
