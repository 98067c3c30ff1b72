"""What every answer has in common: plain values for programs, a text for people, HTML for notebooks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from io import StringIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # values are made more often than they are shown
    from rich.console import Console, RenderableType

WIDTH = 110
"""Columns of a text where there is no terminal to ask."""
_HTML = '<pre style="font-family:ui-monospace,Menlo,Consolas,monospace;line-height:1.3;overflow-x:auto">{code}</pre>'


class Shown(ABC):
    """An answer: `to_dict` is what ``--json`` prints, `__rich__` what the terminal does, and a notebook shows the same."""

    @abstractmethod
    def to_dict(self) -> Any:
        """Plain values that JSON can hold."""

    @abstractmethod
    def __rich__(self) -> RenderableType: ...

    def __repr__(self) -> str:
        return _text(self).export_text(styles=False).rstrip("\n")

    def _repr_html_(self) -> str:
        return _text(self).export_html(inline_styles=True, code_format=_HTML)


def _text(shown: Shown) -> Console:
    from rich.console import Console

    console = Console(file=StringIO(), record=True, width=WIDTH, highlight=False)
    console.print(shown)
    return console
