"""Results as a table for the terminal and as the page ``infra/docs/benchmarks.md``."""

from collections.abc import Mapping, Sequence
from typing import Any

Line = Mapping[str, Any]

INTRODUCTION = """# Benchmarks

Made by `make bench`; what is measured and how is in `tests/benchmarks/`. Ours and a peer run in one process, in
alternated pairs, after one pair that is thrown away; before that, both must have given the same answer. What counts is
the ratio within a pair: its median is shown with its quartiles. Single times are those of a shared two-core machine.

A ratio marked ≥ is peer / ours (how many times as fast), one marked ≤ is ours / peer (what it costs).
A missed goal is shown as one.
"""


def table(results: Sequence[Line], against: Mapping[str, Line] | None = None) -> str:
    """One line a scenario; with ``against``, the ratio of another revision beside it.

    >>> line = {"id": "a/b", "ratio": 12.3, "spread": [11, 13], "goal": 10, "better": "higher", "ok": True}
    >>> print(table([line], {"a/b": {**line, "ratio": 6.0}}))
    ok      a/b  12.3 [11, 13]  goal ≥ 10  (6)
    """
    width = max((len(r["id"]) for r in results), default=0)
    return "\n".join(_line(r, width, (against or {}).get(r["id"])) for r in results)


def _line(result: Line, width: int, before: Line | None) -> str:
    if result["ratio"] is None:
        return f"skipped {result['id']:<{width}}  {result['skipped']}"
    word = "ok     " if result["ok"] else "MISSED "
    then = "" if before is None or before["ratio"] is None else f"  ({number(before['ratio'])})"
    return f"{word} {result['id']:<{width}}  {_ratio(result)}  goal {_goal(result)}{then}"


def page(results: Sequence[Line]) -> str:
    """The whole page, one section a topic (what stands before the slash of the ids)."""
    topics: dict[str, list[Line]] = {}
    for result in results:
        topics.setdefault(result["id"].split("/")[0], []).append(result)
    sections = [f"## {topic}\n\n{_section(lines)}\n" for topic, lines in topics.items()]
    return "\n".join([INTRODUCTION, *sections])


def _section(lines: Sequence[Line]) -> str:
    head = "| id | question | ours | peer | ratio | goal | |\n|---|---|---|---|---|---|---|"
    return "\n".join([head, *(_row(line) for line in lines)])


def _row(line: Line) -> str:
    said = [f"`{line['id']}`", line["question"]]
    if line["ratio"] is None:
        return f"| {' | '.join([*said, line['ours_is'], line['peer_is'], '–', _goal(line), line['skipped']])} |"
    ours, peer = (f"{line[f'{who}_is']}: {quantity(line[who], line['unit'])}" for who in ("ours", "peer"))
    return f"| {' | '.join([*said, ours, peer, _ratio(line), _goal(line), 'ok' if line['ok'] else '**missed**'])} |"


def _ratio(line: Line) -> str:
    low, high = line["spread"]
    return f"{number(line['ratio'])} [{number(low)}, {number(high)}]"


def _goal(line: Line) -> str:
    return f"{'≥' if line['better'] == 'higher' else '≤'} {number(line['goal'])}"


def quantity(value: float, unit: str) -> str:
    """With its unit, short.

    >>> quantity(0.0123, "seconds"), quantity(12.0, "seconds"), quantity(2.5e8, "bytes"), quantity(2.61e6, "rows/s")
    ('12.3 ms', '12 s', '250 MB', '2,610,000 rows/s')
    """
    if unit == "seconds":
        return f"{number(value)} s" if value >= 1 else f"{number(value * 1e3)} ms"
    if unit == "bytes":
        return f"{value / 1e6:,.0f} MB"
    return f"{float(f'{value:.3g}'):,.0f} {unit}" if value >= 1000 else f"{number(value)} {unit}"


def number(value: float) -> str:
    """Three significant digits.

    >>> number(12.345), number(0.98765), number(1234.5), number(10.0)
    ('12.3', '0.988', '1,230', '10')
    """
    return f"{float(f'{value:.3g}'):,.10g}"
