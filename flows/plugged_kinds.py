"""Kinds of feeds and channels that other packages bring, by entry point; nothing is imported before it is used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from halflife.flows.adapter_kinds import ChannelKind, FeedKind
from halflife.flows.feed_settings import FeedSettings
from halflife.models.errors import HalflifeError
from halflife.monitoring.section import Section

if TYPE_CHECKING:  # reading what is installed loads more than most commands need
    from importlib.metadata import EntryPoint

K = TypeVar("K", FeedKind[Any], ChannelKind[Any])


def plugged(group: str, name: str, wanted: type[K]) -> K | None:
    """What an installed package offers under a name; None when no package does.

    Args:
        group: of entry points.
        name: in the group.
        wanted: what the entry point has to name.

    Raises:
        PluginError: the package cannot be imported, offers something else, or is not the only one; names the package.
    """
    from halflife.monitoring.plugins import loaded, offered, refused

    entry = offered(group).get(name)
    if entry is None:
        return None
    kind = loaded(entry)
    if not isinstance(kind, wanted):
        raise refused(entry, f"it is of type {type(kind).__name__}, not {wanted.__name__}")
    base, settings = (FeedSettings if wanted is FeedKind else Section), kind.settings
    if settings is not None and not (isinstance(settings, type) and issubclass(settings, base)):
        raise refused(entry, f"its settings are {settings!r}, not a subclass of {base.__name__}")
    return replace(kind, build=_guarded(kind.build, entry))


def known(group: str) -> set[str]:
    """Names that installed packages offer in a group of entry points. Raises PluginError."""
    from halflife.monitoring.plugins import offered

    return set(offered(group))


def _guarded(build: Callable[..., Any], entry: EntryPoint) -> Callable[..., Any]:
    """The same, but whatever goes wrong in another package is told with its name."""

    def built(*given: Any) -> Any:
        try:
            return build(*given)
        except HalflifeError:
            raise
        except Exception as error:
            from halflife.monitoring.plugins import refused

            raise refused(entry, f"it cannot be made: {type(error).__name__}: {error}") from error

    return built
