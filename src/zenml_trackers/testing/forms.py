"""The forms of values: what a step logs, and what every tracker stores of it.

The table in the documentation is made from this, and the contract tries each form on every tracker.
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import datetime
import enum
import io
import pathlib
import re
import sys
import types
import uuid
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal, NamedTuple

import pydantic
from tracker_contracts.harness import Value

Kind = Literal["metric", "param", "cell", "image"]


class Form(NamedTuple):
    """One row of the table."""

    name: str
    """What it is, in a few words."""
    kind: Kind
    """What it is logged as."""
    written: str
    """What the step's code says, in the names of `names()`."""
    stored: Any
    """What is read back; of an image its first pixel, of red, green and blue."""
    needs: str | None = None
    """The library that it is of, if that need not be installed."""

    @property
    def logged(self) -> Any:
        """The value itself."""
        return eval(self.written, names())  # of what stands below


class Optimizer(enum.Enum):
    """An enum."""

    ADAM = "adam"


class Phase(enum.IntEnum):
    """An enum of integers."""

    TRAIN = 1


@dataclasses.dataclass
class Training:
    """A dataclass."""

    lr: float = 0.1
    layers: tuple[int, ...] = (64, 32)


class Model(pydantic.BaseModel):
    """A model of pydantic's, with a secret."""

    size: int = 3
    token: pydantic.SecretStr = pydantic.SecretStr("hf_not_to_be_seen")


class Loss:
    """What is a number by its own word."""

    def __float__(self) -> float:
        """Its number."""
        return 0.25


