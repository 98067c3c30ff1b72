"""Whether a claim that was read fits the columns there are."""

from halflife.models.errors import ClaimError
from halflife.models.rows import Schema
from halflife.monitoring.claims.language.grammar import Claim, parse
from halflife.monitoring.claims.statistics import STATISTICS
from halflife.monitoring.claims.syntax.argument_values import fits, unknown


def check(claim: Claim, schema: Schema) -> None:
    """Refuse a claim that does not fit the schema; columns of faults refer to ``str(claim)``.

    Raises:
        ClaimError: as ``parse``.
    """
    if claim.statistic not in STATISTICS:
        raise ClaimError(
            unknown("a statistic", "statistics are", claim.statistic, tuple(STATISTICS)),
            text=claim.statistic,
            column=1,
        )
    if not _fits(claim, schema):
        parse(str(claim), schema=schema)


def _fits(claim: Claim, schema: Schema) -> bool:
    """Whether every column and predicate of a claim that was parsed is one of the schema's."""
    declared = {a.name: a for a in STATISTICS[claim.statistic].arguments}
    if isinstance(claim.threshold, str) and claim.threshold not in schema.names:
        return False
    return all(fits(value, declared[name], schema) for name, value in claim.arguments)
