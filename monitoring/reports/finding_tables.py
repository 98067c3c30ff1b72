"""Findings, re-tests and deliveries as tables for a terminal: wide where there is room, else two lines a row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table

from halflife.models.domain import Status, Version
from halflife.monitoring.claims.language.grammar import readable
from halflife.monitoring.reports.rich_text import Text
from halflife.monitoring.reports.shown import WIDTH
from halflife.monitoring.reports.terminal import STYLES
from halflife.monitoring.wording.figures import percent
from halflife.monitoring.wording.tick_words import ticks

Row = Mapping[str, Any]
CLAIM = 30
"""Columns that a claim wants: those of its longest words."""


@dataclass(frozen=True)
class CheckTable:
    """Re-tests on one version; claims about single cases are counted, not listed, unless there are no others.

    Attributes:
        version: they were tested on.
        rows: of ``halflife.monitoring.reports.listing.check_row``.
    """

    version: Version
    rows: Sequence[Row]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        listed = [row for row in self.rows if not _about_case(row["claim"])]
        wide = options.max_width >= max(WIDTH, _room(listed or self.rows))
        table = Table(box=None, header_style="bold", pad_edge=False)
        for name in ("finding", "claim") if wide else ("finding",):
            table.add_column(name, overflow="fold", no_wrap=wide and name == "finding")
        for name in ("fresh rows", "pinned rows") if wide else ("fresh, pinned rows",):
            table.add_column(name, justify="right", overflow="fold")
        table.add_column("", no_wrap=True)
        for row in listed or self.rows:
            named = [Text(row["finding"], style="" if wide else "bold"), Text(row["claim"])]
            figures = [Text(_figures(row[on])) for on in ("fresh", "pinned")]
            cells = [*named, *figures] if wide else [Text("\n").join(named), Text("\n").join(figures)]
            table.add_row(*cells, _status(row["status"]))
        v = self.version
        yield Text.assemble((v.label, "bold"), f" · {ticks(v.first, v.last, v.dates)} · {len(self.rows)} re-tested")
        yield table
        rest = len(self.rows) - len(listed or self.rows)
        if rest:
            refuted = sum(Status(row["status"]).refutes for row in self.rows if _about_case(row["claim"]))
            yield Text(f"and {rest} claims about single cases, {refuted} of them refuted (see --json)", style="dim")


@dataclass(frozen=True)
class FindingTable:
    """Findings with what became of them; people's first, then the investigator's.

    Attributes:
        rows: of ``halflife.monitoring.reports.listing.finding_rows``.
        everything: stillborn and retired ones and claims about single cases too.
    """

    rows: Sequence[Row]
    everything: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        shown = [row for row in self.rows if self.everything or not _set_aside(row)]
        wide = options.max_width >= WIDTH
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
        yield table if shown else "no finding to show"
        if any(row["p_stale_next"] is not None for row in shown):
            yield Text("next: chance of being refuted at the next retrain", style="dim")
        if len(shown) < len(self.rows):
            rest = len(self.rows) - len(shown)
            yield Text(f"{rest} more: single cases, stillborn and retired ones (--all)", style="dim")


@dataclass(frozen=True)
class DeliveryTable:
    """The outbox.

    Attributes:
        rows: a delivery each, newest first.
    """

    rows: Sequence[Row]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        table = Table(box=None, header_style="bold", pad_edge=False)
        for name in ("version", "channel", "state", "tries", "subject", "error"):
            table.add_column(name, overflow="fold")
        for row in self.rows:
            table.add_row(*map(Text, _delivery(row)))
        yield table if self.rows else "no alert has been decided yet"


def _room(rows: Sequence[Row]) -> int:
    """Columns that keep a name whole, and leave a claim enough not to be cut within a word."""
    figures = max((len(_figures(row[on])) for row in rows for on in ("fresh", "pinned")), default=0)
    return max((len(row["finding"]) for row in rows), default=0) + CLAIM + 2 * figures + len(Status.UNTESTABLE) + 8


def _delivery(row: Row) -> Iterator[str]:
    yield row["version"] or "–"
    for name in ("channel", "state", "attempts", "subject", "error"):
        yield str(row[name])


def _set_aside(row: Row) -> bool:
    return bool(row["stillborn"] or row["retired_on"] or _about_case(row["claim"]))


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
    return str(row["whose"]) if refuted else ""


def _standing(row: Row) -> Text:
    """The status, or what outweighs it."""
    flags = {"stillborn": row["stillborn"], "retired": row["retired_on"], "expired": row["expired"]}
    flag = next((name for name, on in flags.items() if on), None)
    return _status(row["status"]) if flag is None else Text(flag, style="dim")


def _about_case(claim: str) -> bool:
    read = readable(claim)
    return read is not None and read.case is not None
