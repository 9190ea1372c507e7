"""What `pewstats fight` and `pewstats match` share: finding a match by what a person types, and writing pictures."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

import click

from pewstats_assets.cli.terminal import fail, say
from pewstats_assets.settings import Settings

if TYPE_CHECKING:
    import polars as pl
    import psycopg

    from pewstats_assets.telemetry.store import FrameName
    from pewstats_assets.warehouse.stored import StoredMatch

_FILE: Final = click.Path(path_type=Path)
svg_option = click.option("--svg", type=_FILE, help="Draw it into this file, as SVG.")
png_option = click.option("--png", type=_FILE, help="Draw it into this file, as PNG, 2000 pixels wide.")


def loaded_match(connection: "psycopg.Connection", name: str) -> "StoredMatch":
    """Return a match by its number or PUBG's id, or leave with a sentence that says why it has no fights."""
    from pewstats_assets.warehouse.stored import MAX_MATCH_NO, stored_match

    which = int(name) if name.isascii() and name.isdigit() else _match_id(name)
    is_number_of_a_match = isinstance(which, UUID) or which <= MAX_MATCH_NO
    stored = stored_match(connection, which) if is_number_of_a_match else None
    if stored is None:
        known = "pewstats sql 'SELECT match_no, match_id, fights FROM matches'"
        fail(f"No match has the number or id {name}: `{known}` lists those there are.")
    match_no, batch = stored.match.match_no, stored.batch
    if stored.status == "registered":
        fail(f"Match {match_no} has not been processed: `pewstats backfill {batch}` does it.")
    if stored.status != "loaded":
        what_to_do = f", see `pewstats quarantine list {batch}`" if stored.status == "quarantined" else ""
        fail(f"Match {match_no} is {stored.status} ({stored.reason}), so it has no fights{what_to_do}.")
    return stored


def _match_id(name: str) -> UUID:
    try:
        return UUID(name)
    except ValueError:
        msg = f"{name!r} is neither the number of a match nor PUBG's id of one."
        raise click.BadParameter(msg, param_hint="MATCH") from None


def telemetry_of(settings: Settings, stored: "StoredMatch", *names: "FrameName") -> "dict[FrameName, pl.DataFrame]":
    """Read frames of a match from the Parquet store, or leave with a sentence that says how to make them."""
    from pewstats_assets.telemetry import TelemetryStore

    try:
        return TelemetryStore(settings.parquet_root).read_match(stored.batch, stored.match.match_no, *names)
    except FileNotFoundError:
        fail(
            f"The telemetry of {stored.batch} is not below {settings.parquet_root}, and a picture needs it: "
            f"`pewstats backfill {stored.batch}` makes it."
        )


def write_pictures(drawing: str, svg: Path | None, png: Path | None) -> None:
    """Write a drawing into the files that were asked for."""
    from pewstats_assets.drawing import to_png

    if svg is not None:
        _write_whole(svg, drawing.encode())
    if png is not None:
        _write_whole(png, to_png(drawing))


def _write_whole(file: Path, content: bytes) -> None:
    """Write a file whole or not at all; what it held stays until then."""
    if file.exists() and not file.is_file():
        fail(f"{file} is no file that could be replaced: give another.")
    target = file.resolve()
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(target)
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}.")
    finally:
        if part.is_file():
            part.unlink()
    say(f"Wrote {file}.")
