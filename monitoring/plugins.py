"""What other packages add by entry point: found when it is asked for, and refused with the package's name."""

from importlib.metadata import EntryPoint, entry_points
from typing import Any

from halflife.models.errors import PluginError


def offered(group: str) -> dict[str, EntryPoint]:
    """The entry points of a group by name; nothing of theirs is imported.

    Raises:
        PluginError: two packages offer the same name.
    """
    found: dict[str, EntryPoint] = {}
    for entry in entry_points(group=group):
        if entry.name in found:
            both = f"{package(found[entry.name])} and {package(entry)}"
            raise PluginError(f"{both} both offer {entry.name!r} as one of {group}; one of them has to go")
        found[entry.name] = entry
    return found


def loaded(entry: EntryPoint) -> Any:
    """What an entry point names; of a class, what it makes without arguments.

    Raises:
        PluginError: it cannot be imported or made.
    """
    try:
        thing = entry.load()
        return thing() if isinstance(thing, type) else thing
    except Exception as error:
        raise refused(entry, f"it cannot be loaded: {type(error).__name__}: {error}") from error


def refused(entry: EntryPoint, why: str) -> PluginError:
    """An error that names the package, what it offers, and why that does not do."""
    return PluginError(f"{package(entry)} offers {entry.name!r} ({entry.group}, {entry.value}); {why}")


def package(entry: EntryPoint) -> str:
    """The distribution an entry point comes with, as in ``halflife-extras 1.0``.

    >>> package(EntryPoint("vibes", "extras:Vibes", "halflife.statistics"))
    'an unknown package'
    """
    return "an unknown package" if entry.dist is None else f"{entry.dist.name} {entry.dist.version}"
