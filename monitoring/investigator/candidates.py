"""The parts of the rows that could be told apart: a column's values, and cuts at its quantiles."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halflife.models.rows import Array, Kind
from halflife.monitoring.claims.syntax.claim_text import spelled
from halflife.monitoring.claims.syntax.sql_words import quote
from halflife.monitoring.investigator.lead import rounded
from halflife.monitoring.investigator.scored_rows import ScoredRows

BELOW, ABOVE = (0.1, 0.25, 0.5), (0.5, 0.75, 0.9)
LEAST_ROWS, LEAST_SHARE = 30, 0.03

Masks = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Candidates:
    """Predicates with their rows.

    Attributes:
        where: the predicates.
        columns: position of the column each is about.
        masks: 1 where it is true, shape (m, n).
    """

    where: tuple[str, ...]
    columns: tuple[int, ...]
    masks: Masks


def support(n: int) -> int:
    """Fewest of ``n`` rows a slice is looked at for."""
    return max(LEAST_ROWS, int(np.ceil(LEAST_SHARE * n)))


def candidates(scored: ScoredRows) -> Candidates:
    """Every predicate over one column with enough rows inside and outside; of equal ones the first."""
    least, n = support(len(scored)), len(scored)
    where: list[str] = []
    columns: list[int] = []
    masks: list[npt.NDArray[np.bool_]] = []
    for j, column in enumerate(scored.schema.columns):
        known: set[bytes] = set()
        values = scored.matrix[:, j]
        parts = _cuts(column.name, values) if column.kind is Kind.NUMERIC else _values(scored, column.name, values)
        for text, mask in [*parts, (f"{quote(column.name)} IS NULL", np.isnan(values))]:
            packed = np.packbits(mask).tobytes()
            if least <= mask.sum() <= n - least and packed not in known:
                known.add(packed)
                where.append(text)
                columns.append(j)
                masks.append(mask)
    stacked = np.array(masks, dtype=np.float32).reshape(len(masks), n)
    return Candidates(tuple(where), tuple(columns), stacked)


def _cuts(name: str, values: Array) -> list[tuple[str, npt.NDArray[np.bool_]]]:
    known = values[~np.isnan(values)]
    if not known.size:
        return []
    found = []
    for quantiles, sign in ((BELOW, "<="), (ABOVE, ">")):
        for cut in np.quantile(known, quantiles, method="lower"):
            at = rounded(float(cut), 4)
            mask = values <= at if sign == "<=" else values > at
            found.append((f"{quote(name)} {sign} {spelled(at)}", mask))
    return found


def _values(scored: ScoredRows, name: str, values: Array) -> list[tuple[str, npt.NDArray[np.bool_]]]:
    return [
        (f"{quote(name)} = {literal(word)}", values == code) for code, word in enumerate(scored.model.categories[name])
    ]


def literal(text: str) -> str:
    """Text as SQL spells it."""
    return "'" + text.replace("'", "''") + "'"
