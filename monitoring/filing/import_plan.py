"""What importing a findings file would do to a ledger. Pure: nothing is filed here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from halflife.models.domain import Finding
from halflife.monitoring.claims.language.grammar import readable
from halflife.monitoring.filing.reader import Placed


@dataclass(frozen=True)
class Revision:
    """A finding whose claim is as the file has it, and what else has changed.

    Attributes:
        finding: as it is to be.
        keys: that differ, in the file's words; empty where the file only takes it over.
    """

    finding: Finding
    keys: tuple[str, ...]


@dataclass(frozen=True)
class ImportPlan:
    """Every entry of the file is in one of the first five; findings the file had before and no longer has are gone.

    Attributes:
        new: names the ledger does not know.
        changed: with the open finding whose claim, scope or version differs.
        revised: the same claim with another note, guard, author, ttl or links, or new to the file.
        unchanged: nothing to do.
        retired: with the finding of that name, which is no longer re-tested.
        gone: open, from an earlier state of the file, and in it no more.
    """

    new: tuple[Placed, ...] = ()
    changed: tuple[tuple[Finding, Placed], ...] = ()
    revised: tuple[Revision, ...] = ()
    unchanged: tuple[Finding, ...] = ()
    retired: tuple[tuple[Finding, Placed], ...] = ()
    gone: tuple[Finding, ...] = ()


def plan(entries: Sequence[Placed], known: Iterable[Finding]) -> ImportPlan:
    """Compare the file with every finding of the ledger, by name."""
    ledger = {finding.name: finding for finding in known}
    new: list[Placed] = []
    changed: list[tuple[Finding, Placed]] = []
    retired: list[tuple[Finding, Placed]] = []
    revised: list[Revision] = []
    unchanged: list[Finding] = []
    for placed in entries:
        finding = ledger.pop(placed.entry.name, None)
        if finding is None:
            new.append(placed)
        elif finding.retired_on is not None:
            retired.append((finding, placed))
        elif differences(finding, placed):
            changed.append((finding, placed))
        elif (revision := _revised(finding, placed)).finding != finding:
            revised.append(revision)
        else:
            unchanged.append(finding)
    gone = tuple(f for f in ledger.values() if f.in_file and f.retired_on is None)
    return ImportPlan(tuple(new), tuple(changed), tuple(revised), tuple(unchanged), tuple(retired), gone)


def differences(finding: Finding, placed: Placed) -> tuple[str, ...]:
    """What is said differently of the claim, as ``key: filed → in the file``."""
    told = []
    if not _same(finding.claim, placed):
        told.append(f"claim: {finding.claim} → {placed.claim}")
    if finding.scope is not placed.scope:
        told.append(f"scope: {finding.scope} → {placed.scope}")
    if placed.entry.made_on not in (None, finding.made_on):
        told.append(f"made_on: {finding.made_on} → {placed.entry.made_on}")
    return tuple(told)


def born(placed: Placed, *, made_on: int, author: str) -> Finding:
    """The finding of an entry; version and author where the entry names none."""
    entry = placed.entry
    return Finding(
        name=entry.name,
        claim=str(placed.claim),
        statistic=placed.claim.statistic,
        scope=placed.scope,
        made_on=entry.made_on or made_on,
        author=entry.author or author,
        note=entry.note,
        guard=entry.guard,
        ttl=entry.ttl,
        links=entry.links,
        in_file=True,
    )


def _same(claim: str, placed: Placed) -> bool:
    """Whether two claims mean the same, whatever was canonical when the first was filed."""
    if claim == str(placed.claim):
        return True
    return readable(claim) == placed.claim


def _revised(finding: Finding, placed: Placed) -> Revision:
    entry = placed.entry
    told = {
        "author": entry.author or finding.author,
        "note": entry.note,
        "guard": entry.guard,
        "ttl": entry.ttl,
        "links": entry.links,
    }
    keys = tuple(key for key, value in told.items() if getattr(finding, key) != value)
    return Revision(replace(finding, **told, in_file=True), keys)  # type: ignore[arg-type]  # values by name
