"""Numbers that name something, such as zip codes and codes of a status, and are no quantities."""

import re

import polars as pl

from halflife.monitoring.adapters.csv_dialect import numbers

NAMED = re.compile(
    r"(^|[^a-z])(zip|zipcode|postal|postcode|postalcode|plz|code|codes|status|sku|fips|naics|sic|mcc|icd|type|category|class"
    r"|segment|region|branch|store|product|department|id)$|[a-z](Code|Id|ID|Type)$",
    re.IGNORECASE,
)
FEW, MANY = 3, 50
"""Codes of a status are so many; so few numbers may be a flag or a rank."""
ROWS_EACH = 20
SPREAD = 3
"""Codes leave gaps: their range is more than so many times their number."""
ROUND = 50
"""Multiples of it are amounts."""


def is_code(cells: pl.Series) -> bool:
    """Whether a column of numbers is one of names.

    It is when cells have zeros in front and one length; when its name says so and its numbers are whole, and not so many
    that a category of each would tell rows apart; or when its numbers are few, whole, of one length, with gaps among them
    and not all of them round.

    >>> is_code(pl.Series("a", ["02139", "10001"])), is_code(pl.Series("zip", [10001, 94110, 60601]))
    (True, True)
    >>> is_code(pl.Series("s", [200, 301, 404, 500] * 40)), is_code(pl.Series("visits", [0, 1, 2, 5, 12] * 40))
    (True, False)
    >>> is_code(pl.Series("loan", [1000, 2500, 5000, 7500] * 40)), is_code(pl.Series("type", [1.5, 2.0, 2.5]))
    (False, False)
    """
    if cells.dtype not in (pl.String, pl.Boolean) and not cells.dtype.is_numeric():
        return False
    values = numbers(cells)
    if values is None or cells.dtype == pl.Boolean:
        return False
    present = values.drop_nulls().drop_nans()
    if not len(present) or not bool((present % 1 == 0).all()):
        return False
    if cells.dtype == pl.String:
        text = cells.drop_nulls().str.strip_chars()
        lengths = text.str.len_chars()
        if bool(text.str.contains(r"^0\d+$").any()) and lengths.min() == lengths.max():
            return True
    names = present.n_unique()
    if names < FEW:
        return False
    if NAMED.search(cells.name):
        return names <= MANY or len(present) >= ROWS_EACH * names
    low, high = float(present.min() or 0), float(present.max() or 0)  # type: ignore[arg-type] # they are floats
    one_length = low >= 10 and len(str(int(low))) == len(str(int(high)))
    few = names <= MANY and len(present) >= ROWS_EACH * names
    round_ = bool((present % ROUND == 0).all())
    return one_length and few and not round_ and high - low > SPREAD * names
