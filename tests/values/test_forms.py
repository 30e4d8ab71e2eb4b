"""Every form of value, logged by every method, is stored on every tracker as documented, or named in a warning."""

from __future__ import annotations

import contextlib
import json
import warnings
from pathlib import Path

import PIL.Image
import pytest

from tests.support import trackers
from tests.support.said import warnings_in
from zenml_trackers.model.records import Image, Table
from zenml_trackers.model.values.numbers import metrics
from zenml_trackers.model.values.params import Conversion
from zenml_trackers.testing import forms

PAGE = Path(__file__).parents[2] / "docs" / "values.md"
FORMS = list(forms.known())
VALUES = {f"{form.kind} {form.name}": form.logged for form in FORMS}


def test_the_page_has_the_tables():
    assert forms.tables() in PAGE.read_text("utf-8"), (
        "write them anew: python -m zenml_trackers.testing.forms docs/values.md"
    )


def test_the_libraries_of_the_forms_are_here():
    assert {form.needs for form in forms.FORMS} - {form.needs for form in FORMS} <= {"torch"}


def test_there_are_many():
    assert len(VALUES) * 4 > 300


def _log_all(run):
    """Each value as each kind: as a metric, a param, a cell and an image."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of NumPy's, on what is odd
        run.log({f"metric of {name}": value for name, value in VALUES.items()})
        run.log_params({f"param of {name}": value for name, value in VALUES.items()})
        run.log_table("cells", list(VALUES), [list(VALUES.values())])
        for name, value in VALUES.items():
            run.log_image(f"image of {name}", value)


@pytest.mark.slow
@trackers.every_tracker
def test_nothing_is_lost_without_its_name(backend, tmp_path, project, monkeypatch, said):
    tracker = trackers.connected(backend, tmp_path, project, monkeypatch)
    with tracker.start_run() as run:
        _log_all(run)
    [stored] = tracker.read()
    attached = list(tracker.backend.attachments(stored.id, tmp_path))
    named = "\n".join(warnings_in(said))
    found = {point.name for point in stored.metrics} | stored.params.keys()
    found |= {each.name for each in attached if isinstance(each, Image)}
    [table] = [each for each in attached if isinstance(each, Table)]
    assert list(table.columns) == list(VALUES)
    wanted = [f"{kind} of {name}" for kind in ("metric", "param", "image") for name in VALUES]
    assert [name for name in wanted if not _is_there(name, found) and f"'{name}" not in named] == []
    _need_documented(stored, attached, table)


def _is_there(name, found):
    return name in found or any(each.startswith(f"{name}/") for each in found)


def _need_documented(stored, attached, table):
    numbers = {point.name: point.value for point in stored.metrics}
    images = {each.name: each.image for each in attached if isinstance(each, Image)}
    cells = dict(zip(table.columns, table.rows[0], strict=True))
    for form in FORMS:
        name = f"{form.kind} {form.name}"
        found = {
            "metric": numbers.get(f"metric of {name}"),
            "param": stored.params.get(f"param of {name}"),
            "cell": cells[name],
            "image": _pixel(images.get(f"image of {name}")),
        }
        assert found[form.kind] == form.stored, name


def _pixel(image):
    if image is None:
        return None
    with contextlib.closing(image if isinstance(image, PIL.Image.Image) else PIL.Image.open(image)) as picture:
        return picture.convert("RGB").getpixel((0, 0))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.kind} {form.name}")
def test_a_value_is_either_kept_or_named_by_each_conversion(form):
    good, bad = metrics({"name": form.logged})
    assert good or bad
    conversion = Conversion()
    json.dumps(conversion.plain(form.logged, "'name'"))
    assert all("'name" in str(error) for error in [*bad, *conversion.odd])
