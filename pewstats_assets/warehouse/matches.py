"""The table `matches`: registration, and what became of every match."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import psycopg
from psycopg.rows import class_row

BATCH_KEY: Final = "batch_{:05d}"


@dataclass(frozen=True, slots=True)
class NewMatch:
    """A telemetry file that is to be registered.

    Attributes:
        match_id: None if neither the file nor its path says.
        checksum: None if the file cannot be read, is empty or too large.
        excluded_because: why the match is not to be processed; None if it is.
    """

    match_id: str | None
    file: str
    match_object: str | None
    checksum: str | None
    match_type: str | None
    excluded_because: str | None

    @property
    def status_and_reason(self) -> tuple[str, str | None]:
        """What the match is registered as: to be processed, or excluded with the code of why."""
        return ("registered", None) if self.excluded_because is None else ("excluded", "match_type")


@dataclass(frozen=True, slots=True)
class Match:
    """A registered match, as far as a run needs it; `is_loaded` says whether its fights are in the warehouse."""

    match_no: int
    match_id: str | None
    file: str
    match_object: str | None
    checksum: str | None
    is_loaded: bool


@dataclass(frozen=True, slots=True)
class Registration:
    """What a registration did.

    Attributes:
        batches: the new batches, in order.
        registered: the number of new matches.
        duplicates: files of a match that another file has registered; they are left alone.
    """

    batches: list[str]
    registered: int
    duplicates: list[str]


#: Only one process at a time gives out numbers and match ids.
LOCK = "LOCK TABLE matches IN SHARE ROW EXCLUSIVE MODE"
_KNOWN_FILES = "SELECT file FROM matches"
_KNOWN_MATCHES = "SELECT match_id::text FROM matches WHERE match_id IS NOT NULL"
_LAST_NUMBERS = "SELECT coalesce(max(match_no), 0), coalesce(max(right(batch, 5)::integer), 0) FROM matches"
_REGISTER = """
COPY matches (match_no, match_id, batch, file, match_object, checksum, match_type, status, reason, detail) FROM STDIN
"""
_BATCHES = "SELECT DISTINCT batch FROM matches ORDER BY batch"
_WAITING = "SELECT DISTINCT batch FROM matches WHERE status = 'registered'"
_BATCHES_OF_FILES = "SELECT DISTINCT batch FROM matches WHERE file = ANY (%(files)s) ORDER BY batch"
_TO_LOAD = """
SELECT match_no, match_id::text, file, match_object, checksum, status = 'loaded' AS is_loaded
FROM matches
WHERE batch = %(batch)s AND status <> 'excluded'
ORDER BY match_no
"""


def known_files(connection: psycopg.Connection) -> set[str]:
    """Return the files that are registered."""
    return {file for (file,) in connection.execute(_KNOWN_FILES)}


def register(connection: psycopg.Connection, found: Sequence[NewMatch], batch_size: int) -> Registration:
    """Give new matches their numbers, in the order given, and put them into new batches; all of them or none.

    Args:
        connection: to the warehouse; the caller commits.
        found: matches that may be new. A file that is registered is left alone, and so is a second file of a match.
        batch_size: matches per batch; the last batch may have fewer.
    """
    connection.execute(LOCK)
    files = known_files(connection)
    match_ids = {match_id for (match_id,) in connection.execute(_KNOWN_MATCHES)}
    new: list[NewMatch] = []
    duplicates: list[str] = []
    for match in found:
        if match.file in files:
            continue
        if match.match_id in match_ids:
            duplicates.append(match.file)
            continue
        new.append(match)
        files.add(match.file)
        if match.match_id is not None:
            match_ids.add(match.match_id)

    last_match_no, last_batch_no = connection.execute(_LAST_NUMBERS).fetchone() or (0, 0)
    batches = [
        BATCH_KEY.format(last_batch_no + 1 + index) for index in range((len(new) + batch_size - 1) // batch_size)
    ]
    with connection.cursor().copy(_REGISTER) as copy:
        for index, match in enumerate(new):
            copy.write_row(
                (
                    last_match_no + 1 + index,
                    match.match_id,
                    batches[index // batch_size],
                    match.file,
                    match.match_object,
                    match.checksum,
                    match.match_type,
                    *match.status_and_reason,
                    match.excluded_because,
                )
            )
    return Registration(batches, len(new), duplicates)


def batches(connection: psycopg.Connection) -> list[str]:
    """Return the keys of all batches, in order."""
    return [batch for (batch,) in connection.execute(_BATCHES)]


def waiting_batches(connection: psycopg.Connection) -> set[str]:
    """Return the keys of the batches with a match that is registered, but not processed yet."""
    return {batch for (batch,) in connection.execute(_WAITING)}


def batches_of_files(connection: psycopg.Connection, files: Sequence[str]) -> list[str]:
    """Return the keys of the batches that have one of the files, in order."""
    return [batch for (batch,) in connection.execute(_BATCHES_OF_FILES, {"files": list(files)})]


def matches_of(connection: psycopg.Connection, batch: str) -> list[Match]:
    """Return the matches of a batch that are to be processed, by number."""
    with connection.cursor(row_factory=class_row(Match)) as cursor:
        return cursor.execute(_TO_LOAD, {"batch": batch}).fetchall()
