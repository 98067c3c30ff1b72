"""Begin with rows: find out what they are, and write the configuration that says so."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from halflife.flows.first_config import first_config
from halflife.models.errors import UsageError
from halflife.monitoring.inferred_settings import Choice, Inferred
from halflife.monitoring.reports.shown import Shown
from halflife.monitoring.whole_files import write_whole

if TYPE_CHECKING:
    from rich.console import RenderableType

    from halflife.flows.adapters import Place

CONFIG = Path("halflife.toml")
DATABASE = re.compile(r"(sqlite|postgres(ql)?|mysql|mariadb|mssql|oracle|duckdb)(\+\w+)?:", re.IGNORECASE)
DATABASE_FILES = (".db", ".sqlite", ".sqlite3", ".db3")
WILD = re.compile(r"[*?\[]")


@dataclass(frozen=True, repr=False, eq=False)
class Begun(Shown):
    """What was written, and why.

    Attributes:
        file: the configuration.
        source: of the rows.
        inferred: each setting with its reason.
    """

    file: Path
    source: str
    inferred: Inferred

    def values(self) -> dict[str, Any]:
        found = self.inferred
        settings = [asdict(choice) for choice in found.choices]
        return {
            "config": str(self.file),
            "path": self.source,
            "rows": found.rows,
            "columns": found.columns,
            "settings": settings,
        }

    def __rich__(self) -> RenderableType:
        from rich.console import Group
        from rich.table import Table

        from halflife.flows.toml_text import written
        from halflife.monitoring.reports.rich_text import Text

        found = self.inferred
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(no_wrap=False, overflow="fold", max_width=30, style="bold")
        table.add_column(overflow="fold", ratio=1)
        for choice in found.choices:
            if choice.key in SHOWN and choice.said:
                table.add_row(Text(f"{_called(choice)} = {written(choice.value)}"), Text(choice.why))
        head = Text(f"{Path(self.source).name}: {found.rows:,} rows, {found.columns} columns\n")
        foot = Text(f"\nWritten to {self.file}, with a reason for each line: read it, and change what is wrong.\n")
        foot.append(
            "Then: halflife doctor   whether all is understood\n      halflife replay   the history, tick by tick"
        )
        return Group(head, table, foot)


SHOWN = [
    "label",
    "column",
    "positive",
    "key",
    "id",
    "time",
    "time_format",
    "time_zone",
    "rows_per_tick",
    "tick",
    "label_delay",
    "encoding",
    "skip_lines",
    "comment",
    "decimal",
    "thousands",
    "missing",
    "ignore",
    "categorical",
    "cluster",
    "window",
    "segments",
]
"""Settings that are told in the terminal; the file has them all."""


def _called(choice: Choice) -> str:
    return choice.key if choice.section in ("", "feed") else f"{choice.section}.{choice.key}"


def begin(
    paths: Sequence[str],
    *,
    file: Path = CONFIG,
    labels: str | None = None,
    name: str | None = None,
    force: bool = False,
    **asked: str | None,
) -> Begun:
    """Write a first configuration for rows in files.

    Args:
        paths: a file, a folder, a pattern or a Delta table, here or on an object store; more than one where a shell has
            filled in a pattern.
        file: the configuration.
        labels: a table of labels, where the rows have none.
        name: of the model; by default after the files.
        force: write over a configuration that is there.
        asked: ``label``, ``positive``, ``id`` and ``time``, where they are known.

    Raises:
        UsageError: the file is there, or something has to be said that cannot be found out.
        FeedError: the rows cannot be read.
    """
    if file.exists() and not force:
        raise UsageError(f"{file} is there already; say --force to write over it, or --config another file")
    from halflife.flows.adapters import inferred, place

    for each in [*paths, *([labels] if labels else [])]:
        _require_files(each)
    path = place(one_path(paths))
    told = None if labels is None else place(labels)
    found = inferred(path, told, **asked)
    source = relative(path, file.parent)
    head = [
        Choice("", "home", "halflife-home", "Folder of everything that is kept, made where the command runs."),
        Choice("", "name", name or model_name(path), "Of the model in the registry, and in alerts."),
        Choice("feed", "kind", "file", "Files; rows may also come from a database or be pushed."),
        Choice(
            "feed", "path", source, "A file, a folder of files, or a pattern such as rows-*.csv; relative to this file."
        ),
    ]
    choices = [*head, *found.choices]
    if told is not None:
        at = next(k for k, choice in enumerate(choices) if choice.section == "labels")
        choices.insert(
            at, Choice("labels", "path", relative(told, file.parent), "A file, folder or pattern; it may grow.")
        )
    whole = Inferred(found.rows, found.columns, tuple(choices))
    title = (
        f"Written by `halflife init` from {path.name}, {found.rows:,} rows. Each line stands under what it means "
        "and why it is so; change what is wrong.\n"
        "`halflife doctor` checks it, `halflife replay` runs it; `halflife config --reference` says what else there is."
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, first_config(title, choices))
    return Begun(file, source, whole)


def _require_files(path: str) -> None:
    """Raise UsageError where a path names a database, and say how to have its rows."""
    address = DATABASE.match(path)
    if address is None and not path.lower().endswith(DATABASE_FILES):
        return
    url = "its address" if address else f"sqlite:///{path}"
    shown = f"{address[0]}//…" if address and "@" in path else path  # a password is not said again
    raise UsageError(
        f'{shown} is a database, and init reads files; in the configuration say kind = "database" in [feed], '
        f'with table (or query), label and id, and url_env = "ROWS_URL", an environment variable that holds {url}'
    )


def one_path(paths: Sequence[str]) -> str:
    """The path, or the pattern a shell has filled in.

    Raises:
        UsageError: there are several files, and no pattern that names just them.

    >>> one_path(["rows.csv"])
    'rows.csv'
    """
    if len(paths) == 1:
        return paths[0]
    start, end = _shared(paths), _shared([path[::-1] for path in paths])[::-1]
    pattern = f"{start}*{end}"
    folder = Path(pattern).parent
    found = {str(each) for each in folder.glob(Path(pattern).name)}
    if found != {str(Path(path)) for path in paths}:
        raise UsageError("name one file, one folder, or one pattern in quotes, such as 'rows-*.csv'")
    return pattern


def _shared(texts: Sequence[str]) -> str:
    """The longest beginning of all."""
    alike = (len(set(letters)) == 1 for letters in zip(*texts, strict=False))
    return texts[0][: next((k for k, same in enumerate(alike) if not same), min(map(len, texts)))]


def relative(path: Place, folder: Path) -> str:
    """As it is written in a configuration in a folder."""
    if not isinstance(path, Path):
        return str(path)
    return Path(os.path.relpath(path.absolute(), folder.absolute())).as_posix()


def model_name(path: Place) -> str:
    """After the file or the folder.

    >>> model_name(Path("data/Kunden 2024.csv")), model_name(Path("days/*.csv")), model_name(Path("rows-*.csv"))
    ('Kunden-2024', 'days', 'rows')
    """
    whole = path.absolute() if isinstance(path, Path) else path
    stem = path.name.removesuffix(path.suffix)
    if WILD.search(stem):
        stem = re.split(WILD, stem)[0] or whole.parent.name
    if path.is_dir():
        stem = whole.name
    return re.sub(r"[^\w-]+", "-", stem).strip("-_") or "model"
