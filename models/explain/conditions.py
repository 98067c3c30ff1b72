"""What a decision path asks of one feature, all its splits on that feature merged into one condition, and how it is said."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf, isnan

Value = float | str | None
"""Of a feature: a number, a category, or None where it is missing."""

LISTED = 6
"""Categories named before the rest are only counted."""

_ZERO = 1e-35
"""What LightGBM takes for zero: anything this near to it."""


@dataclass(frozen=True)
class Between:
    """A numeric feature: above < x ≤ upto.

    Attributes:
        zero: whether 0 follows the path; differs from what the interval says only where a split treats zero as missing.
        missing: whether a missing value follows the path.

    >>> Between("duration", upto=80.5).words(12.0), Between("duration", above=3.25, upto=80.5).words(None)
    ('duration ≤ 80.5', 'duration is missing (goes with 3.25 < duration ≤ 80.5)')
    """

    feature: str
    above: float = -inf
    upto: float = inf
    zero: bool = True
    missing: bool = True

    def split(self, threshold: float, *, left: bool, missing: bool, zero: bool | None = None) -> "Between":
        """The condition after one more split.

        Args:
            threshold: x ≤ threshold goes left.
            left: which side the path takes.
            missing: whether missing values take it too.
            zero: whether 0 takes it; None when 0 is a number like any other.
        """
        zero = left == (threshold >= 0) if zero is None else zero
        return replace(
            self,
            above=self.above if left else max(self.above, threshold),
            upto=min(self.upto, threshold) if left else self.upto,
            zero=self.zero and zero,
            missing=self.missing and missing,
        )

    def admits(self, value: Value) -> bool:
        """Whether a value satisfies the condition."""
        if value is None or (isinstance(value, float) and isnan(value)):
            return self.missing
        number = float(value)
        return self.zero if abs(number) <= _ZERO else self.above < number <= self.upto

    def words(self, value: Value) -> str:
        """The condition as a person would say it of a row that satisfies it with ``value``.

        Bounds are rounded to as few digits as keep the sentence true of ``value``.
        """
        if value is None:
            said = self._interval(None)
            return f"{self.feature} is missing" + (f" (goes with {said})" if said and self.above < self.upto else "")
        if abs(float(value)) <= _ZERO and not self.above < 0 <= self.upto:
            return f"{self.feature} is 0, taken as missing"
        return self._interval(float(value)) or f"{self.feature} is known"

    def _interval(self, value: float | None) -> str:
        below = "" if self.above == -inf else _bound(self.above, value, upper=False)
        above = "" if self.upto == inf else _bound(self.upto, value, upper=True)
        if below and above:
            return f"{below} < {self.feature} ≤ {above}"
        return f"{self.feature} > {below}" if below else f"{self.feature} ≤ {above}" if above else ""


@dataclass(frozen=True)
class Among:
    """A categorical feature: one of some categories.

    Attributes:
        values: categories that follow the path, in the order of the model's encoding.
        others: those that do not.
        missing: whether a missing value follows the path, and with it one the model never saw.

    >>> Among("month", ("jun", "may"), ("apr", "dec", "oct"), missing=False).words("may")
    'month in {may, jun}'
    >>> Among("month", ("apr", "dec", "oct"), ("jun", "may"), missing=True).words("oct")
    'month not in {jun, may}'
    """

    feature: str
    values: tuple[str, ...]
    others: tuple[str, ...] = ()
    missing: bool = True

    def split(self, going: frozenset[str], *, missing: bool) -> "Among":
        """The condition after one more split, which ``going`` and perhaps missing values pass on the path's side."""
        values = tuple(v for v in self.values if v in going)
        others = (*self.others, *(v for v in self.values if v not in going))
        return replace(self, values=values, others=others, missing=self.missing and missing)

    def admits(self, value: Value) -> bool:
        """Whether a value satisfies the condition; one the model never saw counts as missing."""
        return value in self.values if value in self.values or value in self.others else self.missing

    def words(self, value: Value) -> str:
        """The condition as a person would say it of a row that satisfies it with ``value``, that one named first."""
        if value is None:
            return f"{self.feature} is missing"
        if value not in self.values:
            return f"{self.feature} is {value}, never seen in training"
        if not self.others:
            return f"{self.feature} is known"
        if self.missing and len(self.others) <= len(self.values):
            return _said(self.feature, "is not", "not in", self.others)
        return _said(self.feature, "is", "in", (str(value), *(v for v in self.values if v != value)))


Condition = Between | Among


def _bound(threshold: float, value: float | None, *, upper: bool) -> str:
    """A threshold in the fewest digits, from five on, for which ``value`` is still on its side."""
    if abs(threshold) <= 2 * _ZERO:
        return "0"
    for digits in range(5, 17):
        rounded = float(f"{threshold:.{digits}g}")
        if value is None or (value <= rounded if upper else value > rounded):
            return number(rounded)
    return repr(threshold)


def number(value: float) -> str:
    """A number as people write it: no exponent and no trailing zeros where there is no need.

    >>> number(1205.0), number(0.1), number(2.5e-7), number(123456789.0)
    ('1205', '0.1', '2.5e-07', '123456789')
    """
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))


def spoken(value: Value) -> str:
    """A value for a reader: a number in six significant digits at most, one from a million on in full.

    >>> spoken(0.059896000000000005), spoken(1205.0), spoken(1234567.5), spoken("may"), spoken(None)
    ('0.059896', '1205', '1234567.5', 'may', 'missing')
    """
    if value is None or isinstance(value, str):
        return "missing" if value is None else value
    return f"{value:.6g}" if abs(value) < 1e6 else number(value)


def _said(feature: str, one: str, several: str, values: Sequence[str]) -> str:
    if len(values) == 1:
        return f"{feature} {one} {values[0]}"
    more = len(values) - LISTED
    listed = ", ".join(values if more <= 1 else (*values[:LISTED], f"{more} more"))
    return f"{feature} {several} {{{listed}}}"
