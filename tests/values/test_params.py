"""Params of all kinds, and what is said of those that no tracker can hold."""

from __future__ import annotations

import argparse
import dataclasses
from types import SimpleNamespace

import numpy as np
import pydantic
import pytest
from omegaconf import OmegaConf

from zenml_trackers.model.values.params import params


@dataclasses.dataclass
class Config:
    lr: float = 0.1
    inner: SimpleNamespace = dataclasses.field(default_factory=lambda: SimpleNamespace(depth=2))


class Model(pydantic.BaseModel):
    lr: float = 0.1
    key: pydantic.SecretStr = pydantic.SecretStr("hush")


@pytest.mark.parametrize(
    ("config", "stored"),
    [
        (Config(), {"lr": 0.1, "inner": {"depth": 2}}),
        (Model(), {"lr": 0.1, "key": "**********"}),
        (argparse.Namespace(lr=0.1), {"lr": 0.1}),
        (OmegaConf.create({"a": {"sizes": [1, 2]}}), {"a": {"sizes": [1, 2]}}),
    ],
)
def test_an_object_with_fields_is_a_map(config, stored):
    assert params(config) == (stored, [])


def test_what_omegaconf_lacks_is_named_and_the_rest_kept():
    stored, [first, *_, last] = params(
        OmegaConf.create({"model": {"lr": "???", "sizes": [1, "???"], "name": "${gone}"}})
    )
    assert stored == {"model": {"sizes": [1, None]}}
    assert "'model'['lr'] could not be read" in str(first)
    assert "'model'['name'] could not be read" in str(last)


def test_an_odd_leaf_takes_nothing_along():
    stored, [error] = params({"model": {"layers": [1, {"lock": NotImplemented, "size": 3}]}, "id2label": {0: "cat"}})
    assert stored == {"model": {"layers": [1, {"lock": "NotImplemented", "size": 3}]}, "id2label": {"0": "cat"}}
    assert str(error) == (
        "'model'['layers'][1]['lock'] is of type builtins.NotImplementedType, which no tracker can hold; its text is "
        "stored."
    )


def test_keys_that_are_one_as_text_are_told():
    stored, [error] = params({0: "a", "0": "b"})
    assert stored == {"0": "a"}
    assert str(error) == "'0' is given twice as text, and the first of both is taken."


def test_a_large_array_is_text():
    stored, [error] = params({"weights": np.zeros(20_000)})
    assert stored["weights"] == "[0. 0. 0. ... 0. 0. 0.]"
    assert "'weights' is of type numpy.ndarray" in str(error)


def test_a_deep_map_ends():
    deep: dict = {"end": 1}
    for _ in range(99):
        deep = {"in": deep}
    assert params(deep) == (deep, [])
    stored, [error] = params({"in": {"in": deep}})
    assert stored
    assert "nested deeper than 100 levels" in str(error)


def test_an_object_that_seems_to_have_every_attribute_is_text():
    class Anything:
        def __getattr__(self, name):
            return self

    stored, [error] = params({"odd": Anything()})
    assert "Anything object" in stored["odd"]
    assert "its text is stored" in str(error)
