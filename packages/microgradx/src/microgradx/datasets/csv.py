"""Reading tables of numbers from CSV files: strictly, so that no row is misread in silence."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from typing import Any, SupportsIndex, overload

import numpy as np
from numpy.typing import NDArray

from microgradx.datasets.opening import DatasetError, Source, opened, read_all

__all__ = ["load_csv"]

MOST_BYTES = 2**27  # unpacked; larger tables belong in .npy files

Table = NDArray[np.float64]
Row = tuple[int, list[str]]  # the number of a line, and its fields


@overload
def load_csv(source: Source, *, target: None = None) -> Table: ...
@overload
def load_csv(source: Source, *, target: str | int) -> tuple[Table, NDArray[Any]]: ...
def load_csv(source: Source, *, target: str | int | None = None) -> Any:
    r"""A table of numbers: commas between fields, one row a line, a first line of names or none.

    Strict: every row has as many fields as the first, and every field is a finite number; a first
    line without any number is the names. A byte order mark, both kinds of line ends, quoted fields
    and blank lines at the end are fine.

    Args:
        source: a path, or a stream of bytes; UTF-8, and it may be packed with gzip.
        target: name or number of the column to predict; -1 is the last.

    Returns:
        `X`, float64 of shape `(n, columns)`; with a target `(X, y)`, where `y` is the column that
        `X` then lacks, shape `(n,)`: int64 if all its numbers are whole, else float64.

    Raises:
        DatasetError: if it is no such table; the message names the line.

    Example:
        >>> X, y = load_csv(io.BytesIO(b"width,height,kind\n1.5,2,0\n3,1,1\n"), target="kind")
        >>> X.tolist(), y
        ([[1.5, 2.0], [3.0, 1.0]], array([0, 1]))
    """
    from array import array  # here: it is a library of its own, and few programs read tables

    with opened(source) as file:
        name = file.name
        data = read_all(file.stream, name, MOST_BYTES)
    rows = rows_of(data, name)
    names, values = [], array("d")
    width = 0
    for line, fields in rows:
        if not width:
            width = len(fields)
            if not any(field.strip() == "" or is_float(field) for field in fields):
                names = [field.strip() for field in fields]
                continue
        if len(fields) != width:
            raise DatasetError(
                f"{name}, line {line}: {width} fields were expected, as in the first line, got "
                f"{len(fields)}."
            )
        values.extend(number(field, name, line, names, i) for i, field in enumerate(fields))
    if not values:
        raise DatasetError(f"{name} has no rows of numbers.")
    table = np.frombuffer(values, np.float64).reshape(-1, width)
    if target is None:
        return table
    column = column_of(target, names, width, name)
    y = table[:, column]
    whole = bool((y == np.floor(y)).all() and (np.abs(y) < 2**53).all())
    return np.delete(table, column, axis=1), y.astype(np.int64) if whole else y.copy()


def rows_of(data: bytearray, name: str) -> Iterator[Row]:
    """The rows with their line numbers; blank lines may only stand at the end."""
    import csv

    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DatasetError(f"{name} is not a CSV file in UTF-8: {error}.") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    blank = 0
    try:
        for fields in reader:
            if not fields or fields == [""]:
                blank = blank or reader.line_num
            elif blank:
                raise DatasetError(f"{name}, line {blank} is blank, but more follows.")
            else:
                yield reader.line_num, fields
    except csv.Error as error:
        raise DatasetError(f"{name}, line {reader.line_num}: {error}.") from error


def is_float(field: str) -> bool:
    """Whether Python takes it for a number, which includes nan."""
    try:
        float(field)
    except ValueError:
        return False
    return True


def number(field: str, name: str, line: int, names: list[str], column: int) -> float:
    """A field as a number, or an error that says where it stands."""
    # Python also takes 1_000, digits of other scripts, nan and inf
    if is_float(field) and field.isascii() and "_" not in field and math.isfinite(float(field)):
        return float(field)
    where = repr(names[column]) if names else column + 1
    problem = f"{field[:40]!r} is no finite number" if field.strip() else "the value is missing"
    raise DatasetError(f"{name}, line {line}, column {where}: {problem}.")


def column_of(target: str | int, names: list[str], width: int, name: str) -> int:
    """The number of the target column."""
    if isinstance(target, str):
        if names.count(target) != 1:
            state = f"has {names}" if names else "has no line of names"
            raise DatasetError(f"{name} needs one column {target!r}; it {state}.")
        return names.index(target)
    if isinstance(target, bool) or not isinstance(target, SupportsIndex):
        raise TypeError(f"`target` needs to be a name or a number of a column, got {target!r}.")
    target = target.__index__()
    if not -width <= target < width:
        raise DatasetError(f"{name} has {width} columns, there is no column {target}.")
    return target % width
