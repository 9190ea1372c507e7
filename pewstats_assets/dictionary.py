"""What the data dictionary is made of: tables and columns, described once for the database, the UI and the docs.

Here: how a table and a column are described. Not here: the descriptions (see `telemetry.dictionary` for the Parquet
frames and `warehouse.dictionary` for PostgreSQL).
"""

from dataclasses import dataclass, field
from typing import Final, Literal

#: Times are UTC, coordinates cm, distances m, speeds m/s, durations s, damage and health HP; a share is 0 to 1.
Unit = Literal["UTC", "cm", "m", "m/s", "s", "HP", "share"]
_UNITS: Final[dict[Unit, str]] = {
    "UTC": "UTC",
    "cm": "cm",
    "m": "m",
    "m/s": "m/s",
    "s": "seconds",
    "HP": "HP",
    "share": "0 to 1",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        type: as PostgreSQL or polars writes it.
        meaning: what it says, in sentences.
        source: where it comes from; "v2 rule 25" is of ruleset v2.
        unit: what it is measured in; None for what has no unit.
        nullable: whether it may be null; `meaning` says when.
    """

    name: str
    type: str
    meaning: str
    source: str
    unit: Unit | None = field(default=None, kw_only=True)
    nullable: bool = field(default=False, kw_only=True)

    @property
    def description(self) -> str:
        """Everything about the column in one text: for the database's comment and for the UI."""
        unit = f" Unit: {_UNITS[self.unit]}." if self.unit else ""
        return f"{self.meaning}{unit} Source: {self.source}."


@dataclass(frozen=True, slots=True)
class Table:
    """A table, a view, or a frame of Parquet files; what one row is, in a sentence."""

    name: str
    description: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """Names of the columns, in their order."""
        return [column.name for column in self.columns]
