"""Which adapter serves which kind of feed and of channel: one table each, and what other packages add to them.

Each adapter is imported where it is made: a command pays only for what it uses.
"""

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from halflife.flows.adapter_kinds import ChannelKind, FeedKind
from halflife.flows.channel_settings import SmtpSettings, WebhookSettings
from halflife.flows.feed_settings import (
    DatabaseFeedSettings,
    FileFeedSettings,
    PushFeedSettings,
    SyntheticFeedSettings,
    TableFeedSettings,
)
from halflife.flows.label_settings import LabelSettings
from halflife.flows.plugged_kinds import known, plugged
from halflife.models.errors import ConfigError
from halflife.monitoring.alerts.redaction import redacted

if TYPE_CHECKING:
    from typing import TextIO

    import polars as pl
    from starlette.applications import Starlette

    from halflife.monitoring.adapters.inbox import PushedRows
    from halflife.monitoring.adapters.label_table import LabelTable
    from halflife.monitoring.adapters.places import Place as Place
    from halflife.monitoring.inferred_settings import Inferred
    from halflife.monitoring.policy import Policy
    from halflife.monitoring.ports import Channel, Feed

FEED_GROUP, CHANNEL_GROUP = "halflife.feeds", "halflife.channels"


def _synthetic(source: SyntheticFeedSettings, policy: "Policy") -> "Feed":
    from halflife.models.world.generator import World
    from halflife.models.world.scenarios import scenario
    from halflife.monitoring.adapters.synthetic_feed import SyntheticFeed

    found = scenario(source.scenario)
    world = World(found, seed=policy.seed, rows_per_tick=source.rows_per_tick, period=policy.retrain.window)
    return SyntheticFeed(world, ticks=source.ticks, feedback=source.feedback, exploration=source.exploration)


def _file(source: FileFeedSettings, policy: "Policy") -> "Feed":
    from halflife.monitoring.adapters.files_feed import FilesFeed

    text = source.model_dump(include={"separator", "skip_lines", "comment"})
    return FilesFeed(place(source.path), **text, **_table(source, policy))


def _database(source: DatabaseFeedSettings, policy: "Policy") -> "Feed":
    from halflife.monitoring.adapters.database_source import DatabaseSource
    from halflife.monitoring.adapters.files_feed import FilesFeed

    rows = DatabaseSource(source.url_env, source.table, source.query, source.mark, source.mark_overlap)
    return FilesFeed(rows, **_table(source, policy))


def _push(source: PushFeedSettings, policy: "Policy") -> "Feed":
    from halflife.monitoring.adapters.files_feed import FilesFeed

    inbox = inbox_of(source)
    return FilesFeed(inbox.rows, labels=inbox.label_table(source.positive), **_table(source, policy))


def _table(source: TableFeedSettings, policy: "Policy") -> dict[str, Any]:
    """What every feed of a table is told."""
    from dataclasses import fields

    from halflife.monitoring.adapters.csv_dialect import Spelling

    said = source.model_dump(include=set(TableFeedSettings.model_fields) - {"kind"})
    spelling = Spelling(**{part.name: said.pop(part.name) for part in fields(Spelling)})
    return {**said, "spelling": spelling, "cluster": policy.evidence.cluster or None}


def inbox_of(source: PushFeedSettings) -> "PushedRows":
    """Where what is pushed to a feed is kept."""
    from halflife.monitoring.adapters.inbox import PushedRows

    return PushedRows(Path(source.path), source.id, source.label)


def http_inbox(source: PushFeedSettings, token: str) -> "Starlette":
    """What takes pushes by HTTP. Raises ConfigError without a token, or with a short one."""
    from halflife.monitoring.adapters.http_inbox import SHORTEST, endpoint

    if len(token) < SHORTEST:
        raise ConfigError(
            f"the environment variable {source.token_env} holds the token that pushes must show, of at least {SHORTEST} "
            f"characters; it {'is not set' if not token else f'has {len(token)}'}. "
            "One is made by: python -c 'import secrets; print(secrets.token_urlsafe())'"
        )
    return endpoint(inbox_of(source), token)


def pushed(rows: "pl.DataFrame | TextIO") -> "pl.DataFrame":
    """The table that is pushed, of itself or of lines of JSON objects. Raises FeedError."""
    import polars as pl

    from halflife.monitoring.adapters.inbox import json_lines

    return rows if isinstance(rows, pl.DataFrame) else json_lines(rows)


