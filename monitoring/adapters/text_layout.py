"""How the rows of a text file are laid out: what stands before its header, what is a comment, what is not yet written."""

import csv
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from halflife.models.errors import ConfigError, FeedError
from halflife.monitoring.adapters.places import Place

ROWS_LIKE, MOSTLY = 3, 0.8
"""Lines after an open quote that have a row's cells, at least, and their share, to be rows."""
SHOWN = 60
"""Letters of a line that are shown."""
OPEN = "unexpected end of data"
"""What the csv module says where a quoted cell does not end."""
QUOTE = b'"'


@dataclass(frozen=True)
class Layout:
    """How text files of a feed are laid out.

    Attributes:
        separator: between cells; found out when None.
        encoding: of the text.
        skip_lines: before the header: a title, the date of an export.
        comment: what lines begin with that are to be passed over; empty for none.

    Raises:
        ConfigError: a comment that is part of a quoted cell or no mark at all.
    """

    separator: str | None = None
    encoding: str = "utf-8"
    skip_lines: int = 0
    comment: str = ""

    def __post_init__(self) -> None:
        if self.comment and (self.comment != self.comment.strip() or '"' in self.comment):
            raise ConfigError(f'comment = {self.comment!r} in [feed]: say what such lines begin with, such as "#"')

    def body(self, raw: bytes) -> bytes:
        r"""The text from its header on, without comments.

        Args:
            raw: the file, in UTF-8.

        >>> Layout(skip_lines=1, comment="#").body(b'Export\n# by me\na,b\n1,"x\n# y"\n# end\n2,z\n')
        b'a,b\n1,"x\n# y"\n2,z\n'
        """
        for _ in range(self.skip_lines):
            raw = raw.partition(b"\n")[2]
        if not self.comment or self.comment.encode() not in raw:
            return raw
        mark, kept, quoted = self.comment.encode(), [], False
        for line in raw.splitlines(keepends=True):
            if not quoted and line.lstrip().startswith(mark):
                continue
            quoted ^= line.count(QUOTE) % 2 == 1
            kept.append(line)
        return b"".join(kept)


AS_PROGRAMS_WRITE = Layout()


def contents(path: Place) -> bytes:
    """A text file's bytes; lines that end in a carriage return alone, as spreadsheets on a Mac save them, end in a line feed.

    Raises:
        FeedError: it is a pipe or a device, which cannot be read again.
        OSError: it cannot be read.
    """
    if isinstance(path, Path) and path.exists() and not path.is_file() and not path.is_dir():
        raise FeedError(f"{path} is a pipe or a device; a feed's file is read again and again: push rows instead")
    raw = path.read_bytes()
    return raw.replace(b"\r", b"\n") if b"\r" in raw and b"\n" not in raw else raw


def written(raw: bytes, separator: str, cells: int, first: int = 1) -> tuple[bytes, bool]:
    r"""The lines that can be read, and whether the last of them has its end.

    A last line without an end is being written. As long as it has fewer cells than the header it is no row, and waits
    unread; with all its cells it is one whose last cell may still grow. A quote that opens and never closes, with rows
    after it, is a mistake.

    Args:
        raw: the text from its header on.
        separator: between cells.
        cells: of the header.
        first: number of its line in the file.

    Raises:
        csv.Error: a quote is open, which would make one cell of the rows after it; says where.

    >>> written(b"a,b\n1,2\n3", ",", 2), written(b"a,b\n1,2\n3,4", ",", 2), written(b'a,b\n1,2\n3,"x\ny', ",", 2)
    ((b'a,b\n1,2\n', True), (b'a,b\n1,2\n3,4', False), (b'a,b\n1,2\n', True))
    """
    if raw.endswith((b"\n", b"\r")) and raw.count(QUOTE) % 2 == 0:
        return raw, True
    end, open_quotes = len(raw), raw.count(QUOTE)
    while (start := raw.rfind(b"\n", 0, end)) >= 0:
        open_quotes -= raw.count(QUOTE, start, end)
        end = start
        if open_quotes % 2 == 0:
            break
    lines = list(StringIO(raw[start + 1 :].decode(), newline=""))
    whole, row, fault = _read(lines, separator)
    if fault and fault != OPEN:
        at, shown = first + raw.count(b"\n", 0, start + 1) + whole, _shown(lines[whole])
        raise csv.Error(
            f"a quote opens in line {at} and closes before the end of its cell: {shown}; close it, or double it where it is "
            "part of the cell"
        )
    if not fault:  # a quote within a cell opens nothing: 6" nails
        if raw.endswith((b"\n", b"\r")):
            return raw, True
        start = raw.rfind(b"\n")
    else:
        start += len("".join(lines[:whole]).encode())
        _require_closed(lines[whole:], separator, cells, first + raw.count(b"\n", 0, start + 1))
    short = bool(fault) or len(row) < cells
    return (raw[: start + 1], True) if short and start >= 0 else (raw, False)


def _read(lines: list[str], separator: str) -> tuple[int, list[str], str]:
    """How many lines are whole rows, the last row, and what is wrong after them; empty for nothing."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    whole, last = 0, list[str]()
    try:
        for row in reader:
            whole, last = reader.line_num, row
    except csv.Error as error:
        return whole, last, str(error)
    return whole, last, ""


def _require_closed(lines: list[str], separator: str, cells: int, at: int) -> None:
    """Raise csv.Error where what begins with an open quote looks like rows and not like the text of one cell.

    Args:
        lines: from the one in which it opens to the last.
        separator: between cells.
        cells: of a row.
        at: number of the first of these lines.
    """
    rest = lines[1:]
    alike = sum(each.count(separator) == cells - 1 for each in rest)
    if cells > 1 and alike >= ROWS_LIKE and alike >= MOSTLY * len(rest):
        raise csv.Error(
            f"a quote opens in line {at} and is not closed, so that the {len(rest):,} lines after it would be one cell: "
            f"{_shown(lines[0])}; close it, or double it where it is part of the cell"
        )


def _shown(line: str) -> str:
    """A line's beginning, in quotes.

    >>> _shown("a,b" + chr(10))
    "'a,b'"
    """
    text = line.rstrip("\r\n")
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")
