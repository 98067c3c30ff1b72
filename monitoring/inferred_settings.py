"""Settings that were found out from rows, each with its reason: what a first configuration is made of."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Choice:
    """One setting.

    Attributes:
        section: its table; empty for what stands above the tables.
        key: its name there.
        value: what it was found to be.
        why: what it means, why it is so, and what else it could be; one or two sentences.
        said: it is to be in force; False for an example that is written as a comment.
    """

    section: str
    key: str
    value: Any
    why: str
    said: bool = True


@dataclass(frozen=True)
class Inferred:
    """What a table was found to be.

    Attributes:
        rows, columns: its size.
        choices: settings in the order they are written.
    """

    rows: int
    columns: int
    choices: tuple[Choice, ...]


def settings_of(choices: Iterable[Choice]) -> dict[str, Any]:
    """The settings that are in force, as a configuration's file has them.

    >>> settings_of([Choice("", "name", "a", ""), Choice("feed", "id", "b", ""), Choice("feed", "time", "c", "", False)])
    {'name': 'a', 'feed': {'id': 'b'}}
    """
    table: dict[str, Any] = {}
    for choice in choices:
        if choice.said:
            (table.setdefault(choice.section, {}) if choice.section else table)[choice.key] = choice.value
    return table


def listed(names: Iterable[str], most: int = 5) -> str:
    """Names in a sentence.

    >>> listed(["a", "b", "c"]), listed("abc", 2)
    ("'a', 'b' and 'c'", "'a', 'b' and 1 more")
    """
    given = list(names)
    shown = [repr(name) for name in given[:most]]
    shown += [f"{len(given) - most} more"] if len(given) > most else []
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