def place(text: str) -> "Place":
    """What a path or an address names. Raises ConfigError."""
    from halflife.monitoring.adapters.places import place_of

    try:
        return place_of(text)
    except ValueError as error:
        raise ConfigError(f"{redacted(text)}: {error}") from None


def inferred(path: "Place", labels: "Place | None", **asked: str | None) -> "Inferred":
    """What files are found to be, of which ``label``, ``positive``, ``id`` and ``time`` may be said beforehand."""
    from halflife.monitoring.adapters.inferred.feed import Asked, inferred_feed

    return inferred_feed(path, Asked(**asked), labels)


def label_table(settings: LabelSettings) -> "LabelTable":
    """The table of labels that come from elsewhere; nothing is read yet."""
    from halflife.monitoring.adapters.label_table import LabelTable
    from halflife.monitoring.adapters.table_sources import TableSource, source_of

    source: TableSource
    if settings.path is not None:
        source = source_of(place(settings.path))
    else:
        from halflife.monitoring.adapters.database_source import DatabaseSource

        source = DatabaseSource(settings.url_env, settings.table, settings.query)
    return LabelTable(source, settings.key, settings.column, settings.time, settings.positive)


def _console(settings: Any, home: Path, source: str) -> "Channel":
    from halflife.monitoring.adapters.channels.console import Console

    return Console()


def _eml(settings: Any, home: Path, source: str) -> "Channel":
    from halflife.monitoring.adapters.channels.eml import Eml

    return Eml(home / "alerts")


def _smtp(settings: SmtpSettings, home: Path, source: str) -> "Channel":
    from halflife.monitoring.adapters.channels.smtp import Security, Smtp

    rest = settings.model_dump(exclude={"to", "security"})
    return Smtp(**rest, recipients=settings.to, security=Security(settings.security))


def _webhook(settings: WebhookSettings, home: Path, source: str) -> "Channel":
    from halflife.monitoring.adapters.channels.secrets import secret
    from halflife.monitoring.adapters.channels.webhook import Webhook

    # One that the home keeps without its secret is an address where nothing can be sent; the channel says so when it sends.
    url = settings.url or secret(settings.url_env, "the address of the webhook")
    return Webhook(url=url, secret_env=settings.secret_env, source=source)


FEEDS: dict[str, FeedKind[Any]] = {
    "synthetic": FeedKind(SyntheticFeedSettings, _synthetic),
    "file": FeedKind(FileFeedSettings, _file),
    "database": FeedKind(DatabaseFeedSettings, _database),
    "push": FeedKind(PushFeedSettings, _push),
}
"""``feed.kind`` -> its settings and its adapter; the first is the default."""
CHANNELS: dict[str, ChannelKind[Any]] = {
    "console": ChannelKind(None, _console),
    "eml": ChannelKind(None, _eml),
    "smtp": ChannelKind(SmtpSettings, _smtp),
    "webhook": ChannelKind(WebhookSettings, _webhook),
}
"""A name under ``alerts.channels`` -> its settings and its adapter."""


def feed_kind(kind: str) -> FeedKind[Any]:
    """Ours, or that of an installed package.

    Raises:
        ValueError: there is no such kind; lists those there are.
        PluginError: the package that offers it cannot be used.

    >>> feed_kind("fiel")
    Traceback (most recent call last):
    ...
    ValueError: there is no feed of kind 'fiel'; there are database, file, push, synthetic; did you mean 'file'?
    """
    return FEEDS.get(kind) or plugged(FEED_GROUP, kind, FeedKind) or _none("feed of kind", kind, feed_kinds())


def channel_kind(name: str) -> ChannelKind[Any]:
    """Ours, or that of an installed package. Raises ValueError and PluginError, as `feed_kind`."""
    return CHANNELS.get(name) or plugged(CHANNEL_GROUP, name, ChannelKind) or _none("channel", name, channel_names())


def _none(what: str, name: str, there: list[str]) -> NoReturn:
    near = get_close_matches(name, there, 1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"there is no {what} {name!r}; there are {', '.join(there)}{hint}")


def feed_kinds() -> list[str]:
    """Every ``feed.kind`` there is, those of installed packages too; nothing of them is imported."""
    return sorted({*FEEDS, *known(FEED_GROUP)})


def channel_names() -> list[str]:
    """Every channel there is, those of installed packages too; nothing of them is imported."""
    return sorted({*CHANNELS, *known(CHANNEL_GROUP)})
