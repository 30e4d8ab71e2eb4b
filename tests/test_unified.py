"""The flavor `unified` in real ZenML pipelines: step code that never changes with the tracker.

No `from __future__ import annotations` here: ZenML below 0.90 reads the types of a step as they stand.
"""

from typing import Any

import pytest
from zenml import pipeline, step
from zenml.client import Client
from zenml.enums import StackComponentType as Type

from tests.support.pipelines import run, unified_stack_with
from tests.support.server import closed_port
from tests.support.trackers import OWN
from zenml_trackers import connect, get_run
from zenml_trackers.model.stored import StoredRun
from zenml_trackers.model.url import TrackerUrl
from zenml_trackers.zenml import registration
from zenml_trackers.zenml.settings import _warn_of_component_field
from zenml_trackers.zenml.unified.flavor import UnifiedExperimentTrackerConfig

SETTINGS = {"tags": ["nightly"], "metadata": {"seed": 7}}


@step(experiment_tracker="tracker", enable_cache=False, settings={"experiment_tracker": SETTINGS})
def train() -> float:
    tracked = get_run()
    for epoch in range(3):
        tracked.log({"loss": 1 / (epoch + 1)})
    tracked.log_params({"model": {"depth": 3, "rate": 1e-3}})
    tracked.add_tags("trained")
    return 0.5


@step(experiment_tracker="tracker", enable_cache=False)
def check(loss: float) -> None:
    get_run().log({"final": loss})
    raise ValueError("not good enough")


@pipeline
def digits() -> None:
    check(train())


def told(found: Any, name: str) -> dict[str, Any]:
    """A step's metadata."""
    return {key: getattr(value, "value", value) for key, value in found.steps[name].run_metadata.items()}


def seen(stored: StoredRun) -> dict[str, Any]:
    """What must not depend on where the run is stored."""
    return stored.model_dump(exclude=OWN)


TRACKERS = [
    "memory://{project}",
    "trackio:///{project}",
    "mlflow+sqlite:///{folder}/mlflow.db",
    "wandb+offline:///{folder}",
    "tensorboard:///{folder}",
    "aim:///{folder}",
    "comet+offline:///{folder}",
]


@pytest.mark.slow
@pytest.mark.parametrize("url", TRACKERS, ids=lambda url: url.partition(":")[0])
def test_the_same_steps_are_stored_by_any_tracker(zenml_store, project, tmp_path, url):
    url = url.format(project=project, folder=tmp_path)
    unified_stack_with(url=url)
    found = run(digits)
    stored = list(connect(url, project="digits").read())
    assert [(each.step, each.status.value) for each in stored] == [("train", "finished"), ("check", "failed")]
    assert stored[0].tags == {"nightly", "trained", "digits", found.name, "train"}
    assert (stored[0].metadata, stored[0].params) == ({"seed": 7}, {"model": {"depth": 3, "rate": 1e-3}})
    assert [(point.step, point.value) for point in stored[0].metrics] == [(0, 1.0), (1, 0.5), (2, 1 / 3)]
    assert stored[1].error.message == "not good enough"
    backend = TrackerUrl.parse(url).backend
    assert told(found, "train")[f"{backend}_run_id"] == stored[0].id


@pytest.mark.slow
def test_several_trackers_get_the_same_while_one_of_them_fails(zenml_store, project):
    urls = [f"trackio:///{project}", f"trackio+{closed_port()}/{project}-gone", f"memory://{project}"]
    unified_stack_with(urls=urls, deadline=4)
    found = run(digits)
    one, other = (list(connect(url, project="digits").read()) for url in (urls[0], urls[2]))
    assert len(one) == 2
    assert [seen(each) for each in one] == [seen(each) for each in other]
    metadata = told(found, "train")
    assert str(metadata["experiment_tracker_url"]) == one[0].url
    assert metadata["memory_run_id"] == other[0].id


