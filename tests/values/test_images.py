"""Images of all kinds, and what is said of the others."""

from __future__ import annotations

import numpy as np
import PIL.Image
import pytest

from zenml_trackers.errors import UnstorableValue
from zenml_trackers.model.values.images import STORED_MODES, as_pil


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "HSV", "I", "F", "LA", "I;16"])
def test_every_mode_of_pillow_becomes_one_that_a_file_holds(mode):
    red = PIL.Image.new("RGB", (3, 2), "red")
    if mode == "LAB":
        from PIL import ImageCms

        profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        image = ImageCms.profileToProfile(red, *profiles, outputMode="LAB")
    else:
        image = red.convert("L").convert("I").convert("I;16") if mode == "I;16" else red.convert(mode)
    picture = as_pil("it", image)
    assert picture.mode in STORED_MODES
    if mode in ("RGB", "RGBA", "CMYK", "YCbCr", "LAB", "HSV"):
        found = picture.convert("RGB").getpixel((0, 0))
        assert found[0] >= 250
        assert max(found[1:]) <= 5
    elif mode not in ("1", "P", "I;16"):
        assert picture.convert("L").getpixel((0, 0)) == 76


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((2, 3, 7)),
        np.full((2, 3), 300.0),
        np.full((2, 3), -1),
        np.full((2, 3), np.nan),
        np.zeros((0, 3)),
        np.zeros(5),
        np.array([["a"]]),
    ],
    ids=["channels", "large", "negative", "nan", "empty", "flat", "text"],
)
def test_what_is_no_picture_is_named_with_the_way_out(array):
    with pytest.raises(UnstorableValue, match=r"^image 'it' can't be read \(.+\); pass a path, bytes of a file"):
        as_pil("it", array)


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(UnstorableValue, match=r"image 'it' can't be read \(.*No such file.*nowhere.png"):
        as_pil("it", "nowhere.png")


def test_floats_that_are_a_little_off_are_clipped():
    assert as_pil("it", np.full((2, 2), 1.0000001)).getpixel((0, 0)) == 255
