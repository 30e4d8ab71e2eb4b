"""Files of text, histograms, sound and video, and what is said of what is none."""

from __future__ import annotations

import io
import json
import wave

import numpy as np
import pytest

from zenml_trackers.errors import UnstorableValue
from zenml_trackers.model.values import media

MP4, WEBM, GIF = b"\0\0\0\x18ftypmp42", b"\x1aE\xdf\xa3....", b"GIF89a"


def test_a_histogram_counts_what_is_finite():
    found = json.loads(media.histogram("h", np.array([0.0, 1.0, 1.0, np.nan, np.inf]), 2))
    assert found == {"counts": [1, 2], "edges": [0.0, 0.5, 1.0]}


def test_a_histogram_may_be_given_as_counts_and_edges():
    assert json.loads(media.histogram("h", ([1, 2], [0.0, 0.5, 1.0]), 64))["counts"] == [1, 2]


@pytest.mark.parametrize("values", ["text", ([1, 2], [0.0, 1.0]), [None], {"a": 1}])
def test_what_is_no_histogram_is_named(values):
    with pytest.raises(UnstorableValue, match=r"^histogram 'h': .*; pass numbers, or counts and edges\.$"):
        media.histogram("h", values, 64)


@pytest.mark.parametrize(
    ("samples", "channels", "first"),
    [(np.array([1.0, -1.0]), 1, 32767), ([[0.5, 0.0], [0.0, 0.0]], 2, 16383), (np.array([7, 8], "int16"), 1, 7)],
)
def test_samples_are_a_file_of_sound(samples, channels, first):
    content, ending = media.audio("beep", samples, 8000)
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getnframes()) == (8000, channels, 2)
        assert int.from_bytes(file.readframes(1)[:2], "little", signed=True) == first
    assert ending == "wav"


@pytest.mark.parametrize(
    ("sound", "rate", "said"),
    [
        (b"xxxx", None, "is none of wav, ogg, flac, mp3"),
        ("nowhere.wav", None, "No such file"),
        (np.zeros(3), None, "samples need a sample_rate"),
        (np.full(3, 2.0), 8000, "floats are from -1 to 1"),
        (np.zeros((2, 100)), 8000, "samples are shaped"),
    ],
)
def test_what_is_no_sound_is_named(sound, rate, said):
    with pytest.raises(UnstorableValue, match=rf"^audio 'beep': .*{said}.*; pass a path"):
        media.audio("beep", sound, rate)


@pytest.mark.parametrize(("film", "ending"), [(MP4, "mp4"), (WEBM, "webm"), (GIF, "gif")])
def test_a_video_is_known_by_how_it_begins(film, ending):
    assert media.video("v", film) == (film, ending)


@pytest.mark.parametrize("film", [b"xxxx", 7, np.zeros((2, 3, 4, 4))])
def test_what_is_no_video_is_named(film):
    with pytest.raises(UnstorableValue, match=r"^video 'v': .*; pass a path or bytes"):
        media.video("v", film)
