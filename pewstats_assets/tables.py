"""Tables for people (text) and for programs (JSON, CSV)."""

import csv
import sys
from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields
from datetime import datetime
from typing import Any, Final, Literal

import msgspec
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

Form = Literal["text", "json", "csv"]
#: Wide enough that nothing is cut where the output is a file or a pipe.
_PIPE_WIDTH = 100_000
#: Eighths of a character.
_EIGHTHS: Final = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
_encoder = msgspec.json.Encoder(decimal_format="number", enc_hook=str)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], form: Form = "text") -> None:
    """Print rows to standard output: a table, an array of objects, or comma-separated values with a header."""
    if form == "json":
        sys.stdout.write(to_json([dict(zip(columns, row, strict=True)) for row in rows]) + "\n")
    elif form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_csv_cell(value) for value in row] for row in rows)
    else:
        _print_text(columns, list(rows))


def print_records(kind: type, records: Sequence[Any], form: Form = "text") -> None:
    """Print dataclasses of one kind as `print_table` does, a column for each field."""
    print_table([field.name for field in fields(kind)], map(astuple, records), form)


def to_json(value: object) -> str:
    """Write JSON: times in ISO 8601, decimals as numbers, NaN and infinity as null, other values as text."""
    return _encoder.encode(value).decode()


def printable(text: str) -> str:
    """Escape what a terminal would obey: names come from strangers."""
    return "".join(character if character.isprintable() else f"\\x{ord(character):02x}" for character in text)


def bar(share: float, length: int) -> str:
    """Draw a bar: a share of a length in characters; what is there at all can be seen."""
    full, eighths = divmod(round(share * length * 8), 8)
    return "█" * full + _EIGHTHS[eighths] or (_EIGHTHS[1] if share > 0 else "")


def _print_text(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for index, column in enumerate(columns):
        is_number = all(isinstance(row[index], int | float) or row[index] is None for row in rows)
        table.add_column(Text(column), justify="right" if is_number and rows else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(_text_cell(value)) for value in row))
    console = Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH)
    console.print(table)


def _text_cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="milliseconds")
    if isinstance(value, dict | list):
        return printable(to_json(value))
    return printable(str(value))


def _csv_cell(value: object) -> object:
    return to_json(value) if isinstance(value, dict | list) else value
