"""Where alerts go, and how sure they are, as the settings say it."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, Field, create_model, model_validator

from halflife.flows.adapters import CHANNEL_GROUP, CHANNELS, channel_kind
from halflife.flows.channel_settings import SmtpSettings, WebhookSettings
from halflife.flows.plugged_kinds import known
from halflife.monitoring.policy import AlertPolicy
from halflife.monitoring.section import Section


def _there_is(name: str) -> str:
    channel_kind(name)
    return name


class AlertSettings(AlertPolicy):
    """Where alerts go, and from where on something is worth one."""

    channels: Annotated[
        tuple[Annotated[str, AfterValidator(_there_is)], ...],
        Field(
            description="Where alerts go: `console`, `eml` (files under the home), `smtp`, `webhook`, or a channel of"
            " another package."
        ),
    ] = ("console", "eml")
    smtp: SmtpSettings | None = None
    webhook: WebhookSettings | None = None

    @model_validator(mode="after")
    def _channels_are_configured(self) -> "AlertSettings":
        for name in self.channels:
            if channel_kind(name).settings is not None and getattr(self, name) is None:
                raise ValueError(f'channel "{name}" needs a table [alerts.{name}]')
        return self


def alert_settings(table: Mapping[str, Any]) -> type[AlertSettings]:
    """The class of a table ``[alerts]``: ours, with a key more for each channel of another package that it speaks of.

    Raises:
        PluginError: such a package cannot be used.
    """
    listed = table.get("channels", ())
    spoken_of = {str(name) for name in (*table, *(listed if isinstance(listed, (list, tuple)) else ()))}
    others = spoken_of - set(AlertSettings.model_fields) - set(CHANNELS)
    offered = sorted(others & known(CHANNEL_GROUP)) if others else []
    own = {name: channel_kind(name).settings for name in offered}
    return _with(tuple((name, settings) for name, settings in own.items() if settings is not None))


@lru_cache
def _with(own: tuple[tuple[str, type[Section]], ...]) -> type[AlertSettings]:
    if not own:
        return AlertSettings
    tables: dict[str, Any] = {name: (settings | None, None) for name, settings in own}
    return create_model("AlertSettings", __base__=AlertSettings, **tables)
