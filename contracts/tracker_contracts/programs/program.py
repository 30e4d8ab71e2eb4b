"""A program: steps in an order, each told by what differs from the plainest step."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from tracker_contracts.clauses import Driver
from tracker_contracts.programs.dimensions import DIMENSIONS, Values

PLAINEST = "plainest"
"""How a step reads that differs in nothing."""
BETWEEN_STEPS = " | "


class Program(BaseModel):
    """What is executed, in one place, one step after the other. Its text says all of it, and is read again."""

    model_config = ConfigDict(frozen=True)

    steps: tuple[dict[str, str], ...]
    """For each step its values by dimension, without the plain ones."""
    driver: Driver = Driver.DIRECT

    @classmethod
    def of(cls, *steps: Values, driver: Driver = Driver.DIRECT) -> Program:
        """The program of these values; what is plain is left out."""
        return cls(steps=tuple(_told(values) for values in steps), driver=driver)

    @classmethod
    def parse(cls, text: str) -> Program:
        """The program of a text.

        Raises:
            ValueError: There is no such driver, dimension or value; the message names those that there are.
        """
        driver, colon, rest = text.partition(":")
        if not colon or driver not in [each.value for each in Driver]:
            known = ", ".join(each.value for each in Driver)
            raise ValueError(f"A program begins with its driver and a colon, and the drivers are {known}.")
        return cls.of(*map(_read, rest.split(BETWEEN_STEPS.strip())), driver=Driver(driver))

    @property
    def is_plainest(self) -> bool:
        """Whether it is one step that differs in nothing."""
        return self.steps == ({},)

    def __str__(self) -> str:
        """The program as text, such as `direct: given=tags ending=error`."""
        steps = BETWEEN_STEPS.join(
            " ".join(f"{name}={value}" for name, value in step.items()) or PLAINEST for step in self.steps
        )
        return f"{self.driver.value}: {steps}"


def _told(values: Values) -> dict[str, str]:
    """Without what is plain, in the order of the dimensions, so that equal programs have equal texts."""
    return {
        name: values[name]
        for name, dimension in DIMENSIONS.items()
        if values.get(name, dimension.plain) != dimension.plain
    }


def _read(text: str) -> Mapping[str, str]:
    words = [] if text.strip() == PLAINEST else text.split()
    pairs = dict(word.partition("=")[::2] for word in words)
    for name, value in pairs.items():
        if name not in DIMENSIONS:
            raise ValueError(f"There is no dimension {name!r}; there are {', '.join(DIMENSIONS)}.")
        if value not in DIMENSIONS[name].values:
            raise ValueError(f"{name} has no value {value!r}; it has {', '.join(DIMENSIONS[name].values)}.")
    return pairs
