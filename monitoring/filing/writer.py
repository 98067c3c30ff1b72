"""Findings as the text of a findings file: the same findings are the same bytes."""

from collections.abc import Iterable
from dataclasses import replace
from textwrap import indent
from typing import Any

import yaml

from halflife.models.domain import Finding
from halflife.monitoring.claims.language.grammar import readable


class _Block(yaml.SafeDumper):  # type: ignore[misc]  # PyYAML has no types
    """Block style, lists indented below their key, texts of several lines as they are."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=_style(value))


def _style(value: str) -> str | None:
    r"""As it is where that is safe: PyYAML does not read back every text it writes as a block.

    >>> _style("one line"), _style("two\nlines\n"), _style("  indented\n")
    (None, '|', '"')
    """
    lines = value.split("\n")
    if not all(line.isprintable() for line in lines):
        return '"'
    if len(lines) == 1:
        return None
    tidy = all(line == line.rstrip() for line in lines) and not value.startswith((" ", "\n")) and lines[-2:] != ["", ""]
    return "|" if tidy else '"'


_Block.add_representer(str, _text)


def write(findings: Iterable[Finding]) -> str:
    """The text, ordered by name; reading it and writing what was read gives the same text.

    >>> from halflife.models.domain import Scope
    >>> fair = Finding("fair", "auc() > 0.7 ± 0.02", "auc", Scope.POPULATION, 3, author="ann", guard=True)
    >>> print(write([fair]), end="")
    findings:
      - name: fair
        claim: auc() > 0.7
        tolerance: 0.02
        scope: population
        made_on: 3
        author: ann
        guard: true
    """
    entries = [indent(_dump([entry(f)]), "  ") for f in sorted(findings, key=lambda f: f.name)]
    return "findings:\n" + "\n".join(entries) if entries else "findings: []\n"


def _dump(value: Any) -> str:
    text: str = yaml.dump(
        value, Dumper=_Block, default_flow_style=False, sort_keys=False, allow_unicode=True, width=1 << 30
    )
    return text


def entry(finding: Finding) -> dict[str, Any]:
    """The keys that say something, as plain values; what is left out is read back as it was."""
    claim, tolerance = finding.claim, 0.0  # what cannot be read is written as it was filed
    if (read := readable(claim)) is not None:
        claim, tolerance = str(replace(read, tolerance=0.0)), read.tolerance
    keys: dict[str, Any] = {"name": finding.name, "claim": claim}
    keys |= {"tolerance": tolerance} if tolerance else {}
    keys |= {"scope": finding.scope.value, "made_on": finding.made_on, "author": str(finding.author)}
    said = {"guard": finding.guard, "ttl": finding.ttl, "note": finding.note, "links": list(finding.links)}
    return keys | {key: value for key, value in said.items() if value}
