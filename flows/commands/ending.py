"""What commands print for people, in tables that fit a terminal."""

import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from halflife.models.domain import Status, Version
from halflife.monitoring.claims.language.grammar import readable
from halflife.monitoring.reports.cause_words import family
from halflife.monitoring.reports.figures import percent
from halflife.monitoring.reports.terminal import STYLES, summary

Row = Mapping[str, Any]

WIDTH = 110
"""Of tables where there is no terminal to ask."""


def terminal() -> Console:
    """Standard output; wide enough for tables when it is a file or a pipe."""
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDTH
    return Console(highlight=False, width=width)


def show_ending(home: Path, seconds: Mapping[str, float]) -> None:
    """The last screen of a replay: what became of the findings, and where to look further."""
    from halflife.flows.bootstrap import recall, registry, service
    from halflife.monitoring import steps

    here = service(str(home.resolve()))
    story = steps.conclusions(here)
    console = terminal()
    console.print()
    console.print(summary(story))
    console.print()
    deliveries = here.ledger.deliveries()
    if deliveries:
        sent = {d.alert.key: d.alert for d in deliveries if d.state == "sent"}
        names = sorted({d.channel for d in deliveries if d.state == "sent"})
        waiting = sum(d.state != "sent" for d in deliveries)
        tail = f"; {waiting} deliveries wait or were given up (halflife alerts list)" if waiting else ""
        console.print(f"[bold]Alerts[/bold]  {len(sent)} sent by {', '.join(names) or 'no channel'}{tail}")
        for alert in sorted(sent.values(), key=lambda a: a.version)[-6:]:
            console.print(Text(f"  {alert.subject}"), overflow="ellipsis", no_wrap=True)
        console.print()
    if not story.versions:
        return
    folder = here.home / "reports" / story.versions[-1].label
    links = {
        "Conclusions": folder / "conclusions.html",
        "Evidently": folder / "drift.html",
        "E-mails": here.home / "alerts",
    }
    for name, path in links.items():
        if path.exists():
            console.print(Text.assemble((f"{name:<12}", "bold"), short(path)), soft_wrap=True)
    console.print(Text.assemble((f"{'MLflow':<12}", "bold"), registry(recall(here.home)).ui_command), soft_wrap=True)
    prefect = f"PREFECT_HOME={shlex.quote(str(short(here.home / 'prefect')))} prefect server start"
    console.print(Text.assemble((f"{'Prefect':<12}", "bold"), prefect), soft_wrap=True)
    total = seconds.get("total", 0.0)
    parts = ", ".join(f"{name} {s:.0f}" for name, s in seconds.items() if name != "total" and s >= 0.5)
    console.print(f"\n[dim]{total:.0f} s: {parts}[/dim]")