def test_a_secret_is_resolved_when_it_is_used(zenml_store, project):
    Client().create_secret("keys", {"password": "hunter2-very-secret"})
    unified_stack_with(url=f"memory://{project}", credentials={"memory.password": "{{keys.password}}"})
    component = Client().active_stack.experiment_tracker
    assert component.receivers(component.config)[0].make(project).secrets == ("hunter2-very-secret",)
    assert "hunter2" not in f"{component!r}{component.config!r}"
    assert {secret.name for secret in component.config.required_secrets} == {"keys"}


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "url is missing"),
        ({"url": "memory://a", "urls": ["memory://b"]}, "url and urls exclude each other"),
        ({"urls": "not json"}, "urls must be a list of text in JSON"),
        ({"url": "nowhere:///x"}, "installed are: .*memory"),
        ({"url": "memory+http://host/x"}, "there are memory://"),
        ({"url": "mlflow+http://host/x", "username": "me"}, "takes a username and a password together"),
        ({"url": "memory://a?colour=red"}, "unknown option 'colour'"),
        ({"url": "memory://a", "credentials": {"memory.api_key": "clear"}}, "would be stored in clear"),
        ({"url": "memory://a", "credentials": {"mlflow.api_key": "{{a.b}}"}}, "there are api_key, memory.api_key"),
        ({"url": "memory://me:hunter2@a"}, "holds credentials"),
        ({"url": "memory://a", "tagz": ["x"]}, "tagz"),
    ],
)
def test_what_makes_no_sense_is_refused_at_registration(zenml_store, fields, says):
    registration.register(registration.UNIFIED)
    with pytest.raises(Exception, match=says) as refusal:
        Client().create_stack_component("bad", "unified", Type.EXPERIMENT_TRACKER, fields)
    assert "hunter2" not in str(refusal.value)
    assert Client().list_stack_components(name="bad").total == 0


def test_what_makes_no_sense_is_refused_at_update(zenml_store, project):
    unified_stack_with(url=f"memory://{project}")
    with pytest.raises(Exception, match="Did you mean 'memory'"):
        Client().update_stack_component("tracker", Type.EXPERIMENT_TRACKER, configuration={"url": f"memry://{project}"})
    assert Client().active_stack.experiment_tracker.config.url == f"memory://{project}"


def test_a_secret_in_clear_is_warned_of_once_at_registration(zenml_store, project, said):
    unified_stack_with(url=f"memory://{project}", api_key="{{later.key}}", username="me", password="hunter2")
    warnings = [record.getMessage() for record in said.records if record.levelname == "WARNING"]
    assert len(warnings) == 1
    assert "--password={{my_secret.password}}" in warnings[0]
    assert "hunter2" not in said.text


def test_a_component_s_field_among_a_step_s_settings_is_warned_of(zenml_store, project, said):
    unified_stack_with(url=f"memory://{project}", project="digits")
    elsewhere = train.with_options(settings={"experiment_tracker": {**SETTINGS, "url": f"memory://{project}-other"}})

    @pipeline
    def single() -> None:
        elsewhere()

    _warn_of_component_field.cache_clear()
    run(single)
    assert said.text.count("is a field of the component, not of a step") == 1
    assert "'url' is a field" in said.text
    assert len(list(connect(f"memory://{project}", project="digits").read())) == 1


def test_lists_and_maps_may_come_from_the_command_line():
    config = UnifiedExperimentTrackerConfig(urls='["memory://a", "memory://b"]', credentials='{"api_key": "{{a.b}}"}')
    assert [place.host for place in config.places] == ["a", "b"]
    assert config.credentials == {"api_key": "{{a.b}}"}


def test_an_image_for_a_remote_step_gets_what_the_trackers_need(zenml_store, project):
    unified_stack_with(urls=[f"trackio:///{project}", f"memory://{project}"])
    assert Client().active_stack.experiment_tracker.requirements == {"zenml-trackers[memory,trackio]"}
