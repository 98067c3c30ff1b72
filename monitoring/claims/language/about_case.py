"""Which findings are about one case."""

from halflife.models.domain import Finding
from halflife.models.errors import ClaimError
from halflife.monitoring.claims.language.grammar import parse
from halflife.monitoring.claims.statistics.base import CaseStatistic


def about_case(finding: Finding) -> bool:
    """Whether a finding is about one case: of any scope, and not if its claim cannot be read.

    >>> from halflife.models.domain import Scope
    >>> case = Finding("no", 'prediction(case="7") < 0', "prediction", Scope.PROCESS, made_on=1)
    >>> about_case(case), about_case(Finding("good", "auc() > 0.7", "auc", Scope.PROCESS, made_on=1))
    (True, False)
    """
    try:
        return isinstance(parse(finding.claim).about, CaseStatistic)
    except ClaimError:  # of another build's grammar
        return False
