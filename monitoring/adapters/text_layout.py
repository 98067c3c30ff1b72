"""How the rows of a text file are laid out: what stands before its header, what is a comment, what is not yet written."""

import csv
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from halflife.models.errors import ConfigError, FeedError
from halflife.monitoring.adapters.places import Place

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


def written(raw: bytes, separator: str, cells: int) -> tuple[bytes, bool]:
    r"""The lines that can be read, and whether the last of them has its end.

    A last line without an end is being written. As long as it has fewer cells than the header it is no row, and waits
    unread; with all its cells it is one whose last cell may still grow.

    Args:
        raw: the text from its header on.
        separator: between cells.
        cells: of the header.

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
    tail = raw[start + 1 :]
    row = next(csv.reader(StringIO(tail.decode(), newline=""), delimiter=separator), [])
    short = tail.count(QUOTE) % 2 == 1 or len(row) < cells
    return (raw[: start + 1], True) if short and start >= 0 else (raw, False)
