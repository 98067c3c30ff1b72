"""Read a CSV or Parquet file once, whole, with nothing guessed: text stays text, an empty cell is missing."""

import csv
from base64 import b64decode
from collections import Counter
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from halflife.models.errors import FeedError
from halflife.monitoring.adapters.csv_dialect import header_of, separator_of, texts
from halflife.monitoring.adapters.places import Place
from halflife.monitoring.adapters.text_layout import AS_PROGRAMS_WRITE, Layout, contents, written

TEXT = (".csv", ".tsv", ".txt")
PARQUET = (".parquet", ".pq")
SAMPLE_BYTES = 1 << 16
BLOCK_BYTES = 1 << 30


def read_table(path: Place, layout: Layout = AS_PROGRAMS_WRITE) -> tuple[pl.DataFrame, bool]:
    """Every cell of the file, null where it is empty: CSV columns as text, Parquet columns in their own types.

    A column that a Parquet file declares as a dictionary is one of categories, of whatever its entries are.

    Args:
        path: a file ending in .csv, .tsv, .txt, .parquet or .pq.
        layout: of a text file.

    Returns:
        The table, and whether its last row is wholly written: False where the last line of a text has no end.

    Raises:
        FeedError: it is not there, cannot be read as a table, has no rows, or names a column twice.
    """
    ending = path.suffix.lower()
    if ending not in TEXT + PARQUET:
        raise FeedError(f"{path}: a file feed ends in {', '.join(TEXT + PARQUET)}, not in {ending!r}")
    try:
        table, whole = (_parquet(path), True) if ending in PARQUET else _text(path, layout)
    except FileNotFoundError:
        where = (
            "and the folder HALFLIFE_DATA names if the path is in it" if isinstance(path, Path) else "and the bucket"
        )
        raise FeedError(f"no such file: {path}; check path in [feed], {where}") from None
    except IsADirectoryError:
        raise FeedError(f"{path} is a folder; path in [feed] names one CSV or Parquet file") from None
    except OSError as error:
        raise FeedError(f"{path} cannot be read: {error.strerror or error}") from None
    if not table.num_rows:
        raise FeedError(f"{path} has a header but no rows")
    frame = pl.DataFrame(pl.from_arrow(_narrowed(table)))
    frame.columns = table.column_names  # Polars gives a column without a name one of its own
    return blank_is_missing(frame), whole


def blank_is_missing(frame: pl.DataFrame) -> pl.DataFrame:
    """Empty texts as missing ones; a column that is declared to hold categories stays one."""
    declared = [name for name, kind in frame.schema.items() if kind in (pl.Categorical, pl.Enum)]
    plain = frame.with_columns(pl.col(pl.Categorical, pl.Enum, pl.String).cast(pl.String).replace("", None))
    return plain.with_columns(pl.col(declared).cast(pl.Categorical))


def _narrowed(table: pa.Table) -> pa.Table:
    """Decimals of more digits than Polars knows as floats."""
    for at, field in enumerate(table.schema):
        if pa.types.is_decimal256(field.type):
            table = table.set_column(at, field.name, table.column(at).cast(pa.float64()))
    return table


def _utf8(path: Place, encoding: str) -> bytes:
    raw = contents(path)
    if encoding.replace("_", "-").lower() in ("utf-8", "utf8"):
        return raw
    try:
        return raw.decode(encoding).encode()
    except UnicodeError as error:
        raise FeedError(f"{path} is not {encoding}: {error}; say encoding = the right one in [feed]") from None


def _text(path: Place, layout: Layout) -> tuple[pa.Table, bool]:
    raw = _utf8(path, layout.encoding).removeprefix(b"\xef\xbb\xbf")
    _require_utf8(path, raw)
    raw = layout.body(raw)
    if not raw.strip():
        raise FeedError(f"{path} is empty; its first line should name the columns")
    sample = raw[:SAMPLE_BYTES]
    whole = sample if len(sample) == len(raw) else sample[: sample.rfind(b"\n") + 1] or raw
    text = whole.decode()
    try:
        separator = layout.separator or separator_of(text)
        header = header_of(text, separator)
        raw, ended = written(raw, separator, len(header), layout.skip_lines + 1)
    except csv.Error as error:
        raise FeedError(f"{path} is not a table: {error}") from None
    _require_single(path, header)
    try:
        table = pa.csv.read_csv(
            pa.BufferReader(raw),
            # One block, one thread: a cell may be of any length, and a broken row is counted right.
            read_options=pa.csv.ReadOptions(use_threads=False, block_size=min(len(raw) + 1, BLOCK_BYTES)),
            parse_options=pa.csv.ParseOptions(delimiter=separator, newlines_in_values=True),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid as error:
        preamble = len(header) == 1 or header[0].startswith("#")
        hint = "; where the header comes later, say skip_lines or comment in [feed]" if preamble else ""
        raise FeedError(f"{path} is not a table separated by {separator!r}: {_first_line(error)}{hint}") from None
    return table, ended


def _parquet(path: Place) -> pa.Table:
    if isinstance(path, Path) and path.is_dir():
        raise IsADirectoryError
    try:
        file = pa.parquet.ParquetFile(path if isinstance(path, Path) else pa.BufferReader(path.read_bytes()))
        table = file.read(use_threads=False)
        categories = _categories(file)
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, FileNotFoundError | PermissionError) or (not isinstance(path, Path) and error.args[1:]):
            raise
        raise FeedError(f"{path} is not a Parquet file: {_first_line(error)}") from None
    _require_single(path, table.column_names)
    for name in categories:
        cells = texts(pl.Series(name, pl.from_arrow(table.column(name))))
        at = table.column_names.index(name)
        table = table.set_column(at, name, cells.to_arrow().cast(pa.string()).dictionary_encode())
    return table


def _categories(file: pa.parquet.ParquetFile) -> list[str]:
    """Columns of numbers that whoever wrote the file had as a dictionary: Parquet keeps that of texts alone."""
    written = (file.metadata.metadata or {}).get(b"ARROW:schema")
    if written is None:
        return []
    schema = pa.ipc.read_schema(pa.py_buffer(b64decode(written)))
    numeric = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean)
    return [
        field.name
        for field in schema
        if pa.types.is_dictionary(field.type) and any(is_one(field.type.value_type) for is_one in numeric)
    ]


def _require_utf8(path: Place, raw: bytes) -> None:
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise FeedError(
            f"{path} is not UTF-8: byte 0x{raw[error.start]:02x} in line {line}; save it as UTF-8"
        ) from None
    if b"\0" in raw[:SAMPLE_BYTES]:
        raise FeedError(f"{path} is not UTF-8 text: it holds zero bytes, as UTF-16 does; save it as UTF-8")


def _require_single(path: Place, header: list[str]) -> None:
    """Names that differ in case alone count as doubled: the store and SQL predicates tell them apart by name."""
    doubled = [name for name, times in Counter(name.casefold() for name in header).items() if times > 1]
    if doubled:
        names = ", ".join(repr(name) for name in header if name.casefold() in doubled)
        raise FeedError(f"{path} names a column twice (upper and lower case count as one): {names}; rename one of them")


def _first_line(error: Exception) -> str:
    """What the reader said, without the row's whole text."""
    return str(error).splitlines()[0][:200]
