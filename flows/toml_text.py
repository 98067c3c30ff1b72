"""What the library that reads TOML leaves out: on which line each value stands, and how a value is written."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any


def lines(text: str) -> dict[str, int]:
    r"""Dotted name -> line, from 1, of every value, table and first entry of a list of tables of a valid TOML text.

    >>> lines('name = "x"\n[feed]\nkind = "file"\n[investigate]\nsegments = [\n  "a",\n]\nexpect = { b = "-" }')
    {'name': 1, 'feed': 2, 'feed.kind': 3, 'investigate': 4, 'investigate.segments': 5, 'investigate.expect.b': 8}
    """
    found: dict[str, int] = {}
    table: tuple[str, ...] = ()
    for number, statement in _statements(text):
        names = list(_names(tomllib.loads(statement)))
        if statement.lstrip().startswith("["):
            (table,) = names
            names = [()]
        for name in names:
            found.setdefault(".".join((*table, *name)), number)
    return found


def written(value: Any) -> str:
    """A value as JSON has it, in TOML's notation; ``unset`` for none.

    >>> written({"b": [True, "x"], "c d": 0.5}), written(None), written({})
    ('{ b = [true, "x"], "c d" = 0.5 }', 'unset', '{}')
    """
    if value is None:
        return "unset"
    if isinstance(value, Mapping):
        pairs = [f"{_key(key)} = {written(item)}" for key, item in value.items()]
        return f"{{ {', '.join(pairs)} }}" if pairs else "{}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(written(item) for item in value)}]"
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if name and all(c.isascii() and (c.isalnum() or c in "_-") for c in name) else json.dumps(name)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Line and text of each header and each assignment: a statement ends where it is one."""
    begun, pending = 0, ""
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        begun = begun if pending else number
        pending = f"{pending}\n{line}" if pending else line
        try:
            said = tomllib.loads(pending)
        except tomllib.TOMLDecodeError:
            continue  # a list or a text that goes on
        if said:
            yield begun, pending
        pending = ""


def _names(table: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for key, value in table.items():
        if isinstance(value, Mapping) and value:
            yield from ((key, *rest) for rest in _names(value))
        else:
            yield (key,)
