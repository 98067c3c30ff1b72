"""Whether everything a home depends on is there and understood."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType

from halflife.flows.home_lock import locked
from halflife.flows.placement import OWN
from halflife.flows.settings import Settings
from halflife.models.errors import HalflifeError
from halflife.models.rows import LABEL
from halflife.monitoring.reports.hanging import Hanging
from halflife.monitoring.reports.rich_text import Text
from halflife.monitoring.reports.shown import Shown
from halflife.monitoring.wording.figures import plural

if TYPE_CHECKING:
    from halflife.models.rows import Batch
    from halflife.monitoring.ports import Feed

FIRST, REST = 12, 25
"""Columns before what is said of a look, and of its parts."""


@dataclass(frozen=True)
class Look:
    """What one look found."""

    name: str
    ok: bool
    says: str
    odd: tuple[str, ...] = ()
    """What works and is likely not meant so, a sentence each; ``says`` has them too."""


@dataclass(frozen=True, repr=False, eq=False)
class Diagnosis(Shown):
    """Every look, in the order things are used."""

    looks: tuple[Look, ...]

    @property
    def ok(self) -> bool:
        """Whether all is well."""
        return all(look.ok for look in self.looks)

    def values(self) -> dict[str, Any]:
        return {"ok": self.ok, "checks": [asdict(look) for look in self.looks]}

    def __rich__(self) -> RenderableType:
        return Hanging([line for look in self.looks for line in _lines(look)])


def diagnose(settings: Settings) -> Diagnosis:
    """Look at the configuration, the home, the feed, the stores and the channels; nothing is written but the folder."""
    return Diagnosis(tuple(examine(settings)))


def examine(settings: Settings) -> Iterator[Look]:
    """Every look, in the order things are used; a failed one does not stop the next."""
    looks: dict[str, Callable[[Settings], str | tuple[str, list[str]]]] = {
        "home": _home,
        "feed": _feed,
        "store": _store,
        "ledger": _ledger,
        "mlflow": _mlflow,
        "channels": _channels,
    }
    for name, look in looks.items():
        try:
            found = look(settings)
            says, odd = (found, []) if isinstance(found, str) else found
            yield Look(name, True, "\n".join([says, *(f"{'odd':<12} {remark}" for remark in odd)]), tuple(odd))
        except HalflifeError as error:
            yield Look(name, False, str(error))


def _home(settings: Settings) -> str:
    with locked(settings.home, settings=settings):
        return f"{settings.home} can be written"


def _lines(look: Look) -> Iterator[tuple[Text, int]]:
    first, *rest = look.says.splitlines()
    yield Text.assemble(("✓ ", "green") if look.ok else ("✗ ", "red"), f"{look.name:<9} {first}"), FIRST
    for line in rest:
        yield Text(f"{'':<{FIRST}}{line}", style="yellow" if line.startswith(("odd ", "leak ")) else ""), REST


def _feed(settings: Settings) -> tuple[str, list[str]]:
    from halflife.flows.bootstrap import feed
    from halflife.monitoring.explanations.explain_case import check_immutable
    from halflife.monitoring.investigator.first_look import first_leaks
    from halflife.monitoring.investigator.policy_check import check_policy

    source = feed(settings)
    batch = source.batch(0)
    check_policy(settings.investigate, source.schema)
    check_immutable(settings.explain.immutable, source.schema)
    length = "without end" if source.ticks is None else f"{source.ticks} ticks"
    where = getattr(settings.feed, "path", settings.feed.subject)
    lines = [f"{where}: {length}; tick 0 has {len(batch.rows)} rows"]
    lines += [f"{column.kind.value:<12} {column.name}" for column in source.schema.columns]
    label = getattr(settings.feed, "label", "of the world") or "from [labels]"
    tick, share = _first_labels(source, batch)
    lines.append(f"{'label':<12} {label}: {_labels(share, tick)}{_positive(settings)}")
    lines += [f"{'labels':<12} {said}" for said in _late(settings, source)]
    lines += [f"{'leak':<12} {sentence}" for sentence in first_leaks(source, settings.investigate.available_after)]
    return "\n".join(lines), [*source.remarks, *_sizes(settings, source, batch, share)]


def _positive(settings: Settings) -> str:
    """What the configuration says is positive, where the word does not say so itself; `init` may have guessed it."""
    from halflife.monitoring.label_words import says_yes

    where = settings.labels if settings.labels is not None and settings.labels.elsewhere else settings.feed
    said = getattr(where, "positive", None)
    if not isinstance(said, str) or says_yes(said):
        return ""
    return f"; that {said!r} is the positive value is guessed if `halflife init` wrote it: check it"


def _first_labels(source: "Feed", batch: "Batch") -> tuple[int, float]:
    """The first tick in which labels mostly come, and the share of positive ones there; NaN where none do."""
    late = source.lag.ticks if source.lag else 0
    tick = late if late and len(batch.known) == 0 and late < (source.ticks or 0) else 0
    return tick, float((batch if tick == 0 else source.batch(tick)).known[LABEL].mean())


def _late(settings: Settings, source: "Feed") -> list[str]:
    """What late labels leave of a window."""
    lag, window = source.lag, settings.retrain.window
    if lag is None or not source.tick_rows or not lag.ticks:
        return []
    typical = median(source.tick_rows)
    rows, labelled = window * typical, lag.labelled(window) * typical
    evidence = labelled * settings.evidence.evidence
    return [
        f"most have come {lag.ticks} {plural('tick', lag.ticks)} after their row: of a window's {rows:,.0f} rows about "
        f"{labelled:,.0f} have theirs, {evidence:,.0f} of them evidence"
    ]


def _sizes(settings: Settings, source: "Feed", batch: "Batch", share: float) -> list[str]:
    from halflife.monitoring.label_lag import AT_ONCE
    from halflife.monitoring.window_sizes import Windows, size_remarks

    rows = source.tick_rows or (len(batch.rows),)
    windows = Windows(
        train=settings.retrain.window,
        watch=settings.watch.window,
        evidence=settings.evidence.evidence,
        lag=source.lag or AT_ONCE,
        delay=getattr(settings.feed, "label_delay", 0),
        span=getattr(settings.feed, "tick", ""),
        ticks=source.ticks,
    )
    return size_remarks(rows, windows, None if share != share else min(share, 1 - share))


def _labels(share: float, tick: int) -> str:
    return (
        f"no label has arrived in tick {tick}"
        if share != share
        else f"{share:.1%} positive among those that arrive in tick {tick}"
    )


def _store(settings: Settings) -> str:
    where = f"{settings.store.uri}: " if settings.store.uri else ""
    if not where and not (settings.home / "store").exists():
        return "empty; the first tick will fix the schema"
    from halflife.flows.bootstrap import store

    rows = store(settings)
    if rows.schema is None:
        return f"{where}empty; the first tick will fix the schema"
    return f"{where}ticks 0 to {rows.last_tick}, {len(rows.schema.columns)} columns, {len(rows.quarantine())} rows in quarantine"


def _ledger(settings: Settings) -> str | tuple[str, list[str]]:
    from halflife.flows.ledger_place import has_ledger, ledger

    if not has_ledger(settings):
        return "not used yet"
    book = ledger(settings)
    waiting = sum(d.state not in ("sent",) for d in book.deliveries())
    versions, findings = book.versions(), book.findings()
    says = f"{len(versions)} versions, {len(findings)} findings, {waiting} alerts not delivered"
    if not versions:
        return says
    from halflife.monitoring.label_needs.claim_needs import SHORT, open_questions

    newest = versions[-1].number
    asked = open_questions(findings, book.checks(version=newest))
    short = [finding.name for finding, check in asked if SHORT.fullmatch(check.decides.reason)]
    return says, [
        f"{len(short)} open findings have too few rows to be tested; `halflife needs` says how many"
    ] if short else []


def _mlflow(settings: Settings) -> str:
    from halflife.flows.bootstrap import registry
    from halflife.flows.ledger_place import has_ledger, ledger

    if not settings.registry.uri and not (settings.home / OWN).exists():
        return "not used yet"
    models = registry(settings)
    if not has_ledger(settings):
        models.reach()
        return f"no version yet; see what comes with: {models.ui_command}"
    book = ledger(settings)
    versions = book.versions()
    if versions:
        models.model(versions[-1])
    lines = [f"{len(versions)} versions; see them with: {models.ui_command}"]
    lines += [f"{'odd':<12} {remark}" for remark in models.remarks(versions, book.champion())]
    return "\n".join(lines)


def _channels(settings: Settings) -> str | tuple[str, list[str]]:
    from halflife.flows.bootstrap import channels
    from halflife.monitoring.alerts.redaction import hidden

    there, webhook = channels(settings.alerts, settings.home, settings.name), settings.alerts.webhook
    says = f"{', '.join(there)} (try them with `halflife alerts test`)"
    if webhook is None or hidden(webhook.url) == webhook.url:
        return says
    return says, [
        "the webhook's address holds a secret, which the home does not keep: what runs without the configuration cannot "
        "send; alerts.webhook.url_env names a variable instead"
    ]
