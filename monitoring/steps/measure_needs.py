"""Data to collect next: which labels would help a version most, and which of its open findings want rows."""

from collections.abc import Sequence
from json import dumps

from halflife.models.domain import Check, Finding, Measurement, Scope, Version
from halflife.models.errors import UsageError
from halflife.models.rows import Part, Window
from halflife.monitoring.claims.estimation.measure import measure
from halflife.monitoring.claims.evidence.evidence_rows import Evidence
from halflife.monitoring.claims.evidence.model_view import ModelPass
from halflife.monitoring.claims.language.grammar import readable
from halflife.monitoring.claims.language.question import Question
from halflife.monitoring.context import Context
from halflife.monitoring.label_needs.claim_needs import Supply, bare, open_questions, wanting
from halflife.monitoring.label_needs.label_value import labels
from halflife.monitoring.label_needs.needs_document import document
from halflife.monitoring.label_needs.needs_report import Needs
from halflife.monitoring.label_needs.segments import parts, strongest
from halflife.monitoring.label_needs.subset_fits import Progress, SubsetFits
from halflife.monitoring.steps.recheck_findings import FRESH

STREAM = 0x6E656564
"""Keeps the experiment's draws apart from those of training."""
CURVES = 400
"""Replicates of each curve's bootstrap."""


def unwatched(done: int, total: int) -> None:
    """Nobody is looking."""


def needs(
    context: Context,
    version: Version,
    *,
    segments: Sequence[str] = (),
    sizes: int = 5,
    repeats: int = 4,
    fits: int = 60,
    progress: Progress = unwatched,
) -> Needs:
    """Train on parts of the version's window and look at its open findings; nothing is written.

    Args:
        context: whose store, ledger and registry hold them.
        version: whose window it is.
        segments: columns or predicates; those of ``investigate.segments`` when there are none, else the strongest columns.
        sizes: shares of the labels, 1 and its halvings.
        repeats: models at each size, at least 2.
        fits: budget; what the curves leave of it goes to segments.
        progress: told of every fit.

    Raises:
        UsageError: the curves alone cost more than ``fits``.
        ClaimError: a segment does not fit the columns.
        NotTrainable: the window has too few labels.
    """
    if sizes * repeats > fits:
        raise UsageError(f"{sizes} sizes × {repeats} repeats are {sizes * repeats} fits, and the budget is {fits}")
    policy, window = context.policy, context.rows.window(version)
    chosen = tuple(segments) or policy.investigate.segments or strongest(context.registry.model(version))
    base = (policy.seed, version.number, STREAM)
    trainer = SubsetFits(window, context.store.fixed_schema, policy.recipe_at(version.last), base, repeats)
    where = parts(chosen, window.rows, context.store.fixed_schema)
    told = labels(
        trainer, where, sizes=sizes, fits=fits, level=policy.evidence.level, replicates=CURVES, progress=progress
    )
    open_now = context.ledger.findings(open_only=True)
    asked = open_questions(open_now, context.ledger.checks(version=version.number))
    claims = wanting(
        asked, _measured(context, version, asked), _supply(context, version, window), policy.evidence.level
    )
    return Needs(
        version=version.number,
        ticks=window.last - window.first + 1,
        repeats=repeats,
        fits=trainer.fits,
        level=policy.evidence.level,
        whole=told.whole,
        anywhere=told.anywhere,
        exponent=told.exponent,
        segments=told.segments,
        unseen=told.unseen,
        claims=tuple(claims),
        other=len(asked) - len(claims),
    )


def keep_needs(context: Context, version: Version, told: Needs, text: str) -> None:
    """Add what was told to the version's run, as ``needs.json`` and ``needs.txt``; saying it again replaces it."""
    texts = {"needs.json": dumps(document(told), indent=1), "needs.txt": text}
    context.registry.annotate(version, metrics={}, texts=texts)


def _supply(context: Context, version: Version, window: Window) -> Supply:
    there = window.count(Part.EVIDENCE)
    return Supply(min(there, context.policy.evidence.rows), there, window.last - window.first + 1)


def _measured(context: Context, version: Version, asked: Sequence[tuple[Finding, Check]]) -> dict[int, Measurement]:
    """What the version's evidence rows say of the population by the bare claims; what cannot be read is left out."""
    made = {v.number: v for v in context.ledger.versions()}
    sets = {made[n].label: context.rows.evidence(made[n]) for n in sorted({f.made_on for f, _ in asked} & set(made))}
    evidence = Evidence({**sets, FRESH: context.rows.evidence(version)})
    questions: dict[int, Question] = {}
    for finding, _ in asked:
        if readable(finding.claim) is None:  # it stays untestable, for a reason that is not rows
            continue
        claim = bare(finding)
        reference = f"v{finding.made_on}" if finding.made_on in made else FRESH
        questions[finding.id] = Question(claim, Scope.POPULATION, FRESH, None, reference)
    if not questions:
        return {}
    sweep = ModelPass(context.registry.model(version), evidence, threads=context.policy.recipe.threads)
    policy = context.policy
    answers = measure(
        sweep, list(questions.values()), level=policy.evidence.level, replicates=policy.evidence.replicates
    )
    return dict(zip(questions, answers, strict=True))
