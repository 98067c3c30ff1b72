"""The ledger as it stood on an earlier version."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from halflife.models.domain import Check, Finding, Version
from halflife.models.errors import NotFound


def until(
    number: int, versions: Sequence[Version], findings: Iterable[Finding], checks: Iterable[Check]
) -> tuple[list[Version], list[Finding], list[Check]]:
    """What was known when version ``number`` had been re-tested: later findings are not there, retirements undone.

    Raises:
        NotFound: there is no such version.
    """
    numbers = [version.number for version in versions]
    if number not in numbers:
        known = f"versions go from v{numbers[0]} to v{numbers[-1]}" if numbers else "there is none yet"
        raise NotFound(f"there is no v{number}; {known}")
    return (
        [version for version in versions if version.number <= number],
        [_then(finding, number) for finding in findings if finding.made_on <= number],
        [check for check in checks if check.version <= number],
    )


def _then(finding: Finding, number: int) -> Finding:
    later = finding.retired_on is not None and finding.retired_on > number
    return replace(finding, retired_on=None) if later else finding
