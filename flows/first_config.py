"""A first configuration as text: each setting under the reason for it."""

from collections.abc import Iterable
from textwrap import wrap

from halflife.flows.toml_text import written
from halflife.monitoring.inferred_settings import Choice

WIDTH = 96
HEADS = {
    "feed": "Where rows come from, and what their columns are for.",
    "labels": "Labels from a table of their own.",
    "evidence": "Rows that test claims; no training sees them.",
    "retrain": "When a version is trained.",
    "investigate": "What an investigation of each version looks at.",
    "watch": "When the newest rows are compared with those a version was trained on.",
}


def first_config(title: str, choices: Iterable[Choice]) -> str:
    """The file.

    >>> print(first_config("From a.csv.", [Choice("feed", "id", "k", "Tells rows apart."), Choice("feed", "time", "t", "", False)]))
    # From a.csv.
    <BLANKLINE>
    # Where rows come from, and what their columns are for.
    [feed]
    # Tells rows apart.
    id = "k"
    # time = "t"
    <BLANKLINE>
    """
    lines, section = _comment(title), ""
    lines.append("")
    for choice in choices:
        if choice.section != section:
            section = choice.section
            lines += (
                ["", *_comment(HEADS[section]), f"[{section}]"]
                if lines[-1]
                else [*_comment(HEADS[section]), f"[{section}]"]
            )
        setting = f"{choice.key} = {written(choice.value)}"
        lines += [*_comment(choice.why), setting if choice.said else f"# {setting}"]
    return "\n".join(lines) + "\n"


def _comment(text: str) -> list[str]:
    return [f"# {line}" for part in text.splitlines() for line in wrap(part, WIDTH, break_long_words=False)]
