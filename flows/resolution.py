"""Which settings are in force: those of a file, of the home that is named, or of the home that was used last."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from halflife.flows.bootstrap import recall
from halflife.flows.configuration import read
from halflife.flows.local_paths import possible
from halflife.flows.placement import SETTINGS, placed
from halflife.flows.settings import Settings
from halflife.models.errors import ConfigError
from halflife.monitoring.whole_files import write_whole

DEFAULT_HOME = Path("halflife-home")
DEFAULT_CONFIG = Path("halflife.toml")
LAST = DEFAULT_HOME / ".last"
"""Names the home that was used last, so that the next command needs no option."""


@dataclass(frozen=True)
class Resolved:
    """Settings, and where they come from.

    Attributes:
        settings: in force.
        file: the configuration that was read; None when there is none.
        kept: the home's ``settings.json`` that was read; None when a file says it all, and in a new home.
        home: what named the home, if it was not the file: ``--home``, or the note of the home used last.
        servers: dotted setting -> where it comes from, of servers that the file does not name.
    """

    settings: Settings
    file: Path | None = None
    kept: Path | None = None
    home: str = ""
    servers: Mapping[str, str] = field(default_factory=dict)


def resolve(config: Path | None, home: Path | None) -> Resolved:
    """The settings in force.

    The file that is given, else ``halflife.toml`` where it is there, in the home that is given, else in the file's own.
    Without a file, those the home that is given, else the home used last, was used with. Servers that it does not name are
    the environment's, as `placed` says.

    Args:
        config: of ``--config``; a home's ``settings.json`` will do, and means that home.
        home: of ``--home``.

    Raises:
        ConfigError: no such file, a fault in it, or a ``halflife.toml`` that was not asked for beside a home of another
            model; a path that no file can have.
    """
    resolved = _read(config, home)
    at = placed(resolved.settings, file=resolved.file is not None)
    return replace(resolved, settings=at.settings, servers=at.sources)


def _read(config: Path | None, home: Path | None) -> Resolved:
    """As they stand in the file or the home."""
    try:
        for path in (config, home):
            possible(str(path))
    except ValueError as error:
        raise ConfigError(str(error)) from None
    if config is not None and config.name == SETTINGS:
        return _kept(config.parent, home)
    file = config or (DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else None)
    if file is None:
        where = home or _last()
        named = "--home" if home else str(LAST) if where != DEFAULT_HOME else ""
        if (where / SETTINGS).exists():
            return Resolved(recall(where), kept=where / SETTINGS, home=named)
        return Resolved(Settings(home=where), home=named)
    settings = read(file)
    if home is None:
        return Resolved(settings, file)
    settings = settings.model_copy(update={"home": home})
    found = other_model(settings)
    if found and config is None:
        raise ConfigError(
            f"{file} is about {_model(settings)}, but the home {home} is that of {found}: to work there as it was left, "
            f"add --config {home / SETTINGS}; to use the file there all the same, add --config {file}"
        )
    return Resolved(settings, file, home="--home")


def other_model(settings: Settings) -> str | None:
    """Of which model the home of ``settings`` is, in a few words; None where it is the same one, or the home is new."""
    if not (settings.home / SETTINGS).exists():
        return None
    kept = recall(settings.home)
    same = (kept.name, kept.feed.subject) == (settings.name, settings.feed.subject)
    return None if same else _model(kept)


def mark_last(home: Path) -> None:
    """Remember this home as the one used last, when it lives under the default folder."""
    if DEFAULT_HOME.resolve() in home.resolve().parents:
        # Named from here: where the whole folder is copied, this leads to the copy.
        write_whole(LAST, f"{home.resolve().relative_to(DEFAULT_HOME.resolve())}\n")


def _kept(source: Path, home: Path | None) -> Resolved:
    settings = recall(source)
    if home is not None:
        settings = settings.model_copy(update={"home": home})
    return Resolved(settings, kept=source / SETTINGS, home="--home" if home else "--config")


def _last() -> Path:
    if LAST.exists():
        said = LAST.read_text(encoding="utf-8").strip()
        for last in (LAST.parent / said, Path(said)):  # the second as it was written before 0.1
            if (last / SETTINGS).exists():
                return last
    return DEFAULT_HOME


def _model(settings: Settings) -> str:
    return f"{settings.name!r} ({settings.feed.subject})"
