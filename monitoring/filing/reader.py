"""From the text of a findings file to claims that can be filed; one fault anywhere, and nothing is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from halflife.models.domain import Scope
from halflife.models.errors import ClaimError
from halflife.models.rows import Schema
from halflife.monitoring.claims.language.grammar import Claim, parse
from halflife.monitoring.claims.syntax.sql_words import near
from halflife.monitoring.filing.entry import RIGHT, UNGUARDED, Entry, FindingsFile
from halflife.monitoring.filing.yaml_positions import Fault, Path, PositionedYaml


@dataclass(frozen=True)
class Placed:
    """A valid entry.

    Attributes:
        claim: with the entry's tolerance in it.
        scope: the entry's, or else the statistic's own.
        line: where the entry begins.
    """

    entry: Entry
    claim: Claim
    scope: Scope
    line: int


@dataclass(frozen=True)
class ReadFindings:
    """A file of findings, all of them valid.

    Attributes:
        marked: the text, for faults that only a ledger can tell.
    """

    placed: tuple[Placed, ...]
    marked: PositionedYaml

    def fault(self, placed: Placed, message: str) -> Fault:
        """A fault of a whole entry."""
        return Fault(placed.line, self.marked.at(("findings", self.placed.index(placed)))[1], message)


def read(text: str, name: str, *, schema: Schema | None = None, newest: int | None = None) -> ReadFindings:
    r"""Read a findings file.

    Args:
        text: YAML.
        name: of the file, for messages.
        schema: the columns there are; without it, columns and predicates are taken on trust.
        newest: number of the newest version, which no entry may be made after.

    Raises:
        ConfigError: every fault with file, line and column, and what would be right.

    >>> read("findings:\n  - {name: good, claim: acu() > 0.7}\n", "findings.yaml")
    Traceback (most recent call last):
    halflife.models.errors.ConfigError: findings.yaml:2:25: 'acu' is not a statistic; ...
    """
    marked = PositionedYaml(text, name)
    try:
        document = FindingsFile.model_validate(marked.value)
    except ValidationError as error:
        raise marked.error(_told(marked, dict(fault)) for fault in error.errors()) from None
    faults = [*_twice(marked, document.findings)]
    placed = []
    for i, entry in enumerate(document.findings):
        found = _placed(marked, i, entry, schema)
        if isinstance(found, Fault):
            faults.append(found)
        else:
            placed.append(found)
        if newest is not None and entry.made_on is not None and entry.made_on > newest:
            message = f"made_on: there is no v{entry.made_on}; the newest version is v{newest}"
            faults.append(Fault(*marked.at(("findings", i, "made_on")), message))
    if faults:
        raise marked.error(faults)
    return ReadFindings(tuple(placed), marked)


def _placed(marked: PositionedYaml, i: int, entry: Entry, schema: Schema | None) -> Placed | Fault:
    at: Path = ("findings", i, "claim")
    try:
        claim = parse(entry.claim, schema=schema)
    except ClaimError as error:
        return Fault(*marked.inside(at, entry.claim, error.column), error.message)
    if entry.tolerance is not None:
        at = ("findings", i, "tolerance")
        if claim.tolerance not in (0, entry.tolerance):
            message = f"tolerance: the claim itself says ± {claim.tolerance:g}; say it once"
            return Fault(*marked.at(at), message)
        claim = replace(claim, tolerance=entry.tolerance)
        try:
            parse(str(claim), schema=schema)
        except ClaimError as error:
            return Fault(*marked.at(at), f"tolerance: {error.message}")
    scope = entry.scope or claim.scope
    if entry.guard and scope is Scope.PROCESS:
        return Fault(*marked.at(("findings", i, "guard")), f"guard: {UNGUARDED}")
    return Placed(entry, claim, scope, marked.at(("findings", i))[0])


def _twice(marked: PositionedYaml, entries: tuple[Entry, ...]) -> list[Fault]:
    """Names must be told apart."""
    first: dict[str, int] = {}
    faults = []
    for i, entry in enumerate(entries):
        if entry.name in first:
            line = marked.at(("findings", first[entry.name], "name"))[0]
            message = f"name: there is another {entry.name!r} in line {line}; a name is given once"
            faults.append(Fault(*marked.at(("findings", i, "name")), message))
        first.setdefault(entry.name, i)
    return faults


def _told(marked: PositionedYaml, fault: Mapping[str, Any]) -> Fault:
    """What pydantic found, in our words and at its place in the file."""
    path: Path = tuple(fault["loc"])
    if not path or not isinstance(marked.value, dict):
        return Fault(*marked.at(()), f"a findings file has one key, findings: {RIGHT['findings']}")
    inner = len(path) > 1
    key = str(path[2]) if len(path) > 2 else str(path[0])
    if fault["type"] == "extra_forbidden":
        known = [*Entry.model_fields] if inner else [*FindingsFile.model_fields]
        message = f"{key!r} is not a key; keys are {', '.join(known)}{near(key, known)}"
        return Fault(*marked.key(path), message)
    if fault["type"] == "missing":
        return Fault(*marked.at(path), f"{key} is missing; it is {RIGHT[key]}")
    if inner and len(path) == 2:
        return Fault(*marked.at(path), "an entry is a table with the keys name and claim, and more if you like")
    raw = marked.raw(path)
    got = "" if raw is None else f", not {raw!r}" if raw else ", not nothing"
    hint = "; put it in quotes" if fault["type"] == "string_type" and raw else ""
    return Fault(*marked.at(path), f"{key} is {RIGHT[key]}{got}{hint}")
