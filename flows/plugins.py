"""Feeds and channels that other packages bring, by entry point; nothing of a package is imported before it is used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from halflife.flows.adapter_kinds import ChannelKind, FeedKind
from halflife.flows.feed_settings import FeedSettings
from halflife.models.errors import ConfigError, HalflifeError
from halflife.monitoring.section import Section

if TYPE_CHECKING:  # reading what is installed loads more than most commands need
    from importlib.metadata import EntryPoint

K = TypeVar("K", FeedKind[Any], ChannelKind[Any])


def known(group: str) -> set[str]:
    """Names that installed packages offer in a group of entry points."""
    from importlib.metadata import entry_points

    return set(entry_points(group=group).names)


def plugged(group: str, name: str, wanted: type[K]) -> K | None:
    """What an installed package offers under a name; None when no package does.

    Args:
        group: of entry points.
        name: in the group.
        wanted: what the entry point has to name.

    Raises:
        ConfigError: the package cannot be imported, offers something else, or is not the only one; names the package.
    """
    from importlib.metadata import entry_points

    found = list(entry_points(group=group, name=name))
    if not found:
        return None
    where = " and ".join(_package(entry) for entry in found)
    what = f"{group.removeprefix('halflife.').removesuffix('s')} {name!r} of the package {where}"
    if len(found) > 1:
        raise ConfigError(f"{what}: two packages offer the same name; uninstall one of them")
    try:
        kind = found[0].load()
    except Exception as error:  # whatever the package does when it is imported
        raise ConfigError(f"{what} cannot be imported: {type(error).__name__}: {error}") from error
    if not isinstance(kind, wanted):
        raise ConfigError(f"{what}: {found[0].value} is of type {type(kind).__name__}, not {wanted.__name__}")
    base, settings = (FeedSettings if wanted is FeedKind else Section), kind.settings
    if settings is not None and not (isinstance(settings, type) and issubclass(settings, base)):
        raise ConfigError(f"{what}: its settings are {settings!r}, not a subclass of {base.__name__}")
    return replace(kind, build=_guarded(kind.build, what))


def _guarded(build: Callable[..., Any], what: str) -> Callable[..., Any]:
    """The same, but whatever goes wrong in another package is told with its name."""

    def built(*given: Any) -> Any:
        try:
            return build(*given)
        except HalflifeError:
            raise
        except Exception as error:
            raise ConfigError(f"{what} cannot be made: {type(error).__name__}: {error}") from error

    return built


def _package(entry: EntryPoint) -> str:
    return "(unknown)" if entry.dist is None else f"{entry.dist.name} {entry.dist.version}"
