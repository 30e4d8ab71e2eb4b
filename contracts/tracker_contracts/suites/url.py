"""U1 to U4."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from hypothesis import strategies as st
from zenml.constants import METADATA_EXPERIMENT_TRACKER_URL
from zenml.metadata.metadata_types import Uri

from tracker_contracts.clauses import Driver
from tracker_contracts.expect import expect, expect_that
from tracker_contracts.plan import StepPlan
from tracker_contracts.strategies import TEXT, plans
from tracker_contracts.suites.compare import offered, run_with, series
from tracker_contracts.suites.open_step import OpenStep
from tracker_contracts.trial import trial
from tracker_contracts.watch import Watch
from tracker_contracts.world import World

SAFE = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")
"""What may stand in a URL, by RFC 3986."""
PAGELESS = "file:///nothing"
"""Stands in where there is no URL, which is for U1 to judge."""
ALIKE = ["a/b", "a b", "ab", "a+b", "a%2Fb", "A/B", "a/b", "a#b", "a?b"]
"""Names that become one if they are put into a URL without care; one of them twice."""


def _show_command(metadata: dict[str, Any]) -> Any:
    return next((value for key, value in metadata.items() if key.endswith("show_command")), None)


@trial("U1", Driver.DIRECT, plan=plans())
def the_step_has_a_url_or_a_command(world: World, plan: StepPlan) -> None:
    """In ZenML's dashboard no link leads to the run, and nothing says how it can be seen.

    Return `experiment_tracker_url` as a `Uri` from `get_step_run_metadata`. A backend without pages leaves it out, and
    returns a command under a key that ends in `show_command`.
    """
    metadata = world.scene().run(plan).metadata
    url = metadata.get(METADATA_EXPERIMENT_TRACKER_URL)
    if url is None:
        expect_that(bool(_show_command(metadata)), f"there is neither a URL nor a command in {metadata}")
        return
    expect_that(isinstance(url, Uri), f"the URL is a {type(url).__name__}, and ZenML shows only a Uri as a link")


@trial("U1", Driver.PIPELINE, plan=plans())
def zenml_stores_the_url_or_a_command(world: World, plan: StepPlan) -> None:
    """ZenML's step metadata has no link to the run, and nothing says how it can be seen.

    Return what `experiment_tracker_url` needs from `get_step_run_metadata`, and nothing that can't be serialised.
    """
    metadata = world.scene().run(plan).metadata
    found = metadata.get(METADATA_EXPERIMENT_TRACKER_URL) or _show_command(metadata)
    expect_that(bool(found), f"there is neither a URL nor a command in {metadata}")


@trial("U2", names=st.lists(st.sampled_from(ALIKE), min_size=2, max_size=4))
def each_run_has_one_url_of_its_own(world: World, names: list[str]) -> None:
    """Two runs share a URL, or one run has another URL each time.

    Build the URL from the run's id, not from its name.
    """
    scene, urls = world.scene(), []
    for number, name in enumerate(names):
        plan = offered(world, StepPlan(run=f"run-{number}"), run_name=name)
        with Watch(), OpenStep(scene, plan) as step:
            once, again = (step.metadata().get(METADATA_EXPERIMENT_TRACKER_URL) for _ in range(2))
        expect(again, once, "the same run has another URL the second time")
        urls.append(once)
    shown = [url for url in urls if url is not None]
    expect(len(set(shown)), len(shown), f"runs share a URL: {urls}")
    expect_that(len(shown) in (0, len(urls)), f"some runs have a URL and others have none: {urls}")


@trial("U3", name=TEXT, pipeline=TEXT)
def the_url_survives_hostile_names(world: World, name: str, pipeline: str) -> None:
    """A URL is relative, or a name broke it: a browser would open something else.

    Quote what you put into it, with `urllib.parse.quote` or `urlencode`.
    """
    plan = offered(world, StepPlan(pipeline=pipeline, run=name), run_name=name)
    outcome = world.scene().run(plan)
    url = str(outcome.metadata.get(METADATA_EXPERIMENT_TRACKER_URL, PAGELESS))
    expect_that(SAFE.fullmatch(url) is not None, f"{url!r} holds what must be quoted")
    parts = urlsplit(url)
    expect_that(bool(parts.scheme and (parts.netloc or parts.scheme == "file")), f"{url!r} is not absolute")


@trial("U4", length=st.just(3))
def the_url_shows_that_very_run(world: World, length: int) -> None:
    """Who follows the link from ZenML's dashboard sees another run, a list of runs, or a run without its metrics.

    Link to the page of one run, and name there the run and each of its metrics.
    """
    scene, names, metrics = world.scene(), ("first try", "second try"), ("apples", "pears")
    plans = [
        offered(world, StepPlan(run=f"{metric}-run", actions=series(metric, range(length))), run_name=name)
        for name, metric in zip(names, metrics, strict=True)
    ]
    outcomes = [scene.run(plan) for plan in plans]
    pages = [world.harness.shown(str(each.metadata.get(METADATA_EXPERIMENT_TRACKER_URL))) for each in outcomes]
    if None in pages:
        return  # without a browser there is no verdict
    for own, other, page in zip(metrics, reversed(metrics), pages, strict=True):
        expect_that(run_with(scene, own, 0).name in (page or ""), f"the page of {own!r} does not name the run: {page}")
        expect([name for name in (own, other) if name in (page or "")], [own], "the page shows other metrics")