RED = (255, 0, 0)
BEGIN, END = "<!-- forms -->", "<!-- end of forms -->"
"""Around the tables, in their page."""
SHOWN: Mapping[str, Mapping[str, str]] = {
    "text": {
        "trackio": "as Markdown",
        "wandb": "as HTML",
        "tensorboard": "Text",
        "aim": "Text",
        "comet": "Text",
    },
    "histogram": {
        "trackio": "as a histogram",
        "wandb": "as a histogram",
        "tensorboard": "Histograms",
        "aim": "Distributions, bins of one width",
        "comet": "Histograms, in Comet's own bins",
    },
    "audio": {
        "trackio": "as sound",
        "wandb": "as sound",
        "tensorboard": "Audio, WAV",
        "aim": "Audio, not Ogg",
        "comet": "Audio",
    },
    "video": {
        "trackio": "as a video",
        "wandb": "as a video",
        "tensorboard": "Images, GIF",
        "aim": "",
        "comet": "Assets",
    },
}
"""Where each tracker shows what is in an artifact; MLflow shows files among a run's artifacts, and memory nothing."""
LEAD = (
    "What is kept as an artifact is shown at its metric step, too, where the tracker has something for it. What can't\n"
    "be shown is kept all the same, and named in one warning. MLflow shows files among the artifacts of the run."
)
"""Above the table of these places."""
FORMS = (
    Form("integer", "metric", "3", 3),
    Form("float", "metric", "0.1", 0.1),
    Form("bool", "metric", "True", True),
    Form("NumPy scalar", "metric", "np.float32(0.5)", 0.5),
    Form("NumPy half", "metric", "np.float16(0.5)", 0.5),
    Form("integer of an enum", "metric", "Phase.TRAIN", 1),
    Form("NumPy integer", "metric", "np.int64(7)", 7),
    Form("NumPy bool", "metric", "np.bool_(True)", True),
    Form("NumPy long double", "metric", "np.longdouble(1.5)", 1.5),
    Form("array without dimensions", "metric", "np.array(2.5)", 2.5),
    Form("array of one", "metric", "np.array([[4]])", 4),
    Form("decimal", "metric", "Decimal('0.1')", 0.1),
    Form("fraction", "metric", "Fraction(1, 4)", 0.25),
    Form("object with __float__", "metric", "Loss()", 0.25),
    Form("series of one", "metric", "pd.Series([0.5])", 0.5, "pandas"),
    Form("tensor of one", "metric", "torch.tensor(0.5, requires_grad=True)", 0.5, "torch"),
    Form("text, numbers, bool, None", "param", "['sgd', 1, 0.1, True, None]", ["sgd", 1, 0.1, True, None]),
    Form("nested map", "param", "{'optimizer': {'lr': 0.1}}", {"optimizer": {"lr": 0.1}}),
    Form("keys of any kind", "param", "{0: 'cat', None: 1, Optimizer.ADAM: 2}", {"0": "cat", "None": 1, "adam": 2}),
    Form("tuple", "param", "(1, 'two')", [1, "two"]),
    Form("set", "param", "{3, 1, 2}", [1, 2, 3]),
    Form("frozenset", "param", "frozenset({'a'})", ["a"]),
    Form("counter", "param", "collections.Counter('aab')", {"a": 2, "b": 1}),
    Form("defaultdict", "param", "collections.defaultdict(list, lr=[0.1])", {"lr": [0.1]}),
    Form("named tuple", "param", "collections.namedtuple('Size', 'height width')(2, 3)", [2, 3]),
    Form("deque", "param", "collections.deque([1, 2])", [1, 2]),
    Form("range", "param", "range(5)", "range(0, 5)"),
    Form("dataclass", "param", "Training()", {"lr": 0.1, "layers": [64, 32]}),
    Form("pydantic model", "param", "Model()", {"size": 3, "token": "**********"}),
    Form("Namespace", "param", "argparse.Namespace(lr=0.1)", {"lr": 0.1}),
    Form("SimpleNamespace", "param", "types.SimpleNamespace(lr=0.1)", {"lr": 0.1}),
    Form("attrs class", "param", "attrs.make_class('Net', ['depth'])(2)", {"depth": 2}, "attrs"),
    Form("OmegaConf", "param", "OmegaConf.create({'sizes': [1, 2]})", {"sizes": [1, 2]}, "omegaconf"),
    Form("enum", "param", "Optimizer.ADAM", "adam"),
    Form("path", "param", "pathlib.PurePosixPath('data/train')", "data/train"),
    Form("UUID", "param", "uuid.UUID(int=1)", "00000000-0000-0000-0000-000000000001"),
    Form("date", "param", "datetime.date(2024, 5, 1)", "2024-05-01"),
    Form("time", "param", "datetime.time(12, 30)", "12:30:00"),
    Form("date and time", "param", "datetime.datetime(2024, 5, 1, 12)", "2024-05-01T12:00:00"),
    Form("duration", "param", "datetime.timedelta(minutes=90)", "1:30:00"),
    Form("decimal as a param", "param", "Decimal('0.10')", "0.10"),
    Form("fraction as a param", "param", "Fraction(1, 3)", "1/3"),
    Form("complex", "param", "1 + 2j", "(1+2j)"),
    Form("bytes", "param", "b'abc'", "abc"),
    Form("bytearray", "param", "bytearray(b'abc')", "abc"),
    Form("pattern", "param", "re.compile('a+')", "a+"),
    Form("secret", "param", "pydantic.SecretStr('hf_not_to_be_seen')", "**********"),
    Form("class", "param", "collections.OrderedDict", "collections.OrderedDict"),
    Form("function", "param", "re.compile", "re.compile"),
    Form("NumPy scalar as a param", "param", "np.int32(7)", 7),
    Form("array", "param", "np.arange(4).reshape(2, 2)", [[0, 1], [2, 3]]),
    Form("NumPy date", "param", "np.datetime64('2024-05-01')", "2024-05-01"),
    Form("timestamp as a param", "param", "pd.Timestamp('2024-05-01')", "2024-05-01T00:00:00", "pandas"),
    Form("NumPy text", "param", "np.str_('adam')", "adam"),
    Form("series", "param", "pd.Series([1, 2])", [1, 2], "pandas"),
    Form("data type", "param", "np.dtype('float32')", "float32"),
    Form(
        "PyTorch's types and devices",
        "param",
        "[torch.bfloat16, torch.device('cpu')]",
        ["torch.bfloat16", "cpu"],
        "torch",
    ),
    Form("text, number, bool, None in a cell", "cell", "1.5", 1.5),
    Form("NumPy scalar in a cell", "cell", "np.float32(1)", 1.0),
    Form("date in a cell", "cell", "datetime.date(2024, 5, 1)", "2024-05-01"),
    Form("timestamp", "cell", "pd.Timestamp('2024-05-01 12:00')", "2024-05-01T12:00:00", "pandas"),
    Form("missing value", "cell", "pd.NA", None, "pandas"),
    Form("missing time", "cell", "pd.NaT", None, "pandas"),
    Form("decimal in a cell", "cell", "Decimal('0.1')", "0.1"),
    Form("bytes in a cell", "cell", "b'abc'", "abc"),
    Form("list in a cell", "cell", "[1, 2]", [1, 2]),
    Form("Pillow image", "image", "picture('RGB', 'red')", RED),
    Form("Pillow image of another mode", "image", "picture('CMYK', 'red')", RED),
    Form("bytes of a file", "image", "png('red')", RED),
    Form("(height, width)", "image", "np.full((2, 3), 128, 'uint8')", (128, 128, 128)),
    Form("(height, width, 1)", "image", "np.full((2, 3, 1), 128, 'uint8')", (128, 128, 128)),
    Form("(height, width, 3)", "image", "np.full((2, 3, 3), RED, 'uint8')", RED),
    Form("(3, height, width)", "image", "np.full((6, 5, 3), RED, 'uint8').transpose(2, 0, 1)", RED),
    Form("floats from 0 to 1", "image", "np.full((2, 3), 0.2)", (51, 51, 51)),
    Form("floats from 0 to 255", "image", "np.full((2, 3), 51.0)", (51, 51, 51)),
    Form("other integers", "image", "np.full((2, 3), 51, 'int64')", (51, 51, 51)),
    Form("bools", "image", "np.full((2, 3), True)", (255, 255, 255)),
    Form("tensor", "image", "torch.full((3, 6, 5), 0.2)", (51, 51, 51), "torch"),
    Form("Matplotlib figure", "image", "figure()", RED, "matplotlib"),
)


