"""What every answer has in common: plain values for programs, a text for people, HTML for notebooks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from enum import Enum
from io import StringIO
from math import isfinite
from typing import TYPE_CHECKING, Any, final

if TYPE_CHECKING:  # values are made more often than they are shown
    from rich.console import RenderableType

    from halflife.monitoring.reports.rich_text import Terminal

WIDTH = 110
"""Columns of a text where there is no terminal to ask."""
_PAGE = (
    '<pre style="font-family:ui-monospace,Menlo,Consolas,monospace;font-size:12px;line-height:1.35;'
    'margin:0;overflow-x:auto">{code}</pre>'
)


class Shown(ABC):
    """An answer: `to_dict` is what ``--json`` prints, `__rich__` what the terminal does, and a notebook shows the same."""

    @final
    def to_dict(self) -> Any:
        """Plain values, all of which JSON can hold; what is not a number, or not finite, is None."""
        return plain(self.values())

    @abstractmethod
    def values(self) -> Any:
        """What `to_dict` is made of."""

    @abstractmethod
    def __rich__(self) -> RenderableType: ...

    def __eq__(self, other: object) -> bool:
        """Equal is what says the same, also where it says that something is not a number."""
        if not isinstance(other, Shown) or type(other) is not type(self):
            return NotImplemented
        return bool(self.to_dict() == other.to_dict())

    __hash__ = None  # type: ignore[assignment] # some hold dictionaries

    def __repr__(self) -> str:
        return _trimmed(_text(self).export_text(styles=False))

    def _repr_html_(self) -> str:
        return _trimmed(_text(self).export_html(inline_styles=True, code_format=_PAGE))


def plain(value: Any) -> Any:
    """The same in values that JSON can hold: what ``--json`` prints.

    >>> plain({"a": (1, float("nan")), 2: {"b"}})
    {'a': [1, None], '2': ['b']}
    """
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return float(value) if isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(map(plain, value))
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    return plain(value.tolist()) if hasattr(value, "tolist") else str(value)  # of NumPy, else a path or a time


def _text(shown: Shown) -> Terminal:
    from halflife.monitoring.reports.rich_text import Terminal

    console = Terminal(file=StringIO(), record=True, width=WIDTH)
    console.print(shown)
    return console


def _trimmed(text: str) -> str:
    """Without the blanks that pad tables: a page that is narrower would scroll for them."""
    return "\n".join(line.rstrip() for line in text.splitlines()).rstrip("\n")
