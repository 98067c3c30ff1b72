"""File a finding, retire findings, let one guard promotion."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from rich.console import Group, RenderableType

from halflife.flows.opened import Opened
from halflife.models.domain import Author, Check, Finding, Scope, Status, Version
from halflife.models.errors import UsageError
from halflife.monitoring.claims.language.grammar import parse
from halflife.monitoring.filing.entry import UNGUARDED, named, scoped
from halflife.monitoring.reports.rich_text import Text
from halflife.monitoring.reports.shown import Shown


@dataclass(frozen=True, repr=False, eq=False)
class Filed(Shown):
    """A finding as it was filed, and what its tests say.

    Attributes:
        finding: as the ledger has it.
        checks: on the version it is about, and on the newest.
        version: the newest it was tested on.
        warning: why it is born fragile; empty where it is not.
    """

    finding: Finding
    checks: tuple[Check, ...]
    version: Version
    warning: str

    @property
    def said(self) -> list[str]:
        """What a person should know beside the figures."""
        finding, check, notes = self.finding, self.checks[-1], []
        if finding.stillborn:
            notes.append(
                f"{finding.name} does not hold on v{finding.made_on}: it is kept as stillborn and not re-tested"
            )
        elif check.status is not Status.HOLDS:
            notes.append(
                f"{finding.name} is {check.status} on {self.version.label}; it is re-tested on every later version"
            )
        return notes + ([f"{finding.name} is {self.warning}"] if self.warning else [])

    def values(self) -> dict[str, Any]:
        from halflife.monitoring.reports.listing import check_row

        f = self.finding
        flags = {"id": f.id, "name": f.name, "stillborn": f.stillborn, "upheld": f.upheld, "fragile": f.fragile}
        return {**flags, **check_row(self.checks[-1], f)}

    @property
    def table(self) -> RenderableType:
        """Its newest re-test."""
        from halflife.monitoring.reports.finding_tables import CheckTable

        return CheckTable(self.version, (self.values(),))

    def __rich__(self) -> RenderableType:
        return Group(self.table, *(Text(line) for line in self.said))


def file(
    opened: Opened,
    claim: str,
    *,
    name: str | None = None,
    note: str = "",
    links: Sequence[str] = (),
    author: str = "",
    guard: bool = False,
    scope: str | None = None,
    ttl: int | None = None,
    on: int | None = None,
) -> Filed:
    """File a finding and test it at once, on the version it is about and on the newest.

    Args:
        opened: the home.
        claim: for instance ``auc() > 0.7``.
        name: what to call it; made from the claim when left out.
        note: how you came to think so.
        links: addresses of what led to it.
        author: who says so.
        guard: a version that breaks it is not promoted.
        scope: ``artifact``, ``population`` or ``process``; the statistic's own when left out.
        ttl: retrains without a valid re-test after which it expires.
        on: number of the version it is about; the newest when left out.

    Raises:
        ClaimError: the claim cannot be read, or does not fit the columns.
        UsageError: the name is taken, or the scope cannot guard.
        NotFound: no such version.
    """
    parse(claim)  # a slip is told before anything slow is loaded
    if name is not None:
        named(name)
    chosen = None if scope is None else scoped(scope)
    if guard and chosen is Scope.PROCESS:
        raise UsageError(UNGUARDED)
    from halflife.monitoring.steps.file_findings import enroll
    from halflife.monitoring.wording.fragility_words import fragility

    with opened.alone():
        context = opened.context
        version = context.ledger.version(on)
        parsed = parse(claim, schema=context.store.fixed_schema)
        taken = {f.name for f in context.ledger.findings()}
        finding = Finding(
            name=name or free(f"{parsed.statistic}-{version.label}", taken),
            claim=str(parsed),
            statistic=parsed.statistic,
            scope=chosen or parsed.scope,
            made_on=version.number,
            author=author or Author.PERSON,
            note=note,
            guard=guard,
            ttl=ttl,
            links=tuple(links),
        )
        if finding.name in taken:
            raise UsageError(f"there is a finding {finding.name!r} already; choose another name")
        (filed,) = enroll(context, [finding])
        checks = tuple(context.ledger.checks(finding=filed.id))
        newest = context.ledger.version(checks[-1].version)
    return Filed(filed, checks, newest, fragility(filed, checks[0].controls) or "")


@dataclass(frozen=True, repr=False, eq=False)
class Retired(Shown):
    """Findings that are no longer re-tested."""

    findings: tuple[Finding, ...]

    def values(self) -> list[dict[str, Any]]:
        return [{"name": f.name, "retired_on": f"v{f.retired_on}"} for f in self.findings]

    def __rich__(self) -> RenderableType:
        return Text("\n".join(f"{f.name} is retired from v{f.retired_on} on" for f in self.findings))


@dataclass(frozen=True, repr=False, eq=False)
class Guarded(Shown):
    """A finding that decides about promotion, or no longer does."""

    finding: Finding

    def values(self) -> dict[str, Any]:
        return {"name": self.finding.name, "guard": self.finding.guard}

    def __rich__(self) -> RenderableType:
        f = self.finding
        return Text(f"{f.name} {'guards' if f.guard else 'no longer guards'} promotion: {f.claim}")


def free(name: str, taken: set[str]) -> str:
    """The first of ``name-1``, ``name-2`` and so on that nobody has.

    >>> free("auc-v3", {"auc-v3-1"})
    'auc-v3-2'
    """
    number = next(k for k in range(1, len(taken) + 2) if f"{name}-{k}" not in taken)
    return f"{name}-{number}"


def retire(opened: Opened, keys: Sequence[str], note: str = "") -> Retired:
    """Stop re-testing findings, by name or number; ``note`` is added to theirs. Raises NotFound."""
    ledger = opened.ledger
    with opened.alone():
        found = [ledger.finding(key) for key in keys]
        newest = ledger.version()
        if note:
            ledger.revise([replace(f, note=f"{f.note.rstrip()}\nretired: {note}".lstrip()) for f in found])
        ledger.retire([finding.id for finding in found], newest.number)
        return Retired(tuple(ledger.finding(finding.name) for finding in found))


def guard(opened: Opened, key: str, *, on: bool = True) -> Guarded:
    """Let a finding decide about promotion, or no longer.

    Raises:
        NotFound: no such finding.
        UsageError: it is not re-tested any more, or is about all models trained this way.
    """
    ledger = opened.ledger
    with opened.alone():
        finding = ledger.finding(key)
        if on and (finding.retired_on is not None or finding.stillborn):
            why = "stillborn" if finding.stillborn else f"retired on v{finding.retired_on}"
            raise UsageError(f"{finding.name} is {why} and no longer re-tested; it cannot guard anything")
        if on and finding.scope is Scope.PROCESS:
            raise UsageError(f"{finding.name}: {UNGUARDED}")
        ledger.revise([replace(finding, guard=on)])
        return Guarded(ledger.finding(finding.name))
