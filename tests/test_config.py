"""S3 and decision 3: which configurations are refused, and with which way out."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from zenml.client import Client
from zenml.enums import StackComponentType as Type

from tests.support import direct
from tests.support.pipelines import stack_with
from zenml_trackers.zenml import compat
from zenml_trackers.zenml.trackio import config as trackio_config
from zenml_trackers.zenml.trackio.flavor import TrackioExperimentTrackerConfig as Config
from zenml_trackers.zenml.trackio.flavor import TrackioExperimentTrackerSettings as Settings

SECRET = "TopSecretWriteToken0123456789"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"workspace": "acme", "base_url": "http://host:7860"}, "workspace and base_url exclude each other"),
        ({"base_url": "host:7860"}, "base_url has no scheme; write http://host:port or https://host"),
        ({"server_url": "ftp://host"}, "server_url begins with ftp://; write http://host:port or https://host"),
        ({"base_url": "https://"}, "base_url has no host"),
        ({"base_url": "http://host:port"}, "base_url has a port that is no number"),
        ({"base_url": f"http://[{SECRET}"}, "base_url has a host that can't be one"),
        ({"base_url": f"http://host?hf_token={SECRET}"}, "base_url holds what looks like a secret, 'hf_token'"),
        ({"base_url": f"http://user:{SECRET}@host"}, "base_url holds credentials before the host"),
        (
            {"base_url": f"http://host/?write_token={SECRET}", "api_key": "another-token"},
            "base_url holds a write_token",
        ),
        ({"project": "a", "project_name": "b"}, "project and project_name mean the same and differ"),
        ({"api_key": "one-secret", "hf_token": "two-secret"}, "api_key and hf_token mean the same and differ"),
        ({"base_url": "http://a", "server_url": "http://b"}, "base_url and server_url mean the same and differ"),
        ({"project": "my project"}, "Use 'my-project'"),
        ({"project": "a/b"}, "Use 'a-b'"),
        ({"project": "x" * 181}, "180 bytes at most"),
        ({"project": "a\"b'c"}, "Use 'a-b-c'"),
        ({"project": "run_configs"}, "Use 'zenml-run_configs-runs'"),
        ({"project": "registry-x"}, "Use 'zenml-registry-x-runs'"),
        ({"space_id": "board"}, "has no owner; write it as owner/name"),
        ({"space_id": "a/b", "workspace": "c"}, "is not in the workspace 'c'"),
        ({"space_id": "a/b/c"}, "space_id 'a/b/c' has too many parts"),
        ({"workspace": "a/b"}, "workspace 'a/b' has a slash"),
        ({"space_id": "a/b", "base_url": "http://host"}, "space_id and base_url are two places"),
        ({"base_url": "https://huggingface.co/acme"}, "names no Space"),
        ({"bucket_id": "a/b"}, "bucket_id needs a Space"),
        ({"deadline": 0}, "deadline"),
        ({"deadline": "soon"}, "deadline"),
        ({"deadline": "inf"}, "deadline"),
        ({"tags": [""]}, r"tags\[0\] is empty"),
        ({"metadata": {"a": object()}}, r"metadata\['a'\]"),
        ({"run_name": ""}, "run_name is empty"),
    ],
)
def test_a_wrong_combination_names_the_field_and_the_way_out(fields, said):
    with pytest.raises(ValidationError, match=said) as caught:
        Config(**fields)
    assert SECRET not in str(caught.value)


@pytest.mark.skipif(compat.stores_config_as_given(), reason="this ZenML would store the token in clear: see below")
def test_a_token_in_the_url_moves_to_api_key():
    config = Config(base_url=f"http://host:7860/?project=x&write_token={SECRET}")
    assert (config.base_url, config.api_key) == ("http://host:7860", SECRET)
    assert SECRET not in repr(config)


def test_a_token_in_the_url_is_refused_where_zenml_would_store_it():
    with pytest.raises(ValueError, match="register it as api_key") as caught:
        trackio_config.checked({"base_url": f"http://host/?write_token={SECRET}"}, tokens_may_move=False)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "space"),
    [
        ({}, None),
        ({"workspace": "acme"}, "acme/trackio"),
        ({"workspace": "acme", "space_id": "board"}, "acme/board"),
        ({"space_id": "acme/board"}, "acme/board"),
        ({"base_url": "https://huggingface.co/spaces/acme/board/"}, "acme/board"),
        ({"base_url": "http://host:7860"}, None),
    ],
)
def test_which_space_is_meant(fields, space):
    assert trackio_config.space_of(trackio_config.checked(fields, tokens_may_move=True)) == space


def test_the_fields_of_the_built_in_flavor_are_taken_too():
    fields = {
        "project_name": "zenml",
        "server_url": "http://host:7860",
        "resume": "allow",
        "auto_sync": True,
        "log_gpu_metrics": False,
    }
    backend = direct.backend_of(direct.tracker(**fields), "zenml")
    assert (backend.target.server_url, backend.target.project) == ("http://host:7860", "zenml")


def test_an_unknown_setting_is_named_with_the_nearest_one():
    with pytest.raises(ValidationError, match="Did you mean 'run_name'"):
        Settings(run_nam="x")


def test_trackios_own_variables_hold_where_nothing_is_configured(monkeypatch):
    monkeypatch.setenv("TRACKIO_SERVER_URL", f"http://elsewhere:1/?write_token={SECRET}")
    ambient = direct.backend_of(direct.tracker(), "p").target
    assert (ambient.server_url, ambient.token) == ("http://elsewhere:1/", SECRET)
    monkeypatch.setenv("TRACKIO_WRITE_TOKEN", "from-the-environment")
    configured = direct.backend_of(direct.tracker(base_url="http://mine:2"), "p").target
    assert (configured.server_url, configured.token) == ("http://mine:2", "from-the-environment")


def test_registration_stores_what_was_meant_and_refuses_what_cannot_work(zenml_store):
    stack_with("good", project="digits", workspace="acme", api_key="{{later.token}}")
    client = Client()
    stored = client.get_stack_component(Type.EXPERIMENT_TRACKER, "good").configuration
    assert {**stored, "log_cpu_metrics": False} == {
        "project": "digits",
        "workspace": "acme",
        "api_key": "{{later.token}}",
        "log_cpu_metrics": False,
    }
    with pytest.raises(Exception, match="Use 'my-digits'"):
        client.create_stack_component("bad", "trackio", Type.EXPERIMENT_TRACKER, {"project": "my digits"})
    with pytest.raises(Exception, match="nonsense"):
        client.create_stack_component("bad", "trackio", Type.EXPERIMENT_TRACKER, {"nonsense": "x"})
    assert client.list_stack_components(name="bad").items == []


def test_a_token_in_the_url_never_reaches_zenmls_store(zenml_store):
    config = {"base_url": f"http://host:7860/?write_token={SECRET}"}
    if compat.stores_config_as_given():
        with pytest.raises(ValueError, match="would store in clear"):
            stack_with("tokened", **config)
        return
    stack_with("tokened", **config)
    stored = Client().get_stack_component(Type.EXPERIMENT_TRACKER, "tokened").configuration
    assert stored["base_url"] == "http://host:7860"
    assert stored["api_key"] == SECRET
