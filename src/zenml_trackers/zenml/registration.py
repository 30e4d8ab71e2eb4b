"""Makes our flavors' names lead to our classes in the active ZenML store, and says which class one leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zenml.client import Client
from zenml.enums import StackComponentType
from zenml.models import FlavorUpdate
from zenml.stack import Flavor

from zenml_trackers.errors import FlavorConflict
from zenml_trackers.zenml import compat, override, store
from zenml_trackers.zenml.trackio.flavor import TrackioExperimentTrackerFlavor
from zenml_trackers.zenml.unified.flavor import UnifiedExperimentTrackerFlavor

if TYPE_CHECKING:
    from zenml.models import FlavorResponse


@dataclass(frozen=True)
class OwnFlavor:
    """A flavor of this package."""

    name: str
    kind: type[Flavor]
    owned_by_zenml: bool = False
    """Whether this ZenML has a flavor of that name too, which only the override replaces."""

    @property
    def source(self) -> str:
        """Our class, as every process can import it."""
        return f"{self.kind.__module__}.{self.kind.__name__}"


TRACKIO = OwnFlavor("trackio", TrackioExperimentTrackerFlavor, owned_by_zenml=compat.owns_trackio_flavor())
UNIFIED = OwnFlavor("unified", UnifiedExperimentTrackerFlavor)
FLAVORS = (TRACKIO, UNIFIED)


def register(own: OwnFlavor) -> str:
    """Make a flavor usable, whatever the release of ZenML; doing it again does nothing. Says what was done.

    Raises:
        FlavorConflict: The name leads to another class, and only the user can decide which of them is wanted.
        StoreUnreachable: The store does not answer.
    """
    if done := made_usable(own):
        return done
    if own.owned_by_zenml:
        return f"The flavor {own.name!r} needs no registration: zenml-trackers serves that of this ZenML."
    return f"The flavor {own.name!r} is registered already."


def made_usable(own: OwnFlavor) -> str:
    """As `register`, and nothing is said where nothing was done."""
    _need_override(own)
    store.reached()
    stored = stored_flavor(own)
    if stored is None:
        _point_at_ours(own, Client().create_flavor(own.source, StackComponentType.EXPERIMENT_TRACKER))
        return f"Registered the flavor {own.name!r} with the ZenML store."
    if _misnamed(own, stored):
        _point_at_ours(own, stored)
        return f"The flavor {own.name!r} was registered as {stored.source}; now it is registered as {own.source}."
    need_ours(own, stored, loaded(own, stored))
    return ""


def stored_flavor(own: OwnFlavor) -> FlavorResponse | None:
    """The flavor as the active store has it."""
    found = Client().list_flavors(name=own.name, type=StackComponentType.EXPERIMENT_TRACKER, hydrate=True).items
    return found[0] if found else None


def loaded(own: OwnFlavor, stored: FlavorResponse) -> Flavor:
    """The flavor as ZenML loads it in this process.

    Raises:
        FlavorConflict: ZenML can't load it.
    """
    try:
        return Flavor.from_model(stored)
    except Exception as error:
        raise FlavorConflict(
            f"ZenML can't load {stored.source}: {_first_cause(error)}. {_way_out(own, stored)}"
        ) from None


def need_ours(own: OwnFlavor, stored: FlavorResponse, flavor: Flavor) -> None:
    """See that what ZenML loaded is our class.

    Raises:
        FlavorConflict: It is another; the message says what to do.
    """
    if isinstance(flavor, own.kind):
        return
    _need_override(own)
    raise FlavorConflict(
        f"The flavor {own.name!r} is {stored.source}, not that of zenml-trackers. {_way_out(own, stored)}"
    )


def _need_override(own: OwnFlavor) -> None:
    if not own.owned_by_zenml or override.is_on():
        return
    if override.is_switched_off():
        raise FlavorConflict(
            f"{override.SWITCH}=off leaves the flavor {own.name!r} to ZenML's built-in one. "
            f"To use that of zenml-trackers, unset {override.SWITCH}."
        )
    raise FlavorConflict(
        f"This process has ZenML's built-in flavor {own.name!r}. To use that of zenml-trackers, install zenml-trackers "
        "anew, so that ZenML finds its entry point."
    )


def _point_at_ours(own: OwnFlavor, stored: FlavorResponse) -> None:
    """Have the store name our class as every process can import it.

    ZenML names a class after its file's place below the source root: there, an editable install registers as
    `src.zenml_trackers…`, which would be a second copy of this package.
    """
    if stored.source != own.source:
        Client().zen_store.update_flavor(stored.id, FlavorUpdate(source=own.source))


def _misnamed(own: OwnFlavor, stored: FlavorResponse) -> bool:
    return str(stored.source).endswith(f".{own.source}")


def _way_out(own: OwnFlavor, stored: FlavorResponse) -> str:
    if _misnamed(own, stored):
        return "To mend that, run `zenml-trackers register`."
    return (
        f"To use that of zenml-trackers, delete this one, `zenml experiment-tracker flavor delete {own.name}`, after "
        "the components that use it, and run `zenml-trackers register`."
    )


def _first_cause(error: BaseException) -> BaseException:
    """Without what ZenML says around it, which is meant for flavors in the user's own files."""
    cause = error.__cause__ or error.__context__
    return _first_cause(cause) if cause else error
