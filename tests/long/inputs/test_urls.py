"""URLs, and the credentials that come with them."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.long.inputs import MANY
from tests.long.inputs.strange import texts, told_values
from zenml_trackers import connect
from zenml_trackers.delivery.connection import CREDENTIALS
from zenml_trackers.errors import TrackerError
from zenml_trackers.model.url import TrackerUrl

SECRET = "hunter2-never-shown"
BACKENDS = ["trackio", "mlflow", "wandb", "comet", "tensorboard", "aim", "memory", "nothing", "Trackio", ""]
TRANSPORTS = ["", "+http", "+https", "+sqlite", "+offline", "+space", "+", "+ftp"]
parts = st.one_of(
    texts, st.text(string.printable, max_size=12), st.sampled_from(["", "host", "host:99999", "[::1", "."])
)
urls = st.builds(
    lambda backend, transport, host, path, query: f"{backend}{transport}://{host}/{path}{query}",
    st.sampled_from(BACKENDS),
    st.sampled_from(TRANSPORTS),
    parts,
    parts,
    st.one_of(st.just(""), parts.map("?{}".format), st.just("?project=a"), st.just("#x")),
)


def _need_one_line(error: Exception) -> None:
    assert str(error).strip()
    assert "\n" not in str(error)
    assert SECRET not in str(error)


@MANY
@given(text=urls | texts)
def test_a_url_is_taken_as_it_is_or_refused_in_one_line(text: str) -> None:
    try:
        url = TrackerUrl.parse(text)
    except TrackerError as error:
        _need_one_line(error)
    else:
        assert TrackerUrl.parse(str(url)) == url


@MANY
@given(
    scheme=st.sampled_from(["trackio+http", "mlflow+https", "wandb", "comet"]),
    before=parts,
    after=parts,
    form=st.sampled_from(
        [
            "{scheme}://{before}:{secret}@host/{after}",
            "{scheme}://host/{before}?token={secret}&{after}",
            "{scheme}://host/{before}?{after}&api_key={secret}",
        ]
    ),
)
def test_a_secret_in_a_url_is_never_shown(scheme: str, before: str, after: str, form: str) -> None:
    text = form.format(scheme=scheme, before=before, after=after, secret=SECRET)
    with pytest.raises(TrackerError) as refusal:
        TrackerUrl.parse(text)
    _need_one_line(refusal.value)


@MANY
@given(
    url=urls,
    project=st.none() | texts,
    credentials=st.dictionaries(st.sampled_from(sorted(CREDENTIALS)) | texts, texts.map(lambda text: text + SECRET)),
)
def test_a_tracker_is_made_or_refused_in_one_line(url: str, project: str | None, credentials: dict[str, str]) -> None:
    try:
        tracker = connect(url, project=project, credentials=credentials)
    except TrackerError as error:
        _need_one_line(error)
    else:
        assert SECRET not in repr(tracker)


@MANY
@given(given=st.dictionaries(st.sampled_from(["project", "deadline", "strict"]), told_values))
def test_what_is_no_option_is_refused_in_one_line(given: dict[str, object]) -> None:
    try:
        connect("memory://inputs", **given)  # type: ignore[arg-type]  # that is what is tried
    except (TrackerError, TypeError) as error:
        _need_one_line(error)
