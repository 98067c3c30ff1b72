"""When each tick of a store happened: a line a tick, beside its tables.

A line is written before the tick is stored. One whose tick was never stored, because the process was killed, is passed
over by whoever asks for stored ticks, and overruled by the line of the next try; half a line is no line.
"""

from collections.abc import Iterator
from dataclasses import asdict
from json import JSONDecodeError, dumps, loads

from halflife.models.rows import Span
from halflife.monitoring.adapters.places import Place, appended

NAME = "ticks.jsonl"


class TickSpans:
    """The spans of the ticks in a folder; homes made before they were kept have none for their first ticks."""

    def __init__(self, folder: Place) -> None:
        self._path = folder / NAME

    def keep(self, tick: int, span: Span) -> None:
        """Remember when a tick happened. Raises OSError."""
        line = dumps({"tick": tick, **asdict(span)})
        appended(self._path, f"\n{line}")  # the break first, so that half a line before it stays alone

    def between(self, first: int, last: int) -> Span | None:
        """From the earliest to the latest of ticks ``first`` to ``last``; None where none of them has a time."""
        spans = [span for tick, span in dict(self._lines()).items() if first <= tick <= last]
        if not spans:
            return None
        return Span(
            min(span.first for span in spans),
            max(span.last for span in spans),
            sum(span.late for span in spans),
            all(span.dated for span in spans),
            spans[-1].zone,
        )

    def _lines(self) -> Iterator[tuple[int, Span]]:
        try:
            text = self._path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return
        for line in text.splitlines():
            try:
                said = loads(line)
                yield said.pop("tick"), Span(**said)
            except (JSONDecodeError, TypeError, KeyError, AttributeError):
                continue