def short(path: Path) -> str:
    """Relative to where the command runs, if it is below."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def show_checks(version: Version, rows: Sequence[Row]) -> None:
    """Re-tests on one version; claims about single cases are counted, not listed.

    Args:
        version: they were tested on.
        rows: of ``halflife.monitoring.reports.listing.check_row``.
    """
    console = terminal()
    listed = [row for row in rows if not _about_case(row["claim"])]
    wide = console.width >= WIDTH
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("finding", "claim") if wide else ("finding",):
        table.add_column(name, overflow="fold", no_wrap=wide and name == "finding")
    for name in ("fresh rows", "pinned rows") if wide else ("fresh, pinned rows",):
        table.add_column(name, justify="right", overflow="fold")
    table.add_column("", no_wrap=True)
    for row in listed or rows:
        named = [Text(row["finding"], style="" if wide else "bold"), Text(row["claim"])]
        figures = [Text(_figures(row[on])) for on in ("fresh", "pinned")]
        cells = [*named, *figures] if wide else [Text("\n").join(named), Text("\n").join(figures)]
        table.add_row(*cells, _status(row["status"]))
    console.print(f"[bold]{version.label}[/bold] · ticks {version.first} to {version.last} · {len(rows)} re-tested")
    console.print(table)
    rest = len(rows) - len(listed or rows)
    if rest:
        refuted = sum(Status(row["status"]).refutes for row in rows if _about_case(row["claim"]))
        console.print(f"[dim]and {rest} claims about single cases, {refuted} of them refuted (see --json)[/dim]")


def _about_case(claim: str) -> bool:
    read = readable(claim)
    return read is not None and read.case is not None


def _figures(measurement: Row | None) -> str:
    if measurement is None:
        return "–"
    if measurement["estimate"] is None:
        return str(measurement["reason"])
    if measurement["lower"] == measurement["upper"]:
        return f"{measurement['estimate']:.3f}"
    return f"{measurement['estimate']:.3f} [{measurement['lower']:.3f}, {measurement['upper']:.3f}]"


def _status(status: str) -> Text:
    return Text(status, style=STYLES[Status(status)])


def show_findings(rows: Sequence[Row], *, everything: bool) -> None:
    """Findings with what became of them; people's first, then the investigator's.

    Args:
        rows: of ``halflife.monitoring.reports.listing.finding_rows``.
        everything: stillborn and retired ones and claims about single cases too.
    """
    console = terminal()
    shown = [
        row for row in rows if everything or not (row["stillborn"] or row["retired_on"] or _about_case(row["claim"]))
    ]
    wide = console.width >= WIDTH
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("", justify="right")
    for name in ("name", "claim", "by") if wide else ("finding",):
        table.add_column(name, overflow="fold", no_wrap=name == "by")
    for name in ("made on", "status", "since", *(("why",) if wide else ())):
        table.add_column(name, no_wrap=True)
    table.add_column("next", justify="right", no_wrap=True)
    for row in sorted(shown, key=lambda row: (row["author"] == "investigator", -row["id"])):
        cells = [row["made_on"], _standing(row), row["since"], *((_because(row),) if wide else ())]
        table.add_row(str(row["id"]), *_named(row, wide=wide), *cells, percent(row["p_stale_next"]))
    console.print(table if shown else "no finding to show")
    if any(row["p_stale_next"] is not None for row in shown):
        console.print("[dim]next: chance of being refuted at the next retrain[/dim]")
    if len(shown) < len(rows):
        console.print(f"[dim]{len(rows) - len(shown)} more: single cases, stillborn and retired ones (--all)[/dim]")


def _named(row: Row, *, wide: bool) -> list[Text]:
    """Name, claim and author, in columns of their own or below each other."""
    name = Text(row["name"], style="bold")
    name.append(" guard" if row["guard"] else "", style="dim")
    if wide:
        return [name, Text(row["claim"]), Text(row["author"])]
    by = Text(f" by {row['author']}" if row["author"] != "investigator" else "", style="dim")
    return [Text.assemble(name, by, "\n", row["claim"])]


def _because(row: Row) -> str:
    """Whose doing it is that a finding no longer holds; empty where it holds, or where nobody knows."""
    refuted = row["cause"] and not row["retired_on"] and Status(row["status"]).refutes
    return family(row["cause"]) if refuted else ""


def _standing(row: Row) -> Text:
    """The status, or what outweighs it."""
    flags = {"stillborn": row["stillborn"], "retired": row["retired_on"], "expired": row["expired"]}
    flag = next((name for name, on in flags.items() if on), None)
    return _status(row["status"]) if flag is None else Text(flag, style="dim")


def show_deliveries(rows: Sequence[Row]) -> None:
    """The outbox."""
    console = terminal()
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("version", "channel", "state", "tries", "subject", "error"):
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(
            row["version"] or "–",
            row["channel"],
            row["state"],
            str(row["attempts"]),
            Text(row["subject"]),
            Text(row["error"]),
        )
    console.print(table if rows else "no alert has been decided yet")
