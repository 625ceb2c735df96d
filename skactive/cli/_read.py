"""A table from a file: its separator, its header, its missing values."""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from decimal import Decimal
from pathlib import Path

import numpy as np

from skactive.cli._errors import UserError, listed, near, say

_PARQUET = {".parquet", ".pq"}
# Tables come in these too; read as text, they would seem to be in another encoding.
_PACKED = {".zip", ".bz2", ".xz", ".zst", ".tar", ".tgz", ".xls", ".xlsx", ".ods"}
_SAMPLE = 1 << 18  # characters
# The rare ones first: a comma may stand in numbers and in text.
_SEPARATORS = ("\t", ";", ",")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_DECIMAL_POINT = re.compile(r"[+-]?\d+\.\d+")


def read_table(path, *, header=None, sep=None, encoding="utf-8"):
    """Read CSV or Parquet.

    Parameters
    ----------
    path : str
    header : bool or None
        Whether the first line of a CSV names the columns. None: it does, and it is an
        error if it does not look so.
    sep : str or None
        None: found out.
    encoding : str

    Returns
    -------
    frame : DataFrame
        Without a header its columns are named 'column 0' and so on.
    """
    path = Path(path)
    if not path.exists():
        siblings = [p.name for p in path.parent.glob("*") if p.is_file()]
        raise UserError(f"there is no file {str(path)!r}. {near(path.name, siblings)}")
    if path.is_dir():
        raise UserError(f"{str(path)!r} is a folder; name a file in it")
    frame = (
        _read_parquet(path)
        if path.suffix.lower() in _PARQUET
        else _read_csv(path, header, sep, encoding)
    )
    if frame.shape[1] < 2:
        raise UserError(
            f"{path} has one column only, {frame.columns[0]!r}; --sep names the "
            "separator"
        )
    if len(frame) < 2:
        rows = ("no rows", "one row")[len(frame)]
        raise UserError(f"{path} has {rows}; there is nothing to learn from")
    return frame


def find_column(frame, name):
    """Return the name of a column that the user has named or counted."""
    if name in frame.columns:
        return name
    if frame.columns[0] == "column 0" and re.fullmatch(r"-?\d+", name):
        position = int(name)
        if -len(frame.columns) <= position < len(frame.columns):
            return frame.columns[position]
    raise UserError(
        f"there is no column {name!r}; {near(name, frame.columns)}"
        f"the columns are {listed(frame.columns, 20)}"
    )


def _read_parquet(path):
    import pandas as pd

    try:
        frame = pd.read_parquet(path)
    except ImportError as error:
        raise UserError(
            f"{path} is Parquet, which needs pyarrow: pip install pyarrow, or write "
            "the table as CSV"
        ) from error
    except (ValueError, TypeError, OSError, NotImplementedError) as error:
        raise UserError(
            f"{path} cannot be read as Parquet ({error}); write it anew, or rename it "
            "if it is a CSV"
        ) from error
    # What was set as the index is a column too, if it has a name.
    frame = frame.reset_index(drop=frame.index.names == [None])
    return _decimals_as_floats(frame.set_axis(frame.columns.map(str), axis=1))


def _decimals_as_floats(frame):
    """Make numbers of decimals, such as prices, which are objects as text may be."""
    names = [name for name in frame if _holds_decimals(frame[name])]
    return frame.astype(dict.fromkeys(names, np.float64))


def _holds_decimals(column):
    if column.dtype != object:
        return False
    values = column.dropna()
    return len(values) > 0 and all(isinstance(value, Decimal) for value in values)


