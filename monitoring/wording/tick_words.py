"""How ticks are said: by their numbers, and by their dates where they have some."""


def dated(dates: tuple[str, str] | None) -> str:
    """First and last date as one would say them; empty where there are none.

    >>> dated(("2026-01-03", "2026-01-09")), dated(("2026-01-03", "2026-01-03")), dated(None)
    ('2026-01-03 to 2026-01-09', '2026-01-03', '')
    >>> dated(("2026-01-03 08:00", "2026-01-03 09:30"))
    '2026-01-03 08:00 to 09:30'
    """
    if dates is None:
        return ""
    first, last = dates
    if first == last:
        return first
    day, _, hour = last.partition(" ")
    return f"{first} to {hour if hour and first.startswith(day) else last}"


def ticks(first: int, last: int, dates: tuple[str, str] | None = None, *, short: bool = False) -> str:
    """Ticks ``first`` to ``last``; ``short`` for the cell of a table.

    >>> ticks(3, 9, ("2026-01-03", "2026-01-09")), ticks(3, 3), ticks(3, 9, short=True)
    ('ticks 3 to 9 (2026-01-03 to 2026-01-09)', 'tick 3', '3–9')
    """
    when = f" ({dated(dates)})" if dates else ""
    if short:
        return f"{first}–{last}{when}" if first != last else f"{last}{when}"
    return f"ticks {first} to {last}{when}" if first != last else f"tick {last}{when}"
