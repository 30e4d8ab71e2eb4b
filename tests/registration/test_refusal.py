"""Who is told in which way that a tracker makes no sense."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import click
import pytest
from pydantic import ValidationError

from zenml_trackers.errors import InvalidSettings
from zenml_trackers.zenml.trackio.flavor import TrackioExperimentTrackerConfig, TrackioExperimentTrackerFlavor
from zenml_trackers.zenml.unified.flavor import UnifiedExperimentTrackerConfig, UnifiedExperimentTrackerFlavor

SECRET = "hunter2-very-secret"


@contextmanager
def running(*commands: str, **params: object) -> Iterator[None]:
    """Commands that run, each inside of the one before; the last has the parameters."""
    context = None
    for command in commands:
        context = click.Context(click.Command(command), parent=context)
    assert context is not None
    context.params.update(params)
    with context:
        yield


ZENML = ("cli", "experiment-tracker", "register")


class TestZenmlsCommand:
    def test_it_is_told_in_one_line_what_is_wrong_with_all_fields(self):
        with running(*ZENML), pytest.raises(click.ClickException) as refusal:
            TrackioExperimentTrackerConfig(deadline="soon", strict="perhaps", resume="maybe")
        said = refusal.value.message
        assert "\n" not in said
        assert all(f"{field} must be " in said for field in ("deadline", "strict", "resume"))

    @pytest.mark.parametrize(
        ("flavor", "words"),
        [
            (TrackioExperimentTrackerFlavor, ["--workspce=acme"]),
            (UnifiedExperimentTrackerFlavor, ["--url=memory://a", f"--pasword={SECRET}"]),
        ],
    )
    def test_it_is_told_of_an_unknown_field_before_zenml_asks_for_fields(self, flavor, words):
        for given in ({"args": (*words, "name")}, {"args": tuple(words[1:]), "name": words[0], "labels": ("a=b",)}):
            with running(*ZENML, **given), pytest.raises(click.ClickException, match="Did you mean '") as refusal:
                _ = flavor().config_class
            assert SECRET not in refusal.value.message

    def test_it_is_given_the_class_where_all_fields_are_known(self):
        with running(*ZENML, args=("--workspace=acme",), name="trackio_tracker", flavor="trackio", labels=()):
            assert TrackioExperimentTrackerFlavor().config_class is TrackioExperimentTrackerConfig


class TestAnyOtherProgram:
    @pytest.mark.parametrize("commands", [("uvicorn",), ("cli", "pipeline", "run"), ("train",)])
    def test_it_gets_the_error_that_it_gets_without_a_command(self, commands):
        with running(*commands), pytest.raises(ValidationError, match="deadline"):
            TrackioExperimentTrackerConfig(deadline="soon")
        with running(*commands, args=("--workspce=acme",)):
            assert TrackioExperimentTrackerFlavor().config_class is TrackioExperimentTrackerConfig

    @pytest.mark.parametrize(
        "fields",
        [{"tags": "nightly"}, {"tagz": ["nightly"]}, {"deadline": "{{a.b}}"}, {"url": "memory:a"}, {"urls": [5]}],
    )
    def test_a_server_gets_a_value_error(self, fields):
        with pytest.raises(ValueError, match=next(iter(fields))):
            UnifiedExperimentTrackerConfig(**{"url": "memory://a", **fields})

    def test_a_server_gets_a_value_error_for_a_backend_that_it_has_not(self):
        config = UnifiedExperimentTrackerConfig(url="memry://a")
        with pytest.raises(InvalidSettings, match="url: There is no tracker backend 'memry'"):
            _ = config.is_valid


class TestWhatIsStored:
    @pytest.mark.parametrize("field", ["project", "workspace", "base_url", "space_id", "api_key"])
    def test_an_empty_field_is_refused_at_registration_and_harms_no_step(self, field):
        config = TrackioExperimentTrackerConfig(**{field: ""})
        assert config.is_local
        with pytest.raises(InvalidSettings, match=f"{field} is empty"):
            _ = config.is_valid

    def test_a_secret_is_looked_up_for_no_question_of_zenmls_at_registration(self, monkeypatch):
        from zenml.client import Client

        monkeypatch.setattr(Client, "get_secret_by_name_and_private_status", None)
        config = TrackioExperimentTrackerConfig(base_url="{{a.b}}", project="{{a.c}}", api_key="{{a.d}}")
        assert config.is_valid
        assert not config.is_local
        assert UnifiedExperimentTrackerConfig(url="trackio:///", project="{{a.c}}", api_key="{{a.d}}").is_valid

    def test_an_update_may_put_urls_in_the_place_of_a_url(self):
        assert UnifiedExperimentTrackerConfig(url="", urls='["memory://a"]').urls == ["memory://a"]
        assert UnifiedExperimentTrackerConfig(url="memory://a", urls="[]").url == "memory://a"

    def test_a_secret_in_clear_is_warned_of_once_and_not_shown(self, caplog):
        caplog.set_level(logging.WARNING, logger="zenml_trackers")
        config = TrackioExperimentTrackerConfig(api_key="{{a.b}}", hf_token="{{a.b}}")
        assert config.is_valid
        assert not caplog.records
        for _ in range(2):
            assert TrackioExperimentTrackerConfig(api_key=SECRET).is_valid
        assert [record.getMessage() for record in caplog.records] == [
            "The api_key will be stored in clear. Better keep it as a secret of ZenML's, made with "
            "`zenml secret create`, and refer to that: --api_key={{my_secret.api_key}}."
        ]
