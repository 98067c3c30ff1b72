"""Make the ledger say what a team's file of findings says."""

from collections.abc import Mapping
from dataclasses import dataclass

from halflife.models.domain import Check, Finding
from halflife.monitoring.context import Context
from halflife.monitoring.filing.import_plan import ImportPlan, born, differences, plan
from halflife.monitoring.filing.reader import ReadFindings
from halflife.monitoring.steps.file_findings import catch_up, enroll


@dataclass(frozen=True)
class Imported:
    """What an import did.

    Attributes:
        plan: what was compared.
        filed: new and replaced findings, as the ledger has them.
        checks: finding id -> newest check, of each of ``filed``.
        births: finding id -> the check it was filed with, of each of ``filed``.
    """

    plan: ImportPlan
    filed: tuple[Finding, ...]
    checks: Mapping[int, Check]
    births: Mapping[int, Check]


def import_findings(
    context: Context,
    findings: ReadFindings,
    *,
    author: str,
    replace: bool = False,
    prune: bool = False,
    dry: bool = False,
) -> Imported:
    """Make the ledger say what the file says; run again, it changes nothing.

    Args:
        context: whose ledger it is.
        findings: a file in which everything is valid.
        author: of entries that name none.
        replace: retire findings whose claim, scope or version differs, and file them anew under the same name.
        prune: retire findings that stood in the file before and no longer do.
        dry: only compare.

    Raises:
        ConfigError: an entry differs from an open or a retired finding of its name, and ``replace`` is not given.
            Nothing is filed then.
    """
    ledger, newest = context.ledger, context.ledger.version()
    todo = plan(findings.placed, ledger.findings())
    if not replace and todo.changed:
        raise findings.marked.error(
            findings.fault(
                placed,
                f"{finding.name} was filed with another claim ({'; '.join(differences(finding, placed))}); "
                "give this one another name, or retire the old one and file this in its place with --replace",
            )
            for finding, placed in todo.changed
        )
    again = [*todo.changed, *todo.retired] if replace else []
    entries = [*todo.new, *(placed for _, placed in again)]
    if dry:
        return Imported(todo, (), {}, {})
    ledger.supersede([finding.id for finding, _ in again], newest.number)
    filed = enroll(context, [born(placed, made_on=newest.number, author=author) for placed in entries])
    catch_up(context, (*todo.unchanged, *(revision.finding for revision in todo.revised)))
    ledger.revise([revision.finding for revision in todo.revised])
    if prune:
        ledger.retire([finding.id for finding in todo.gone], newest.number)
    tested = {f.id: ledger.checks(finding=f.id) for f in filed}
    latest = {number: checks[-1] for number, checks in tested.items()}
    return Imported(todo, tuple(filed), latest, {number: checks[0] for number, checks in tested.items()})
