"""What is made the quick way is what pydantic would have made."""

from __future__ import annotations

import copy
import pickle

import pytest

from zenml_trackers.model import quick
from zenml_trackers.model.records import Metrics
from zenml_trackers.model.stored import MetricPoint

ROW = {"number": 7, "time": 1.5, "values": {"m": 1}, "step": 3}
POINT = {"name": "m", "step": 3, "value": 0.5}


@pytest.mark.parametrize(
    ("made", "expected"),
    [(quick.row(**ROW), Metrics(**ROW)), (quick.point(**POINT), MetricPoint(**POINT))],
    ids=["row", "point"],
)
def test_it_is_the_same(made, expected):
    for each in (made, copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made)), made.model_copy()):
        assert each == expected
        assert (each.model_dump(), repr(each)) == (expected.model_dump(), repr(expected))
        assert each.model_fields_set == expected.model_fields_set
    with pytest.raises(ValueError, match="frozen"):
        made.step = 4
