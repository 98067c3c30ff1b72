"""While no version can be trained, people hear of it once."""

from collections.abc import Callable
from dataclasses import replace

from halflife.monitoring.context import Context
from halflife.monitoring.cycle import run
from halflife.testing.fakes import RememberingChannel


def test_a_reason_that_stays_is_one_alert(make: Callable[..., Context]) -> None:
    """Few labels at every one of five ticks: each is told in the log, one alert is sent, also when a run is made anew."""
    channel = RememberingChannel()
    told: list[str] = []
    service = replace(
        make(rows=8, window=2, every=1),
        channels={channel.name: channel},
        observe=lambda sentence, **_: told.append(sentence),
    )
    for _ in range(2):
        run(service, 5)
    assert len(channel.got) == 1
    assert {s.split(":")[0] for s in told if "not retrained" in s} == {f"tick {tick}" for tick in range(1, 6)}
