"""Schedules as people write them and as Prefect has them."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule

from halflife.flows.configuration import parse
from halflife.flows.schedule_settings import ScheduleSettings
from halflife.flows.service.deployment import schedule
from halflife.models.errors import ConfigError


def test_an_interval_is_counted_from_midnight() -> None:
    """So that a deployment made anew keeps its hours."""
    made = schedule(ScheduleSettings(every="1h"))
    assert isinstance(made, IntervalSchedule)
    assert made.interval == timedelta(hours=1)
    assert (made.anchor_date.astimezone(UTC).hour, made.anchor_date.minute) == (0, 0)


def test_cron_is_in_its_zone() -> None:
    """Prefect counts in it, summer time and all."""
    made = schedule(ScheduleSettings(cron="15 2 * * *", time_zone="Europe/Berlin"))
    assert isinstance(made, CronSchedule)
    assert (made.cron, made.timezone) == ("15 2 * * *", "Europe/Berlin")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"every": "soon"}, r"schedule\.every = 'soon': it is no length of time"),
        ({"every": "2s"}, "more often than every 10 seconds"),
        ({"cron": "61 * * * *"}, r"schedule\.cron = '61 \* \* \* \*': it is not as cron has it"),
        ({"cron": "0 1 * * *", "time_zone": "Mars"}, "it is no time zone"),
        ({"cron": "0 1 * * *", "every": "1h"}, r"\[schedule\]: it says every and cron; say one of the two"),
        ({"evry": "1h"}, r"did you mean schedule\.every\?"),
    ],
)
def test_what_is_no_schedule_is_one_sentence(table: dict[str, str], said: str) -> None:
    """What is wrong, where, and what would be right."""
    with pytest.raises(ConfigError, match=said) as caught:
        parse({"schedule": table}, "halflife.toml")
    assert len(str(caught.value).splitlines()) == 1


def test_every_length_there_is() -> None:
    """From seconds to days, in order."""
    lengths = [schedule(ScheduleSettings(every=said)) for said in ("10s", "10min", "2h", "1d")]
    assert all(isinstance(made, IntervalSchedule) for made in lengths)
    assert all(one.interval < other.interval for one, other in pairwise(lengths))  # type: ignore[union-attr]  # each is one, as said
    assert datetime(2000, 1, 1, tzinfo=UTC) == lengths[0].anchor_date  # type: ignore[union-attr]  # each is one, as said
