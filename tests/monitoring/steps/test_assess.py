"""How the champion does before and after labels come: told at each watch, and told again when more have come."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from halflife.models.performance import Basis
from halflife.models.rows import Batch, Part, Schema
from halflife.monitoring.context import Context
from halflife.monitoring.estimate_record import newest, pairs, record
from halflife.monitoring.ports import Feed
from halflife.monitoring.steps.ingest_ticks import ingest
from halflife.monitoring.steps.retrain_version import retrain
from halflife.monitoring.steps.watch_ticks import watch
from halflife.monitoring.wording.performance_words import sentences

Make = Callable[..., Context]


@dataclass(frozen=True)
class Late(Feed):
    """A feed whose labels come so many ticks after those of another, and of which some never come."""

    feed: Feed
    delay: int
    never: tuple[str, ...] = ()
    patience: int | None = None

    @property
    def schema(self) -> Schema:
        return self.feed.schema

    @property
    def ticks(self) -> int | None:
        return self.feed.ticks

    @property
    def give_up_after(self) -> int | None:
        return self.patience

    def batch(self, tick: int) -> Batch:
        mine, nothing = self.feed.batch(tick), self.feed.batch(0).labels.iloc[:0]
        labels = self.feed.batch(tick - self.delay).labels if tick >= self.delay else nothing
        return replace(mine, labels=labels[~labels["_id"].str[-1:].isin(self.never)])


def lived(
    service: Context, delay: int, until: int, *, never: tuple[str, ...] = (), patience: int | None = None
) -> Context:
    """Trained once when labels of its first window have come, then watched every two ticks."""
    service = replace(service, feed=Late(service.feed, delay, never, patience))
    for tick in range(until):
        ingest(service, tick)
        if tick == 9 + delay:
            retrain(service, tick)
        elif tick > 9 + delay and tick % 2:
            watch(service, tick)
    return service


def test_estimates_come_first_and_the_truth_beside_them(make: Make) -> None:
    """While labels are 4 ticks late the newest watch is estimated; 4 ticks later it is measured, and both are kept."""
    service = lived(make("calm", rows=1500, window=10), 4, 26)
    told = service.ledger.performances()
    assert {p.basis for p in told if p.asof == p.tick} == {Basis.ESTIMATED}
    both = pairs(told)
    assert len(both) >= 3
    for estimate, truth in both:
        assert (estimate.labelled, truth.labelled) == (0, truth.rows)
        assert estimate.rows == truth.rows
        assert truth.asof > estimate.asof
    assert all(not kept.unreliable for kept in record(told)), "in a calm world estimates hold"


def test_a_world_that_turns_makes_estimates_wrong_and_the_page_says_so(make: Make) -> None:
    """Once labels of a turned world have come, estimates are called unreliable; before, nothing could tell."""
    service = lived(make("sudden", rows=1500, window=10), 3, 36)
    told = service.ledger.performances()
    assert any(kept.unreliable for kept in record(told))
    assert "do not rely on estimates before labels come" in " ".join(sentences(told))
    before = [p for p in told if p.asof < 20]
    assert all(not kept.unreliable for kept in record(before))


def test_a_performance_is_told_once_whatever_is_done_again(make: Make) -> None:
    """A watch that is told again, as after a kill before its drift was kept, says the same and no more."""
    service = lived(make("calm", rows=800, window=10), 4, 18)
    told = service.ledger.performances()
    drift = service.ledger.drifts()[-1]
    watch(service, drift.tick)
    assert service.ledger.performances() == told


def test_labels_that_are_given_up_no_longer_count(make: Make) -> None:
    """A fifth of the labels never comes: after 3 ticks those are given up, and what has come is what there is."""
    service = lived(make("calm", rows=1500, window=10), 1, 20, never=("3", "7"), patience=3)
    settled = [p for p in newest(service.ledger.performances()) if p.tick <= service.store.last_tick - 4]
    assert settled
    for told in settled:
        assert told.basis is Basis.MEASURED
        assert told.given_up == told.rows - told.labelled > 0
        assert told.arrived == 1.0
    version = service.ledger.version()
    rows = service.store.window(version.first, version.last, version.source).part(Part.EVIDENCE, labelled=False)
    has = rows["_label"].notna()
    assert version.labelled == has.sum() / (has | (rows["_tick"] > version.last - 3)).sum()
    assert has.mean() < version.labelled < 1.0


def test_too_few_rows_to_tell_say_so(make: Make) -> None:
    """Instead of a figure there is the reason, and nothing is supposed."""
    service = lived(make("calm", rows=150, window=10), 4, 17)
    told = service.ledger.performances()
    assert told
    for performance in told:
        assert not performance.metrics
        assert (
            performance.reason == f"{performance.rows} rows are too few to tell before their labels come; 100 would do"
        )
    assert sentences(told) == []
