"""The text of a claim, read by Python's own parser, and where in it things are.

``ast`` counts bytes from 0 in the line it was given; people count characters from 1 in the line they typed. Everything
that points into a claim goes through here.
"""

import ast
import math
import re
import warnings
from json import dumps

from halflife.models.errors import ClaimError

SHAPE = 'a claim is statistic(arguments) comparator threshold, as in attribution_share("duration") > 0.3 ± 0.02'
LONGEST = 1000

Changes = tuple[tuple[str, float | str], ...]
"""Columns with the values they take, by name."""
Value = str | float | bool | tuple[str, ...] | Changes
"""What an argument or a threshold can be."""

_OUTSIDE = re.compile(
    r"""(?P<triple>\"{3}|'{3})|(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
    r"""|(?P<tolerance>±|\+/-|\+-)|(?P<foreign>[@#])"""
)
_CHARACTER = re.compile(r"\\(?:x..|u.{4}|U.{8}|N\{[^}]*\}|[0-7]{1,3}|.)|.", re.DOTALL)


class Source:
    """One text as Python's syntax tree, with ``±`` as ``@``.

    Args:
        text: as it was typed.

    Raises:
        ClaimError: it is empty, too long, more than a line, or no Python expression.

    >>> source = Source("auc() > 0.7 ± 0.02")
    >>> source.column(source.tree.comparators[0].right)
    15
    """

    def __init__(self, text: str) -> None:
        self.text = text
        if len(text) > LONGEST:
            raise self.at(LONGEST + 1, f"a claim has at most {LONGEST} characters; this one has {len(text)}")
        if not text.strip():
            raise self.at(1, f"there is no claim here; {SHAPE}")
        if fault := re.search(r"[\x00\r\n\ud800-\udfff]", text.rstrip()):
            raise self.at(fault.start() + 1, "a claim is one line of plain text")
        plain = _OUTSIDE.sub(self._outside, text.rstrip())
        self._line = plain.lstrip()
        self._shift = len(plain) - len(self._line)
        self.tree = self._parsed()

    def _outside(self, found: re.Match[str]) -> str:
        """What stands outside strings: ``±`` becomes an operator Python knows, of the same length."""
        if found["string"]:
            return found.group()
        if found["triple"]:
            raise self.at(found.start() + 1, "text goes in one pair of quotes")
        if found["foreign"]:
            raise self.at(found.start() + 1, f"{found.group()!r} has no place in a claim; {SHAPE}")
        return "@".ljust(len(found.group()))

    def _parsed(self) -> ast.expr:
        try:
            with warnings.catch_warnings():
                # Python warns of text it might one day refuse, such as "\d"; to us it is a string like any other.
                warnings.simplefilter("ignore")
                return ast.parse(self._line, mode="eval").body
        except SyntaxError as error:
            offset = error.offset or len(self._line) + 1
            raise self.at(self._shift + offset, f"cannot read this ({error.msg}); {SHAPE}") from error
        except (ValueError, RecursionError, MemoryError) as error:
            raise self.at(1, f"cannot read this; {SHAPE}") from error

    def column(self, node: ast.expr | ast.keyword) -> int:
        """The 1-based column where a node begins."""
        return self._character(node.col_offset)

    def end(self, node: ast.expr) -> int:
        """The 1-based column after a node."""
        return self._character(node.end_col_offset or 0)

    def _character(self, offset: int) -> int:
        return self._shift + len(self._line.encode()[:offset].decode()) + 1

    def after(self, node: ast.expr) -> int:
        """The column of what follows a node: the next character that is neither space nor closing parenthesis."""
        rest = self.text[self.end(node) - 1 :]
        return self.end(node) + len(rest) - len(rest.lstrip(" \t)"))

    def inside(self, node: ast.expr, value: str, index: int) -> int:
        """The column of the ``index``-th character of a string's value; of the string where that cannot be told."""
        start = self.column(node)
        quoted = self.text[start - 1 : self.end(node) - 1]
        characters = list(_CHARACTER.finditer(quoted, 1, len(quoted) - 1))
        if len(characters) != len(value):
            return start
        return start + (characters[index].start() if index < len(characters) else len(quoted) - 1)

    def number(self, node: ast.expr, expected: str) -> float:
        """The finite number a node spells; ``expected`` says what should be there."""
        sign, digits = 1.0, node
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            sign, digits = (-1.0 if isinstance(node.op, ast.USub) else 1.0), node.operand
        value = digits.value if isinstance(digits, ast.Constant) else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.fault(node, expected)
        try:
            number = sign * float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self.fault(node, "this number is not finite")
        return number

    def string(self, node: ast.expr, expected: str) -> str:
        """The text a node spells; ``expected`` says what should be there."""
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            raise self.fault(node, expected)
        if any("\ud800" <= character <= "\udfff" for character in node.value):
            raise self.fault(node, "this text holds half a character")
        return node.value

    def fault(self, node: ast.expr | ast.keyword, message: str) -> ClaimError:
        """An error that points at a node."""
        return self.at(self.column(node), message)

    def at(self, column: int, message: str) -> ClaimError:
        """An error that points at a column."""
        return ClaimError(message, text=self.text, column=column)


def spelled(value: Value) -> str:
    """A value as canonical text spells it: double quotes, unless single ones spare the reader backslashes.

    >>> print(spelled(0.30), spelled(2.0), spelled(("age", "job")), spelled('"emp.var.rate" > 1'))
    0.3 2 ["age", "job"] '"emp.var.rate" > 1'
    >>> print(spelled((("income", 52000.0), ("job", "cook"))))
    {"income": 52000, "job": "cook"}
    """
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, tuple):
        words = [item if isinstance(item, str) else f"{spelled(item[0])}: {spelled(item[1])}" for item in value]
        if words == list(value):
            return f"[{', '.join(map(spelled, words))}]"
        return f"{{{', '.join(words)}}}"
    if isinstance(value, float | int):
        return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
    quoted = dumps(value, ensure_ascii=False)
    if '"' in value and "'" not in value:
        return "'" + quoted[1:-1].replace('\\"', '"') + "'"
    return quoted
