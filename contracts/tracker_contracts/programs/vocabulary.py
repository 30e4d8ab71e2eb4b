"""The texts, numbers and maps that stand behind the names of a program's values."""

from __future__ import annotations

from typing import Any

LONG = "a long text of which nothing may be cut off "
EVERY_KIND: dict[str, Any] = {
    "none": None,
    "yes": True,
    "one": 1,
    "one_float": 1.0,
    "minus_zero": -0.0,
    "tiny": 1e-7,
    "large": 2**53,
    "empty": "",
    "empty_map": {},
    "empty_list": [],
    "looks_like_none": "None",
    "looks_like_a_number": "1.0",
    "many": [1, [None, "x"], {}],
    "nested": {"inner": {"empty": {}, "list": []}},
    "long": "x" * 1000,
}
"""A value of each kind, and some that are easily taken for one of another."""

HOSTILE = (
    "🦊 naïve",
    "\u202eright to left",
    "e\u0301 is not é",
    "Case",
    "case",
    "a/b",
    "a b",
    "a%2Fb",
    "a.b",
    "a,b",
    "it's",
    'say "hi"',
    "<b>bold</b>",
    "{{secret.key}}x",
    "'; DROP TABLE runs; --",
    "\t tab",
    "line\nbreak",
    "another\u0085line",
    "and\u2028another",
    " leading and trailing ",
    "ß",
    "İ",
    "NaN",
    "null",
    "0",
    "1e-7",
    "x" * 300,
)
"""Text that some tracker cuts, folds, splits, quotes wrongly or takes for something else."""

TAGS: dict[str, tuple[str, ...]] = {
    "plain": ("nightly", "baseline"),
    "unicode": ("🦊 naïve", "e\u0301 is not é", "\u202eright to left", "ß", "İ"),
    "case": ("Case", "case", "CASE"),
    "blanks": ("a b", " leading", "trailing ", "two  blanks", "\t tab"),
    "twice": ("again", "again", "once"),
    "many": tuple(f"tag {number}" for number in range(60)),
    "long": ("y" * 10_000, "y" * 300, "y" * 301),
    "commas": ("a,b", "a", "b", "it's", 'say "hi"', "a=b", "a:b"),
}
"""Of the settings; those that are equal to names of the step are made with it."""

LATE_TAGS: dict[str, tuple[str, ...]] = {
    "one": ("late",),
    "unicode": ("später 🦊", "a/b", "a,b", "<b>"),
    "many": tuple(f"late {number}" for number in range(60)),
}

METADATA: dict[str, dict[str, Any]] = {
    "plain": {"owner": "ml", "release": 7},
    "kinds": EVERY_KIND,
    "hostile": {text: text for text in HOSTILE},
    "params": {"depth": "of the metadata", "rate": {"of": "the metadata"}},
    "empty": {},
    "large": {"notes": LONG * 200, "numbers": list(range(500))},
}

PARAMS: dict[str, dict[str, Any]] = {
    "plain": {"depth": 3, "rate": 0.1},
    "kinds": EVERY_KIND,
    "hostile": {text: text for text in HOSTILE},
    "large": {"notes": LONG * 200, "layers": [{"units": 64, "name": f"layer {number}"} for number in range(50)]},
}

RUN_NAMES: dict[str, str] = {
    "plain": "nightly",
    "unicode": "🦊 naïve e\u0301",
    "quoting": "a/b?c#d%2Fe&f+g 'h' \"i\" <j>",
    "long": "n" * 250,
    "blanks": " leading and trailing ",
    "taken": "taken",
}

METRIC_NAMES: dict[str, tuple[str, ...]] = {
    "plain": ("loss",),
    "reserved": ("step", "timestamp", "time", "epoch", "name", "id", "run", "value", "_step", "_runtime", "metrics"),
    "unicode": ("Verlust 🦊", "é", "e\u0301", "损失"),
    "blanks": ("", "val loss", " loss", "loss ", "val  loss"),
    "prefixes": ("loss", "los", "loss_", "loss_2", "lossy"),
    "punctuation": ("val/loss", "val.loss", "val-loss", "val_loss", "val:loss"),
    "case": ("loss", "Loss", "LOSS"),
    "many": tuple(f"metric_{number}" for number in range(20)),
}

NUMBERS: dict[str, tuple[float, ...]] = {
    "extremes": (0.1, 1e-7, 1 / 3, 5e-324, 1.7976931348623157e308, -1e-300, 123456789.123456789),
    "zeros": (0.0, -0.0, 0),
    "large": (2**31, 2**31 - 1, -(2**31) - 1, 2**53 - 1, -(2**53), 2**40 + 0.5),
    "not-finite": (float("nan"), float("inf"), float("-inf")),
    "booleans": (True, False),
    "equal": (1.0,),
}
"""Those that come again and again; the others count."""

FAR = 2**31 - 2
"""From here, steps pass the largest that fits into 32 bits."""
