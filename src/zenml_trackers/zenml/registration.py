"""Makes the flavor `trackio` lead to our class in the active ZenML store, and says which class it leads to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zenml.client import Client
from zenml.enums import StackComponentType
from zenml.models import FlavorUpdate
from zenml.stack import Flavor

from zenml_trackers.errors import FlavorConflict
from zenml_trackers.zenml import compat, seat
from zenml_trackers.zenml.flavors import FLAVOR, TrackioExperimentTrackerFlavor

if TYPE_CHECKING:
    from zenml.models import FlavorResponse

SOURCE = f"{TrackioExperimentTrackerFlavor.__module__}.{TrackioExperimentTrackerFlavor.__name__}"


def register() -> str:
    """Make the flavor usable, whatever the release of ZenML; doing it again does nothing. Says what was done.

    Raises:
        FlavorConflict: The name leads to another class, and only the user can decide which of them is wanted.
    """
    _need_seat()
    stored = stored_flavor()
    if stored is None:
        _point_at_ours(Client().create_flavor(SOURCE, StackComponentType.EXPERIMENT_TRACKER))
        return f"Registered the flavor {FLAVOR!r} with the ZenML store."
    if _misnamed(stored):
        _point_at_ours(stored)
        return f"The flavor {FLAVOR!r} was registered as {stored.source}; now it is registered as {SOURCE}."
    need_ours(stored, loaded(stored))
    if compat.owns_trackio_flavor():
        return f"There is nothing to do: the flavor {FLAVOR!r} of this ZenML is served by zenml-trackers."
    return f"There is nothing to do: the flavor {FLAVOR!r} is registered already."


def stored_flavor() -> FlavorResponse | None:
    """The flavor as the active store has it."""
    found = Client().list_flavors(name=FLAVOR, type=StackComponentType.EXPERIMENT_TRACKER, hydrate=True).items
    return found[0] if found else None


def loaded(stored: FlavorResponse) -> Flavor:
    """The flavor as ZenML loads it in this process.

    Raises:
        FlavorConflict: ZenML can't load it.
    """
    try:
        return Flavor.from_model(stored)
    except Exception as error:
        raise FlavorConflict(f"ZenML can't load {stored.source}: {_first_cause(error)}. {_way_out(stored)}") from None


def need_ours(stored: FlavorResponse, flavor: Flavor) -> None:
    """See that what ZenML loaded is our class.

    Raises:
        FlavorConflict: It is another; the message says what to do.
    """
    if isinstance(flavor, TrackioExperimentTrackerFlavor):
        return
    _need_seat()
    raise FlavorConflict(f"The flavor {FLAVOR!r} is {stored.source}, not that of zenml-trackers. {_way_out(stored)}")


def _need_seat() -> None:
    if not compat.owns_trackio_flavor() or seat.is_taken():
        return
    if os.environ.get(seat.SWITCH, "").lower() == "off":
        raise FlavorConflict(
            f"{seat.SWITCH}=off leaves the flavor {FLAVOR!r} to ZenML's built-in one. "
            f"To use that of zenml-trackers, unset {seat.SWITCH}."
        )
    raise FlavorConflict(
        f"This process has ZenML's built-in flavor {FLAVOR!r}. To use that of zenml-trackers, install zenml-trackers "
        "anew, so that ZenML finds its entry point."
    )


def _point_at_ours(stored: FlavorResponse) -> None:
    """Have the store name our class as every process can import it.

    ZenML names a class after its file's place below the source root: there, an editable install registers as
    `src.zenml_trackers…`, which would be a second copy of this package.
    """
    if stored.source != SOURCE:
        Client().zen_store.update_flavor(stored.id, FlavorUpdate(source=SOURCE))


def _misnamed(stored: FlavorResponse) -> bool:
    return str(stored.source).endswith(f".{SOURCE}")


def _way_out(stored: FlavorResponse) -> str:
    if _misnamed(stored):
        return "To mend that, run `zenml-trackers register`."
    return (
        f"To use that of zenml-trackers, delete this one, `zenml experiment-tracker flavor delete {FLAVOR}`, after the "
        "components that use it, and run `zenml-trackers register`."
    )


def _first_cause(error: BaseException) -> BaseException:
    """Without what ZenML says around it, which is meant for flavors in the user's own files."""
    cause = error.__cause__ or error.__context__
    return _first_cause(cause) if cause else error
