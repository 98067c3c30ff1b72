"""Which column is the label, and which of its values is the positive one."""

from collections.abc import Sequence

import polars as pl

from halflife.models.errors import FeedError, UsageError
from halflife.monitoring.adapters.binary import POSITIVE, binary, few_mistakes, values_of
from halflife.monitoring.adapters.csv_dialect import require_known
from halflife.monitoring.inferred_settings import Choice, listed
from halflife.monitoring.label_words import says_yes

PLAIN = ("label", "target", "y", "class", "outcome", "response", "ground_truth", "ziel", "zielwert")
TOLD = [
    "churn",
    "churned",
    "fraud",
    "is_fraud",
    "default",
    "defaulted",
    "converted",
    "conversion",
    "clicked",
    "click",
    "bought",
    "purchased",
    "survived",
    "approved",
    "accepted",
    "success",
    "failed",
    "failure",
    "paid",
    "returned",
    "cancelled",
    "canceled",
    "left",
    "spam",
    "positive",
    "won",
    "lost",
]
"""Names that labels have, and that features may have too."""
MOST, MANY = 8, 50
"""Values that a label has at most, mistakes too; rows from which a third one may be a mistake."""


def label_of(
    table: pl.DataFrame, asked: str | None, positive: str | None, others: Sequence[str], section: str = "feed"
) -> list[Choice]:
    """The label's column and its positive value.

    Args:
        table: cells with missing ones as null.
        asked: the column it is said to be; found out when None.
        positive: the value that is said to be positive; found out when None.
        others: columns that are for something else.
        section: where it is said: a feed's own label is in ``feed``, one of a table of labels in ``labels``.

    Raises:
        UsageError: it is not told, and more than one column may be it, or none.
        FeedError: the column that is asked for has other than two values.
    """
    key = "label" if section == "feed" else "column"
    two = [cells.name for cells in table if cells.name not in others and _two(cells)]
    if asked is not None:
        require_known("label", asked, table.columns)
        name, why = asked, "The label, which is predicted: as you said."
    else:
        name, why = _chosen(two, table.columns)
    rest = [each for each in two if each != name]
    if rest and section == "feed" and asked is None:
        why += f" {listed(rest)} {'has' if len(rest) == 1 else 'have'} two values too."
    chosen, reason = _positive(table[name], positive)
    try:
        share = float(pl.Series(binary(table[name], chosen)).fill_nan(None).mean() or 0)  # type: ignore[arg-type]
    except FeedError as error:
        raise UsageError(f"{error}; say --label another column, or --positive one of its values") from None
    return [
        Choice(section, key, name, why),
        Choice(section, "positive", chosen, f"{reason} {share:.1%} of the labels are."),
    ]


def _two(cells: pl.Series) -> bool:
    """Whether a column has two values, but for a few mistakes."""
    if len(values_of(cells, 3)) < 3:
        return len(values_of(cells, 3)) == 2
    counts = list(values_of(cells, MOST).values())
    return len(counts) < MOST and len(cells) >= MANY and few_mistakes(sum(counts[2:]), sum(counts))


def _chosen(two: Sequence[str], header: Sequence[str]) -> tuple[str, str]:
    for names in (PLAIN, TOLD):
        named = [name for name in two if name.casefold() in names]
        if len(named) == 1:
            return named[0], "The label, which is predicted: it is named like one and has two values."
        if named:
            break
    if len(two) == 1:
        return two[0], "The label, which is predicted: no other column has two values."
    if not two:
        raise UsageError(
            f"no column of {listed(header, 8)} has two values, as a label has; if labels are in another file, say --labels FILE"
        )
    raise UsageError(
        f"which column is the label? {listed(two, 8)} have two values each; say --label '{(named or two)[-1]}'"
    )


def _positive(cells: pl.Series, asked: str | None) -> tuple[str, str]:
    counts = values_of(cells, 2) if _two(cells) else values_of(cells, 3)
    if asked is not None:
        return asked, "The positive value, as you said."
    values = list(counts)
    both = listed(sorted(values))
    known = [value for value in values if says_yes(value)]
    if len(known) == 1 and len(values) <= 2:
        return known[0], f"The positive value, of {both}."
    pair = next((p for pair, p in POSITIVE.items() if {v.lower() for v in values} <= pair), None)
    if pair is not None:
        return pair, f"The positive value; so far there is only {both}."
    return (values or [""])[
        -1
    ], f"The positive value, guessed: the rarer of {both}, which do not say so; say the other one if you mean that."
