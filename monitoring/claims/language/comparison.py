"""What a claim compares θ with, whatever it was written as."""

from halflife.monitoring.claims.language.grammar import Claim


def order(claim: Claim) -> tuple[str, float]:
    """The comparator and number a claim's θ is judged by; a claim about text, or that something is true, is θ > 0.

    >>> from halflife.monitoring.claims.language.grammar import parse
    >>> order(parse('top_reason(case="7") == "age"')), order(parse("auc() >= 0.7"))
    (('>', 0.0), ('>=', 0.7))
    """
    if isinstance(claim.threshold, bool):
        return (">", 0.0) if claim.threshold else ("<=", 0.0)
    return (">", 0.0) if isinstance(claim.threshold, str) else (claim.comparator, float(claim.threshold))
