"""When each tick of a store happened, and how far its feed had been taken in with it: a line a tick, beside its tables.

A line is written before the tick is stored. One whose tick was never stored, because the process was killed, is passed
over by whoever asks for stored ticks, and overruled by the line of the next try; half a line is no line.
"""

from collections.abc import Iterator
from dataclasses import asdict
from json import JSONDecodeError, dumps, loads
from typing import Any

from halflife.models.rows import Mark, Span
from halflife.monitoring.adapters.marks import read
from halflife.monitoring.adapters.places import Place, appended

NAME = "ticks.jsonl"


class TickSpans:
    """The spans and marks of the ticks in a folder; homes made before they were kept have none for their first ticks."""

    def __init__(self, folder: Place) -> None:
        self._path = folder / NAME

    def keep(self, tick: int, span: Span | None, mark: Mark | None = None) -> None:
        """Remember when a tick happened, and the mark it reached. Raises OSError."""
        said = {} if span is None else asdict(span)
        said |= {} if mark is None else {"mark": asdict(mark)}
        if not said:
            return
        line = dumps({"tick": tick, **said})
        appended(self._path, f"\n{line}")  # the break first, so that half a line before it stays alone

    def between(self, first: int, last: int) -> Span | None:
        """From the earliest to the latest of ticks ``first`` to ``last``; None where none of them has a time."""
        lines = dict(self._lines())
        spans = [Span(**span) for tick, (span, _) in lines.items() if span and first <= tick <= last]
        if not spans:
            return None
        return Span(
            min(span.first for span in spans),
            max(span.last for span in spans),
            sum(span.late for span in spans),
            all(span.dated for span in spans),
            spans[-1].zone,
        )

    def mark(self, tick: int) -> Mark | None:
        """The mark that a tick reached; of several tries at it the lowest, since a tick of any of them may be stored."""
        marks = [mark for at, (_, mark) in self._lines() if at == tick]
        if not marks or None in marks:
            return None
        known = [mark for mark in marks if mark is not None and mark.column == marks[-1].column]  # type: ignore[union-attr]
        return min(known, key=lambda mark: read(mark.value)) if len(known) == len(marks) else None

    def _lines(self) -> Iterator[tuple[int, tuple[dict[str, Any], Mark | None]]]:
        try:
            text = self._path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return
        for line in text.splitlines():
            try:
                said = loads(line)
                tick, mark = said.pop("tick"), said.pop("mark", None)
                _ = said and Span(**said)
                yield tick, (said, mark and Mark(**mark))
            except (JSONDecodeError, TypeError, KeyError, AttributeError):
                continue
