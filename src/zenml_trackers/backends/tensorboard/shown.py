"""What TensorBoard's plugins show, as values of an event file, and what such values stand for."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tensorboard.compat.proto.summary_pb2 import DATA_CLASS_SCALAR, Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.types_pb2 import DT_FLOAT
from tensorboard.plugins.hparams import api_pb2
from tensorboard.plugins.hparams import metadata as hparams
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData, SessionEndInfo, SessionStartInfo
from tensorboard.plugins.image import metadata as images
from tensorboard.plugins.scalar import metadata as scalars
from tensorboard.plugins.text.summary_v2 import text_pb
from tensorboard.util import tensor_util

from zenml_trackers.model.values.params import leaves

if TYPE_CHECKING:
    import PIL.Image

EXACT = ("bool_val", "int64_val", "uint64_val", "double_val")
"""The fields of a tensor in which a number is exact."""
LARGEST_INT64 = 2**63 - 1
STATUSES = {"running": "STATUS_RUNNING", "finished": "STATUS_SUCCESS", "failed": "STATUS_FAILURE"}


SCALAR = scalars.create_summary_metadata(display_name=None, description=None)
SCALAR.data_class = DATA_CLASS_SCALAR


def scalar(tag: str, value: bool | int | float) -> Any:
    """A number, as the 32 bits that TensorBoard shows, and beside them, where it does not look, with all its bits.

    A tensor of doubles alone is not shown: TensorBoard's data server skips it.
    """
    tensor = TensorProto(dtype=DT_FLOAT, float_val=[value], **{_exact_field(value): [value]})
    return Summary.Value(tag=tag, metadata=SCALAR, tensor=tensor)


def number(value: Any) -> bool | int | float:
    """What `scalar` was given, or what another program stored."""
    tensor = value.tensor
    exact = next((found[0] for field in EXACT if (found := getattr(tensor, field))), None)
    stored: bool | int | float = array(value).item() if exact is None else exact
    return stored


def _exact_field(value: bool | int | float) -> str:
    if isinstance(value, bool):
        return "bool_val"
    if isinstance(value, int):
        return "int64_val" if value <= LARGEST_INT64 else "uint64_val"
    return "double_val"


def text(tag: str, content: Any) -> Any:
    """Markdown, a list of it, or a table as a list of lists."""
    return text_pb(tag, content).value[0]


def picture(tag: str, image: PIL.Image.Image, caption: str) -> Any:
    """An image as PNG, which loses nothing."""
    with io.BytesIO() as png:
        image.save(png, "PNG")
        fields = [str(image.width), str(image.height), png.getvalue()]
    metadata = images.create_summary_metadata(display_name=None, description=caption or None)
    return Summary.Value(tag=tag, metadata=metadata, tensor=text(tag, fields).tensor)


def session(name: str, began: float, status: str, values: Mapping[str, Any]) -> Iterator[Any]:
    """What the HParams tab shows of a run: a line of its own, with a column for each value that is no map."""
    start = SessionStartInfo(group_name=name, start_time_secs=began)
    for key, value in leaves(values):
        kind = "bool" if isinstance(value, bool) else "number" if isinstance(value, (int, float)) else "string"
        told = value if isinstance(value, (bool, int, float, str)) else json.dumps(value)
        setattr(start.hparams[key], f"{kind}_value", told)
    end = SessionEndInfo(status=api_pb2.Status.Value(STATUSES[status]), end_time_secs=time.time())
    yield _hparams(hparams.SESSION_START_INFO_TAG, HParamsPluginData(session_start_info=start))
    yield _hparams(hparams.SESSION_END_INFO_TAG, HParamsPluginData(session_end_info=end))


def session_of(value: Any) -> tuple[str | None, dict[str, Any]]:
    """What a value of the HParams tab tells: how the run ended, or its params."""
    data = HParamsPluginData.FromString(value.metadata.plugin_data.content)
    ended = data.session_end_info.status if data.HasField("session_end_info") else 0
    told = {api_pb2.Status.Value(name): status for status, name in STATUSES.items()}
    values = data.session_start_info.hparams.items()
    return told.get(ended), {name: getattr(one, str(one.WhichOneof("kind")), None) for name, one in values}


def _hparams(tag: str, data: Any) -> Any:
    metadata: SummaryMetadata = hparams.create_summary_metadata(data)
    return Summary.Value(tag=tag, metadata=metadata, tensor=hparams.NULL_TENSOR)


def array(value: Any) -> Any:
    """The stored tensor as a NumPy array."""
    return tensor_util.make_ndarray(value.tensor)


def cell(value: Any) -> str:
    """The cell as text: as it is if it is text that can't be taken for JSON, else as JSON."""
    return value if isinstance(value, str) and cell_value(value.encode()) == value else json.dumps(value)


def cell_value(cell: bytes) -> Any:
    """What the text of a cell stands for."""
    text = cell.decode()
    try:
        return json.loads(text)
    except ValueError:
        return text
