"""Halflife for programs and notebooks: ``halflife.open(home)``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from halflife.flows.opened import Opened
from halflife.flows.plain_runner import PlainRunner
from halflife.flows.resolution import resolve
from halflife.flows.use_cases import (
    alerting,
    explaining,
    filing,
    looking,
    measuring,
    reporting,
    run_answers,
    running,
    sharing,
)
from halflife.flows.version_names import VersionName, numbered

if TYPE_CHECKING:
    import pandas as pd

FindingName = int | str
"""What names a finding: its name, or its number."""


def open(home: str | Path | None = None, *, config: str | Path | None = None) -> "Halflife":  # noqa: A001 - read as halflife.open
    """A home, ready to be asked.

    Args:
        home: where everything is kept; the one used last when left out.
        config: settings; ``halflife.toml`` if it is there, else what the home was last used with, when left out.

    Raises:
        ConfigError: a setting is wrong, or the settings are those of another home.
    """
    settings = resolve(None if config is None else Path(config), None if home is None else Path(home)).settings
    here = settings.home.resolve()  # the same home, wherever the program goes
    return Halflife(Opened(settings.model_copy(update={"home": here}), PlainRunner()))


class Halflife:
    """A home and what can be done with it.

    Looking needs no lock; whatever writes holds the home while it does, and raises `errors.Unavailable` where somebody
    else holds it. A version is named by its number, as ``3`` or ``"v3"``, or is itself; a finding by its name or number.
    """

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    def __repr__(self) -> str:
        return f"halflife.open({str(self.home)!r})"

    @property
    def home(self) -> Path:
        """The folder."""
        return self._opened.settings.home

    def versions(self) -> looking.Versions:
        """Every version, oldest first."""
        return looking.versions(self._opened)

    def findings(
        self,
        *,
        status: str | None = None,
        author: str | None = None,
        statistic: str | None = None,
        guard: bool = False,
        version: VersionName | None = None,
        open_only: bool | None = None,
    ) -> looking.Findings:
        """Findings, what became of them, and since when; ``version``: as things stood on it."""
        return looking.findings(
            self._opened,
            status=status,
            author=author,
            statistic=statistic,
            guard=guard,
            version=_number(version),
            open_only=open_only,
        )

    def finding(self, name: FindingName) -> looking.Portrait:
        """One finding: its life and its verdict."""
        return looking.finding(self._opened, str(name))

    def file(
        self,
        claim: str,
        *,
        name: str | None = None,
        note: str = "",
        links: Sequence[str] = (),
        author: str = "",
        guard: bool = False,
        scope: str | None = None,
        ttl: int | None = None,
        on: VersionName | None = None,
    ) -> filing.Filed:
        """File a conclusion about version ``on`` (the newest by default), and test it at once."""
        return filing.file(
            self._opened,
            claim,
            name=name,
            note=note,
            links=links,
            author=author,
            guard=guard,
            scope=scope,
            ttl=ttl,
            on=_number(on),
        )

    def retire(self, *names: FindingName, note: str = "") -> filing.Retired:
        """Stop re-testing findings; what was measured of them stays."""
        return filing.retire(self._opened, [str(name) for name in names], note)

    def guard(self, name: FindingName, *, on: bool = True) -> filing.Guarded:
        """Let a finding decide about promotion, or no longer."""
        return filing.guard(self._opened, str(name), on=on)

    def import_findings(self, path: str | Path = "findings.yaml", *, replace: bool = False) -> sharing.ImportTold:
        """Make the ledger say what a team's file of findings says."""
        return sharing.import_findings(self._opened, Path(path), replace=replace)

    def why(
        self, name: FindingName, *, old: VersionName | None = None, new: VersionName | None = None
    ) -> explaining.CauseTold:
        """Why a finding is no longer what it was, between two versions; those of its last change by default."""
        return explaining.why(self._opened, str(name), old=_number(old), new=_number(new))

    def explain(
        self,
        case: int | str | None = None,
        *,
        version: VersionName | None = None,
        file: Sequence[int] = (),
        author: str = "",
    ) -> explaining.Explained:
        """One case, by default the one the version is most confidently wrong about; ``file``: conclusions to file."""
        return explaining.explain(
            self._opened, None if case is None else str(case), version=_number(version), file=file, author=author
        )

    def investigate(self, *, version: VersionName | None = None) -> explaining.Investigated:
        """What a debugging session finds in a version; nothing is filed."""
        return explaining.investigate(self._opened, version=_number(version))

    def needs(self, *, version: VersionName | None = None, segments: Sequence[str] = ()) -> measuring.NeedsTold:
        """Which labels to collect next, and which claims want rows."""
        return measuring.needs(self._opened, version=_number(version), segments=segments)

    def opacity(self, *, version: VersionName | None = None, refits: int | None = None) -> measuring.OpacityTold:
        """What cannot be known about a version."""
        return measuring.opacity(self._opened, version=_number(version), refits=refits)

    def plan(self) -> run_answers.Planned:
        """What is to be done now, and what comes next; nothing is done."""
        return running.plan(self._opened)

    def replay(self, ticks: int | None = None) -> run_answers.Replayed:
        """Run every cycle over the feed's history; goes on where an earlier run stopped."""
        return running.replay(self._opened, ticks)

    def ingest(self, rows: "pd.DataFrame | int | None" = None, *, ticks: int | None = None) -> run_answers.IngestTold:
        """Pull the next ticks of the feed that are over into the store.

        Args:
            rows: rows, or a table of ids and labels, to push to a feed of kind ``"push"``, which then takes in every tick
                that is over; a number is one of ticks.
            ticks: how many to pull at most; None for every one that is over, or one of a feed that does not end.
        """
        if rows is None or isinstance(rows, int):
            return running.ingest(self._opened, ticks if rows is None else rows)
        import polars as pl

        return running.push(self._opened, pl.from_pandas(rows))

    def watch(self) -> run_answers.WatchTold:
        """Compare the newest ticks with the window the champion was trained on."""
        return running.watch(self._opened)

    def retrain(self) -> run_answers.Retrained:
        """Train a version on the newest window, with all that follows."""
        return running.retrain(self._opened)

    def recheck(self) -> run_answers.Rechecked:
        """Re-test every open finding on the newest version."""
        return running.recheck(self._opened)

    def report(self, output: str | Path | None = None) -> reporting.Page:
        """Write the conclusions page; a notebook shows it."""
        return reporting.report(self._opened, None if output is None else Path(output))

    def alerts(self) -> alerting.Deliveries:
        """Every alert's deliveries, newest first."""
        return alerting.deliveries(self._opened)


def _number(version: VersionName | None) -> int | None:
    return None if version is None else numbered(version)
