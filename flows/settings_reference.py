"""Every setting with its meaning, what it may be, and its default, as Markdown; all of it from where it is declared."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from inspect import cleandoc
from typing import Any

from halflife.flows.adapter_kinds import ChannelKind, FeedKind
from halflife.flows.adapters import CHANNELS, FEEDS, channel_kind, channel_names, feed_kind, feed_kinds
from halflife.flows.allowed_values import allowed
from halflife.flows.label_settings import LabelSettings
from halflife.flows.settings import Settings
from halflife.flows.settings_in_force import default_of
from halflife.flows.toml_text import written
from halflife.models.errors import PluginError
from halflife.monitoring.section import Section

HEAD = """# Settings

What a `halflife.toml` may hold, a heading for each of its tables; a file says only what is to differ from the defaults.
`halflife config` shows the settings in force and where each comes from; `halflife config --reference` prints this page.
"""


@dataclass(frozen=True)
class Meaning:
    """What can be said of one setting.

    Attributes:
        setting: its dotted name.
        meaning: in a sentence.
        allowed: what it may be.
        default: as JSON has it; None where it is unset.
        needed: it has no default and must be said.
    """

    setting: str
    meaning: str
    allowed: str
    default: Any
    needed: bool


@dataclass(frozen=True)
class Chapter:
    """One table of the file: its heading, what it is for, and its settings."""

    heading: str
    about: str
    settings: tuple[Meaning, ...] = ()


def reference() -> str:
    """The page."""
    return "\n".join([HEAD, *map(_drawn, chapters())])


def chapters() -> Iterator[Chapter]:
    """Every table there can be, those of installed packages too."""
    yield _chapter("Top of the file", "", Settings)
    for name, field in Settings.model_fields.items():
        section = LabelSettings if name == "labels" else type(field.default)
        if name == "feed":
            for kind in [*FEEDS, *(kind for kind in feed_kinds() if kind not in FEEDS)]:
                yield from _offered(f'`[feed]`, `kind = "{kind}"`', "feed", feed_kind, kind)
        elif issubclass(section, Section):
            yield _chapter(f"`[{name}]`", name, section)
    for name in [*CHANNELS, *(name for name in channel_names() if name not in CHANNELS)]:
        place = f"alerts.{name}"
        yield from _offered(f"`[{place}]`", place, channel_kind, name)


def _offered(
    heading: str, place: str, kinds: Callable[[str], FeedKind[Any] | ChannelKind[Any]], name: str
) -> Iterator[Chapter]:
    """The chapter of a kind that needs a table; of a package that cannot be used, what is wrong with it."""
    try:
        section = kinds(name).settings
    except PluginError as error:
        yield Chapter(heading, f"{error}.")
        return
    if section is not None:
        yield _chapter(heading, place, section)


def _chapter(heading: str, place: str, section: type[Section]) -> Chapter:
    schema = section.model_json_schema()
    before = f"{place}." if place else ""
    said = tuple(
        Meaning(
            f"{before}{name}",
            field.description,
            allowed(schema["properties"][name]),
            default_of(field),
            field.is_required(),
        )
        for name, field in section.model_fields.items()
        if field.description is not None
    )
    return Chapter(heading, cleandoc(section.__doc__ or "").replace("``", "`"), said)


def _drawn(chapter: Chapter) -> str:
    lines = [f"## {chapter.heading}", "", chapter.about, ""]
    if chapter.settings:
        lines += ["| setting | meaning | may be | default |", "|---|---|---|---|"]
    for one in chapter.settings:
        key, default = one.setting.rpartition(".")[2], "needed" if one.needed else _code(one.default)
        lines.append(f"| `{key}` | {one.meaning} | {one.allowed} | {default} |".replace("\n", " "))
    return "\n".join([*lines, ""] if chapter.settings else lines)


def _code(value: Any) -> str:
    return "unset" if value is None else f"`{written(value)}`"