def _read_csv(path, header, sep, encoding):
    import pandas as pd

    if path.suffix.lower() in _PACKED:
        raise UserError(
            f"{path} is a {path.suffix} file; write the table as CSV, plain or packed "
            "as .gz, or as Parquet"
        )
    # Some programs put a mark in front, which is not part of the first name.
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    try:
        lines = _first_lines(path, codec)
        if not lines:
            raise UserError(f"{path} is empty")
        if sep is None:
            sep = _find_separator(lines)
        first, *rest = _records(lines, sep)
        # What pandas says of rows that are wider than the first is the better error.
        if header is None and all(len(row) <= len(first) for row in rest):
            _refuse_values(path, first, rest)
        comma = sep != "," and _has_decimal_commas(rest or [first])
        if comma:
            say("Numbers are written with a decimal comma.")
        frame = pd.read_csv(
            path,
            sep=sep,
            header=None if header is False else 0,
            decimal="," if comma else ".",
            na_values=["?"],
            skipinitialspace=True,
            low_memory=False,
            encoding=codec,
        )
    except (UnicodeError, LookupError) as error:
        raise UserError(
            f"{path} is not text in {encoding} ({error}); name its encoding, such as "
            "--encoding latin-1"
        ) from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UserError(
            f"{path} cannot be unpacked ({error}); pack it anew with gzip, or take .gz "
            "off its name if it is plain text"
        ) from error
    except pd.errors.ParserError as error:
        raise UserError(
            f"{path} is not a table separated by {sep!r}: {error}"
        ) from error
    if not frame.index.equals(pd.RangeIndex(len(frame))):
        raise UserError(f"{path} has more cells in its rows than names in its header")
    if header is False:
        return frame.set_axis([f"column {i}" for i in range(frame.shape[1])], axis=1)
    names = frame.columns.str.strip()
    if names.is_unique:  # as two that differ in blanks only would not be
        frame = frame.set_axis(names, axis=1)
    return _without_row_numbers(frame)


def _first_lines(path, encoding):
    """Return the beginning of a file, without a line that is cut."""
    opener = gzip.open if path.suffix.lower() == ".gz" else open
    with opener(path, "rt", encoding=encoding, newline="") as file:
        text = file.read(_SAMPLE)
    lines = text.splitlines(keepends=True)
    if len(text) == _SAMPLE and len(lines) > 1:
        lines.pop()
    return [line for line in lines if line.strip()]


def _records(lines, sep):
    records = csv.reader(lines, delimiter=sep, skipinitialspace=True)
    return [[cell.strip() for cell in record] for record in records]


def _find_separator(lines):
    """Return what cuts nearly all lines into the same number of cells, or a comma."""
    for sep in _SEPARATORS:
        widths = [len(record) for record in _records(lines, sep)]
        width = max(set(widths), key=widths.count)
        share = widths.count(width) / len(widths)
        if widths[0] == width > 1 and share >= 0.9:
            return sep
    return ","


def _refuse_values(path, first, rest):
    """Refuse a first line that is a row of the table, not its header."""
    twice = sorted({name for name in first if name and first.count(name) > 1})
    remedy = (
        "pass --no-header if the first line is a row, or --header if it names the "
        "columns"
    )
    if twice:
        raise UserError(
            f"the first line of {path} has {listed(twice)} more than once; {remedy}"
        )
    columns = [
        (name, [row[place] for row in rest or [first] if len(row) > place])
        for place, name in enumerate(first)
        if name
    ]
    numbers = [name for name, cells in columns if _holds_numbers(cells)]
    # Columns of numbers that are named by numbers, or of words, one of them the name.
    # Names that count up may be years.
    if (numbers and all(map(_is_number, numbers)) and not _counts_up(numbers)) or any(
        name in cells for name, cells in columns if rest and not _is_number(name)
    ):
        raise UserError(
            f"{path} seems to have no header: its first line, which begins with "
            f"{listed(first, 3)}, is like the others; {remedy}"
        )


def _holds_numbers(cells):
    filled = [cell for cell in cells if cell not in ("", "?", "NA", "nan")]
    return bool(filled) and all(map(_is_number, filled))


def _is_number(text):
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


def _counts_up(names):
    if len(names) < 3 or not all(name.isdecimal() for name in names):
        return False
    numbers = list(map(int, names))
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _has_decimal_commas(records):
    cells = [cell for record in records for cell in record]
    return any(map(_DECIMAL_COMMA.fullmatch, cells)) and not any(
        map(_DECIMAL_POINT.fullmatch, cells)
    )


def _without_row_numbers(frame):
    """Leave out the nameless first column that pandas writes."""
    first = frame.columns[0]
    if first == "Unnamed: 0" and frame[first].tolist() == list(range(len(frame))):
        say("Left out the first column, which has no name and counts the rows.")
        return frame.drop(columns=first)
    return frame
