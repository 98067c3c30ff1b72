"""Which findings are about one case, and about which."""

from halflife.models.domain import Finding
from halflife.monitoring.claims.language.grammar import readable


def case_of(finding: Finding) -> str | None:
    """The id of the row a finding is about, of whatever scope; None where it is about many, or cannot be read.

    >>> from halflife.models.domain import Scope
    >>> case = Finding("no", 'prediction(case="7") < 0', "prediction", Scope.PROCESS, made_on=1)
    >>> case_of(case), case_of(Finding("good", "auc() > 0.7", "auc", Scope.PROCESS, made_on=1))
    ('7', None)
    """
    claim = readable(finding.claim)
    return None if claim is None else claim.case


def about_case(finding: Finding) -> bool:
    """Whether a finding is about one case: of any scope, and not if its claim cannot be read."""
    return case_of(finding) is not None