def known() -> Iterator[Form]:
    """The forms of which the libraries are installed here."""
    return (form for form in FORMS if form.needs is None or find_spec(form.needs))


def values() -> Mapping[str, Value]:
    """The forms as the contract takes them."""
    return {form.name: Value(form.logged, form.stored, form.kind) for form in known()}


@cache
def names() -> dict[str, Any]:
    """What stands in the forms."""
    modules = {"np": "numpy", "pd": "pandas", "torch": "torch", "attrs": "attrs"}
    found = {name: import_module(module) for name, module in modules.items() if find_spec(module)}
    if find_spec("omegaconf"):
        found["OmegaConf"] = import_module("omegaconf").OmegaConf
    own = (Optimizer, Phase, Training, Model, Loss, Decimal, Fraction, picture, png, figure)
    standard = (argparse, collections, datetime, pathlib, pydantic, re, types, uuid)
    return {**found, **{each.__name__: each for each in (*own, *standard)}, "RED": RED}


def picture(mode: str, color: str) -> Any:
    """A picture of one color."""
    import PIL.Image

    return PIL.Image.new("RGB", (3, 2), color).convert(mode)


def png(color: str) -> bytes:
    """The file of such a picture."""
    file = io.BytesIO()
    picture("RGB", color).save(file, "PNG")
    return file.getvalue()


def figure() -> Any:
    """A figure of Matplotlib's, red all over."""
    from matplotlib.figure import Figure

    return Figure(figsize=(1, 1), dpi=20, facecolor="red")


def table() -> str:
    """The forms as a table in Markdown."""
    rows = ["| logged as | form | for example | stored |", "|---|---|---|---|"]
    for form in FORMS:
        stored = f"a pixel {form.stored}" if form.kind == "image" else f"`{form.stored!r}`"
        rows.append(f"| {form.kind} | {form.name} | `{form.written}` | {stored} |")
    return "\n".join(rows) + "\n"


def shown_table() -> str:
    """Where artifacts are shown, as a table in Markdown."""
    known = next(iter(SHOWN.values()))
    rows = [f"| logged with | {' | '.join(known)} |", "|---" * (len(known) + 1) + "|"]
    for kind, places in SHOWN.items():
        rows.append(f"| `log_{kind}` | {' | '.join(place or 'not shown' for place in places.values())} |")
    return "\n".join(rows) + "\n"


def tables() -> str:
    """Both tables, with what leads to the second."""
    return f"{table()}\n{LEAD}\n\n{shown_table()}"


if __name__ == "__main__":  # writes the tables anew into the page that is given
    page = pathlib.Path(sys.argv[1])
    above, below = (page.read_text("utf-8").partition(mark)[at] for mark, at in ((BEGIN, 0), (END, 2)))
    page.write_text(f"{above}{BEGIN}\n{tables()}{END}{below}", "utf-8")
