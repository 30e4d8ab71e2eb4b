"""Inputs that a machine makes up: each is stored, or refused by its name; nothing dies, and nothing is dropped."""

from hypothesis import settings

MANY = settings(max_examples=5 * settings.default.max_examples)
"""500 examples, and 10,000 with `HYPOTHESIS_PROFILE=nightly`."""
