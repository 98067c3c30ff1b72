"""When a service looks for what is due."""

import re
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from halflife.monitoring.catch_up import Missed
from halflife.monitoring.section import Section

EVERY = re.compile(r"([1-9]\d*)\s*(s|min|h|d)")
SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86_400}
EVERY_DEFAULT = "10min"
SHORTEST = 10
"""Seconds between two looks: one costs some hundred rows of Prefect's database."""


class ScheduleSettings(Section):
    """When `halflife up` and deployments look for what is due. A look where nothing is due ends at once."""

    every: Annotated[str, Field(description='How often, such as "10s", "10min", "1h" or "1d".')] = EVERY_DEFAULT
    cron: Annotated[
        str, Field(description='Instead of `every`: when, as cron has it, such as "15 2 * * *", in `time_zone`.')
    ] = ""
    time_zone: Annotated[str, Field(description="Of `cron`.")] = "UTC"
    catch_up: Annotated[
        Missed,
        Field(
            description="What becomes of retrains that were missed while nothing ran: all are made up for, oldest first;"
            " the newest of them once; or they are skipped, and a version is made of the newest rows. Rows are taken in"
            " and findings kept in any case; `halflife replay` makes all of a history."
        ),
    ] = Missed.ALL
    catch_up_within: Annotated[
        int | None, Field(ge=0, description="Ticks before the newest within which `all` makes up for them; unset, all.")
    ] = None
    tick: Annotated[
        str,
        Field(description="How long a tick of a synthetic world lasts while `halflife up` runs; `--speed` divides it."),
    ] = "1min"

    @field_validator("every", "tick")
    @classmethod
    def _length(cls, said: str) -> str:
        if EVERY.fullmatch(said) is None:
            raise ValueError('it is no length of time; write it like "30s", "10min", "1h" or "1d"')
        return said

    @field_validator("every")
    @classmethod
    def _not_too_often(cls, said: str) -> str:
        if seconds(said) < SHORTEST:
            raise ValueError(f"looking more often than every {SHORTEST} seconds would only fill Prefect's database")
        return said

    @field_validator("cron")
    @classmethod
    def _of_cron(cls, said: str) -> str:
        from datetime import UTC, datetime

        from cronsim import CronSim, CronSimError

        try:
            if said:
                CronSim(said, datetime.now(UTC))
        except CronSimError as error:
            raise ValueError(f'it is not as cron has it ({error}); write it like "15 2 * * *"') from None
        return said

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, said: str) -> str:
        try:
            ZoneInfo(said)
        except (OSError, ValueError, KeyError):
            raise ValueError("it is no time zone; they are called like Europe/Berlin") from None
        return said

    @model_validator(mode="after")
    def _one_of_both(self) -> "ScheduleSettings":
        if self.cron and self.every != EVERY_DEFAULT:
            raise ValueError("it says every and cron; say one of the two")
        return self

    @property
    def shown(self) -> str:
        """In a few words.

        >>> ScheduleSettings(every="1h").shown, ScheduleSettings(cron="15 2 * * *").shown
        ('every 1h', 'at 15 2 * * * UTC')
        """
        return f"at {self.cron} {self.time_zone}" if self.cron else f"every {self.every}"


def seconds(said: str) -> int:
    """Of a length of time.

    >>> seconds("10min")
    600
    """
    found = EVERY.fullmatch(said)
    assert found is not None  # as the settings are checked
    return int(found[1]) * SECONDS[found[2]]
