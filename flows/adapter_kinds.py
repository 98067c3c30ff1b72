"""What a kind of feed and a kind of channel are: a class of settings, joined to what builds the adapter from them.

A package of yours adds one by an entry point that names such a value::

    [project.entry-points."halflife.feeds"]
    kafka = "halflife_kafka:FEED"        # FEED = FeedKind(KafkaSettings, build)

    [project.entry-points."halflife.channels"]
    pager = "halflife_pager:CHANNEL"     # CHANNEL = ChannelKind(PagerSettings, build)

and ``kind = "kafka"`` under ``[feed]``, or ``channels = ["pager"]`` with a table ``[alerts.pager]``, uses it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from halflife.flows.feed_settings import FeedSettings
from halflife.monitoring.section import Section

if TYPE_CHECKING:  # whoever reads settings loads no ports
    from halflife.monitoring.policy import Policy
    from halflife.monitoring.ports import Channel, Feed

F = TypeVar("F", bound=FeedSettings)
C = TypeVar("C", bound=Section)


@dataclass(frozen=True)
class FeedKind(Generic[F]):
    """A kind of feed.

    Attributes:
        settings: what ``[feed]`` holds; its docstring and its fields' descriptions are the reference.
        build: (these settings, the policy) -> the feed. Nothing is read yet; raises ConfigError.
    """

    settings: type[F]
    build: Callable[[F, Policy], Feed]


@dataclass(frozen=True)
class ChannelKind(Generic[C]):
    """A kind of channel.

    Attributes:
        settings: what ``[alerts.NAME]`` holds; None for a channel that needs to be told nothing.
        build: (these settings, the home, the model's name) -> the channel. Nothing is sent; raises ConfigError.
    """

    settings: type[C] | None
    build: Callable[[C, Path, str], Channel]
