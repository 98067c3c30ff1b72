"""The encoding of a text file, and what in it is no row."""

import csv
from collections import Counter
from itertools import islice

from halflife.models.errors import FeedError
from halflife.monitoring.adapters.csv_dialect import separator_of
from halflife.monitoring.adapters.places import Place
from halflife.monitoring.adapters.text_layout import Layout, contents
from halflife.monitoring.inferred_settings import Choice

SAMPLE_LINES = 400
MARK = "#"


def layout_of(path: Place) -> tuple[Layout, list[Choice]]:
    """How a text file is laid out, and what of that has to be said. Raises FeedError."""
    try:
        raw = contents(path)
    except OSError as error:
        raise FeedError(f"{path} cannot be read: {error.strerror or error}") from None
    encoding = encoding_of(raw)
    comment, skip = before_header(raw.decode(encoding).removeprefix("\ufeff"))
    said = []
    if encoding != "utf-8":
        said.append(Choice("feed", "encoding", encoding, "The text is not UTF-8, and reads as this."))
    if skip:
        said.append(Choice("feed", "skip_lines", skip, "Lines before the one that names the columns."))
    if comment:
        said.append(Choice("feed", "comment", comment, "Lines that begin so are no rows."))
    return Layout(None, encoding, skip, comment), said


def encoding_of(raw: bytes) -> str:
    r"""The first of UTF-8, UTF-16 (by its mark), Windows' and Latin letters that a text can be read in.

    >>> encoding_of("ä".encode()), encoding_of("ä".encode("utf-16")), encoding_of(b"\xe4")
    ('utf-8', 'utf-16', 'cp1252')
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for encoding in ("utf-8", "cp1252"):
        try:
            raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "latin-1"


def before_header(text: str) -> tuple[str, int]:
    r"""What comments begin with (empty for none), and how many lines stand before the header.

    The header is the first line with as many cells as most lines have.

    >>> before_header("Export of May\n\na;b\n1;2\n3;4\n5;6\n7;8\n"), before_header("# by me\na,b\n1,2\n# end\n3,4\n")
    (('', 2), ('#', 0))
    >>> before_header("#a,b\n1,2\n3,4\n"), before_header("a\n1\n2\n")
    (('', 0), ('', 0))
    """
    lines = list(islice(text.splitlines(keepends=True), SAMPLE_LINES))
    tail = "".join(line for line in lines[len(lines) // 2 :] if not line.startswith(MARK))
    separator = separator_of(tail)
    rows, start = [], 0
    try:
        reader = csv.reader(lines, delimiter=separator)
        for row in reader:
            rows.append((start, row))
            start = reader.line_num
    except csv.Error:
        return "", 0
    width = Counter(len(row) for _, row in rows if row and not row[0].startswith(MARK)).most_common(1)
    if not width or width[0][0] < 2:
        return "", 0
    cells = width[0][0]
    comment = MARK if any(row and row[0].startswith(MARK) and len(row) != cells for _, row in rows) else ""
    comment = comment or (MARK if f"\n{MARK}" in text else "")
    header = next(at for at, row in rows if len(row) == cells and not (comment and row[0].startswith(MARK)))
    stray = [row for at, row in rows if at < header and row and not (comment and row[0].startswith(MARK))]
    return comment, header if stray else 0
