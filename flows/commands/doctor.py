"""``halflife doctor``."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

import click

from halflife.flows.commands.common import emit, options
from halflife.flows.settings import Settings
from halflife.models.errors import HalflifeError


@dataclass(frozen=True)
class Look:
    """What one look found."""

    name: str
    ok: bool
    says: str


@click.command(epilog="Example: halflife doctor --config infra/examples/bank.toml")
@options
def command(settings: Settings, as_json: bool, verbose: bool) -> None:
    """Check the configuration, the home, the feed and its schema, the ledger, MLflow and the alert channels.

    Nothing is written but the folder of the home.
    """
    found = list(examine(settings))
    if as_json:
        emit({"ok": all(f.ok for f in found), "checks": [asdict(f) for f in found]})
    else:
        for f in found:
            click.secho("✓ " if f.ok else "✗ ", fg="green" if f.ok else "red", nl=False)
            first, *rest = f.says.splitlines()
            click.echo(f"{f.name:<9} {first}")
            for line in rest:
                click.echo(f"            {line}")
    if not all(f.ok for f in found):
        sys.exit(1)


def examine(settings: Settings) -> Iterator[Look]:
    """Every look, in the order things are used; a failed one does not stop the next."""
    looks: dict[str, Callable[[Settings], str]] = {
        "home": _home,
        "feed": _feed,
        "store": _store,
        "ledger": _ledger,
        "mlflow": _mlflow,
        "channels": _channels,
    }
    for name, look in looks.items():
        try:
            yield Look(name, True, look(settings))
        except HalflifeError as error:
            yield Look(name, False, str(error))


def _home(settings: Settings) -> str:
    from halflife.flows.commands.common import alone

    with alone(settings.home):
        return f"{settings.home} can be written"


def _feed(settings: Settings) -> str:
    from halflife.flows.bootstrap import feed
    from halflife.monitoring.explanations.explain_case import check_immutable
    from halflife.monitoring.investigator.agenda import check_agenda

    source = feed(settings)
    batch = source.batch(0)
    check_agenda(settings.investigate, source.schema)
    check_immutable(settings.explain.immutable, source.schema)
    length = "without end" if source.ticks is None else f"{source.ticks} ticks"
    where = settings.feed.path or f"synthetic world {settings.feed.scenario!r}"
    lines = [f"{where}: {length} of {settings.feed.rows_per_tick} rows; tick 0 has {len(batch.rows)} rows"]
    lines += [f"{column.kind.value:<12} {column.name}" for column in source.schema.columns]
    lines.append(f"{'label':<12} {settings.feed.label or 'of the world'}: {_labels(batch.labels['_label'].mean())}")
    return "\n".join(lines)


def _labels(share: float) -> str:
    return (
        "no label has arrived in tick 0"
        if share != share
        else f"{share:.1%} positive among those that arrive in tick 0"
    )


def _store(settings: Settings) -> str:
    if not (settings.home / "store").exists():
        return "empty; the first tick will fix the schema"
    from halflife.flows.bootstrap import store

    rows = store(settings)
    if rows.schema is None:
        return "empty; the first tick will fix the schema"
    return (
        f"ticks 0 to {rows.last_tick}, {len(rows.schema.columns)} columns, {len(rows.quarantine())} rows in quarantine"
    )


def _ledger(settings: Settings) -> str:
    if not (settings.home / "ledger.db").exists():
        return "not used yet"
    from halflife.flows.bootstrap import ledger

    book = ledger(settings)
    waiting = sum(d.state not in ("sent",) for d in book.deliveries())
    return f"{len(book.versions())} versions, {len(book.findings())} findings, {waiting} alerts not delivered"


def _mlflow(settings: Settings) -> str:
    if not (settings.home / "mlflow.db").exists():
        return "not used yet"
    from halflife.flows.bootstrap import ledger, registry

    versions = ledger(settings).versions()
    if versions:
        registry(settings).model(versions[-1])
    return f"{len(versions)} versions; see them with: {registry(settings).ui_command}"


def _channels(settings: Settings) -> str:
    from halflife.flows.bootstrap import channels

    return (
        ", ".join(channels(settings.alerts, settings.home, settings.name)) + " (try them with `halflife alerts test`)"
    )
