"""Findings asked for by tags on registered versions, and the tags that answer those that cannot be filed."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from halflife.models.domain import Author, Finding
from halflife.models.errors import ClaimError
from halflife.models.rows import Schema
from halflife.monitoring.claims.language.grammar import parse
from halflife.monitoring.filing.entry import NAME, RIGHT

ASK = "halflife.finding."
ANSWER = "halflife.error."
WARNING = "halflife.fragile."
"""Begins the tag that warns of a finding born fragile."""

Tags = Mapping[int, Mapping[str, str]]
"""Version number -> name of a tag -> its value."""


@dataclass(frozen=True)
class Asked:
    """What the tags come to.

    Attributes:
        findings: to be filed.
        answers: version number -> tag -> what is wrong with the request; None takes away an answer that no longer
            applies.
    """

    findings: tuple[Finding, ...]
    answers: Mapping[int, Mapping[str, str | None]]


def asked(tags: Tags, known: Iterable[Finding], schema: Schema) -> Asked:
    """Read requests; pure, and said twice it is said once.

    A name the ledger knows with the same claim was filed before. The same name on two versions is filed on the earlier.

    Args:
        tags: of each version: ``halflife.finding.NAME`` with a claim as its value, ``halflife.error.NAME`` with an
            answer given before; others are passed over.
        known: every finding of the ledger.
        schema: the columns there are.
    """
    claims = {finding.name: finding.claim for finding in known}
    found: list[Finding] = []
    answers: dict[int, dict[str, str | None]] = {}
    for number, own in sorted(tags.items()):
        wrong: dict[str, str] = {}
        for tag in sorted(tag for tag in own if tag.startswith(ASK)):
            name = tag.removeprefix(ASK)
            finding = _read(name, own[tag], number, schema)
            if isinstance(finding, str):
                wrong[f"{ANSWER}{name}"] = finding
            elif name not in claims:
                found.append(finding)
                claims[name] = finding.claim
            elif claims[name] != finding.claim:
                wrong[f"{ANSWER}{name}"] = f"there is a finding {name} that says {claims[name]}; choose another name"
        given = {tag: text for tag, text in own.items() if tag.startswith(ANSWER)}
        changed: dict[str, str | None] = {tag: text for tag, text in wrong.items() if given.get(tag) != text}
        changed |= dict.fromkeys(given.keys() - wrong.keys())
        if changed:
            answers[number] = changed
    return Asked(tuple(found), answers)


def _read(name: str, text: str, number: int, schema: Schema) -> Finding | str:
    """The finding, or what is wrong with the request."""
    if not re.fullmatch(NAME, name):
        return f"{name!r} cannot be a finding's name; it is {RIGHT['name']}"
    try:
        claim = parse(text, schema=schema)
    except ClaimError as error:
        return f"{error.message} (column {error.column})"
    note = f"filed by a tag on v{number}"
    return Finding(name, str(claim), claim.statistic, claim.scope, number, author=Author.MLFLOW, note=note)
