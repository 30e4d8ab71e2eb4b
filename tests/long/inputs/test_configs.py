"""Configurations of components, and settings of steps."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from tests.long.inputs import MANY
from tests.long.inputs.strange import texts, told_values
from tests.long.inputs.test_urls import SECRET, urls
from zenml_trackers.zenml.trackio.flavor import TrackioExperimentTrackerConfig, TrackioExperimentTrackerSettings
from zenml_trackers.zenml.unified.flavor import UnifiedExperimentTrackerConfig, UnifiedExperimentTrackerSettings

KINDS: list[type[BaseModel]] = [
    TrackioExperimentTrackerConfig,
    TrackioExperimentTrackerSettings,
    UnifiedExperimentTrackerConfig,
    UnifiedExperimentTrackerSettings,
]
given_values = st.one_of(
    told_values,
    texts,
    urls,
    st.sampled_from(["true", "1", "[]", "{}", '["a"]', '{"a": 1}', "[", "{"]),
)


@pytest.mark.parametrize("kind", KINDS)
@MANY
@given(data=st.data())
def test_it_is_valid_or_refused_by_the_field(kind: type[BaseModel], data: st.DataObject) -> None:
    fields = st.sampled_from(sorted(kind.model_fields))
    given = data.draw(st.dictionaries(fields | texts, given_values, max_size=3))
    secrets = {name: SECRET for name in ("api_key", "password", "hf_token") if name in kind.model_fields}
    given |= data.draw(st.fixed_dictionaries({}, optional={name: st.just(SECRET) for name in secrets}))
    try:
        made = kind(**given)
        valid = getattr(made, "is_valid", True)
    except ValueError as error:
        told = str(error)
        assert SECRET not in told
        assert any(name in told or repr(name)[1:-1] in told for name in [*given, "url", "urls"]), told
    else:
        assert valid is True
        assert SECRET not in repr(made)


@pytest.mark.parametrize("kind", KINDS)
@MANY
@given(data=st.data())
def test_what_was_taken_is_taken_again(kind: type[BaseModel], data: st.DataObject) -> None:
    """ZenML stores it as JSON, and makes it anew in each process."""
    names = data.draw(st.sets(st.sampled_from(sorted(kind.model_fields)), max_size=3))
    given: dict[str, Any] = {name: data.draw(given_values) for name in names}
    try:
        made = kind(**given)
    except ValueError:
        return
    stored = made.model_dump_json(exclude_unset=True)
    assert kind(**kind.model_validate_json(stored).model_dump(exclude_unset=True)) == made
