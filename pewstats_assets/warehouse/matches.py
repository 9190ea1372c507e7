"""The tables `matches` and `match_batches`: registration, by hand or as matches arrive, and what became of every match.

A batch is open while matches are added to it, and closed from then on: its members never change again. At most one is
open, the last. It is closed when it is full, after a quiet time, when matches are registered by hand, and at the latest
when it is loaded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, LiteralString

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
        batches: the batches that got new matches, in order.
        registered: the number of new matches.
        duplicates: files of a match that another file has registered; they are left alone.
    """

    batches: list[str]
    registered: int
    duplicates: list[str]


@dataclass(frozen=True, slots=True)
class DueBatch:
    """A closed batch that awaits its run; `files` are those of its matches, by number."""

    batch: str
    closed_at: datetime
    files: list[str]


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """The batch that is being filled, and how many matches it has."""

    batch: str
    matches: int


#: Only one process at a time gives out numbers, batches and match ids. Loads, which do neither, go on meanwhile.
LOCK = "LOCK TABLE match_batches IN SHARE ROW EXCLUSIVE MODE"
_KNOWN_FILES = "SELECT file FROM matches"
_DUPLICATE_FILES = "SELECT file, changed_ns FROM duplicate_files"
_FORGET_DUPLICATES = "DELETE FROM duplicate_files WHERE file = ANY (%(files)s)"
_REMEMBER_DUPLICATES = "COPY duplicate_files (file, match_id, changed_ns) FROM STDIN"
_KNOWN = """
SELECT file, match_id::text FROM matches WHERE file = ANY (%(files)s) OR match_id = ANY (%(match_ids)s::uuid[])
"""
_LAST_MATCH_NO = "SELECT coalesce(max(match_no), 0) FROM matches"
_LAST_BATCH_NO = "SELECT coalesce(max(right(batch, 5)::integer), 0) FROM match_batches"
_OPEN_BATCH = """
SELECT batch, count(m.match_no) AS matches FROM match_batches LEFT JOIN matches m USING (batch)
WHERE closed_at IS NULL GROUP BY batch
"""
_OPEN = "INSERT INTO match_batches (batch, awaits_run) VALUES (%(batch)s, %(awaits_run)s)"
_CLOSE = "UPDATE match_batches SET closed_at = now() WHERE closed_at IS NULL"
_CLOSE_IF_QUIET = """
UPDATE match_batches b SET closed_at = now()
WHERE closed_at IS NULL
    AND now() - (SELECT max(registered_at) FROM matches m WHERE m.batch = b.batch) >= make_interval(secs => %(quiet_s)s)
"""
_CLAIM = """
UPDATE match_batches SET closed_at = coalesce(closed_at, now()), awaits_run = false
WHERE batch = ANY (%(batches)s) AND (closed_at IS NULL OR awaits_run)
"""
_DUE = """
SELECT batch, closed_at, array_agg(file ORDER BY match_no) AS files
FROM match_batches JOIN matches USING (batch)
WHERE awaits_run AND closed_at IS NOT NULL
GROUP BY batch
ORDER BY batch
"""
_REGISTER = """
COPY matches (match_no, match_id, batch, file, match_object, checksum, match_type, status, reason, detail) FROM STDIN
"""
_BATCHES = "SELECT batch FROM match_batches ORDER BY batch"
_CLOSED_BATCHES = "SELECT batch FROM match_batches WHERE closed_at IS NOT NULL ORDER BY batch"
_WAITING = "SELECT DISTINCT batch FROM matches WHERE status = 'registered'"
_BATCHES_OF_FILES = "SELECT DISTINCT batch FROM matches WHERE file = ANY (%(files)s) ORDER BY batch"
_MATCH_IDS = "SELECT match_id::text FROM matches WHERE batch = %(batch)s AND match_id IS NOT NULL"
_TO_LOAD = """
SELECT match_no, match_id::text, file, match_object, checksum, status = 'loaded' AS is_loaded
FROM matches
WHERE batch = %(batch)s AND status <> 'excluded'
ORDER BY match_no
"""


def known_files(connection: psycopg.Connection) -> set[str]:
    """Return the files that are registered."""
    return {file for (file,) in connection.execute(_KNOWN_FILES)}


def duplicate_files(connection: psycopg.Connection) -> dict[str, int]:
    """Return the files that `remember_duplicates` was told of, with when each was changed last."""
    return dict(connection.execute(_DUPLICATE_FILES).fetchall())


def register(connection: psycopg.Connection, found: Sequence[NewMatch], batch_size: int) -> Registration:
    """Give new matches their numbers, in the order given, and put them into new batches; all of them or none.

    The batches are closed at once, and await no run: whoever registers by hand says when they are loaded. An open batch
    is closed before, so that batches are numbered in the order of their matches.

    Args:
        connection: to the warehouse; the caller commits.
        found: matches that may be new. A file that is registered is left alone, and so is a second file of a match.
        batch_size: matches per batch; the last batch may have fewer.
    """
    connection.execute(LOCK)
    new, duplicates = _new(connection, found)
    keys = []
    if new:
        connection.execute(_CLOSE)
    for start in range(0, len(new), batch_size):
        keys.append(_open(connection, awaits_run=False))
        _add(connection, keys[-1], new[start : start + batch_size])
        connection.execute(_CLOSE)
    return Registration(keys, len(new), duplicates)


def fill(connection: psycopg.Connection, arrived: Sequence[NewMatch], batch_size: int) -> Registration:
    """Give new matches their numbers, in the order given, and put them into the open batch; all of them or none.

    A batch is closed when it is full, and awaits its run; the next one is opened for what is left.

    Args:
        connection: to the warehouse; the caller commits.
        arrived: matches that may be new, see `register`.
        batch_size: matches per batch.
    """
    connection.execute(LOCK)
    new, duplicates = _new(connection, arrived)
    keys = []
    start = 0
    while start < len(new):
        current = open_batch(connection) or OpenBatch(_open(connection, awaits_run=True), 0)
        room = batch_size - current.matches  # below 1 where batches were larger before: then it is closed as it is
        members = new[start : start + max(room, 0)]
        if members:
            keys.append(current.batch)
            _add(connection, current.batch, members)
        if len(members) >= room:
            connection.execute(_CLOSE)
        start += len(members)
    return Registration(keys, len(new), duplicates)


def remember_duplicates(connection: psycopg.Connection, duplicates: Mapping[str, tuple[str, int]]) -> None:
    """Keep in mind which files are second files of registered matches, so that nobody looks at them again and again.

    Args:
        connection: in the transaction that found them.
        duplicates: per file, the match's id, and when the file was changed last (ctime, in ns).
    """
    connection.execute(_FORGET_DUPLICATES, {"files": list(duplicates)})
    with connection.cursor().copy(_REMEMBER_DUPLICATES) as copy:
        for file, (match_id, changed_ns) in duplicates.items():
            copy.write_row((file, match_id, changed_ns))


def _new(connection: psycopg.Connection, found: Sequence[NewMatch]) -> tuple[list[NewMatch], list[str]]:
    """The matches that are not registered yet, and the files that are second files of a match."""
    asked = {"files": [match.file for match in found], "match_ids": [match.match_id for match in found]}
    known = connection.execute(_KNOWN, asked).fetchall()
    files = {file for file, _ in known}
    match_ids = {match_id for _, match_id in known if match_id is not None}
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
    return new, duplicates


def _open(connection: psycopg.Connection, *, awaits_run: bool) -> str:
    batch = BATCH_KEY.format(_number(connection, _LAST_BATCH_NO) + 1)
    connection.execute(_OPEN, {"batch": batch, "awaits_run": awaits_run})
    return batch


def _add(connection: psycopg.Connection, batch: str, members: Sequence[NewMatch]) -> None:
    connection.execute(_FORGET_DUPLICATES, {"files": [match.file for match in members]})
    first = _number(connection, _LAST_MATCH_NO) + 1
    with connection.cursor().copy(_REGISTER) as copy:
        for match_no, match in enumerate(members, start=first):
            copy.write_row(
                (
                    match_no,
                    match.match_id,
                    batch,
                    match.file,
                    match.match_object,
                    match.checksum,
                    match.match_type,
                    *match.status_and_reason,
                    match.excluded_because,
                )
            )


def _number(connection: psycopg.Connection, query: LiteralString) -> int:
    (number,) = connection.execute(query).fetchone() or (0,)
    return int(number)


def open_batch(connection: psycopg.Connection) -> OpenBatch | None:
    """Return the batch that is being filled; None if there is none."""
    with connection.cursor(row_factory=class_row(OpenBatch)) as cursor:
        return cursor.execute(_OPEN_BATCH).fetchone()


def close_if_quiet(connection: psycopg.Connection, quiet_s: float) -> None:
    """Close the open batch if it got its last match so many seconds ago; it awaits its run with what it has."""
    connection.execute(LOCK)
    connection.execute(_CLOSE_IF_QUIET, {"quiet_s": quiet_s})


def due_batches(connection: psycopg.Connection) -> list[DueBatch]:
    """Return the closed batches that await a run, in order."""
    with connection.cursor(row_factory=class_row(DueBatch)) as cursor:
        return cursor.execute(_DUE).fetchall()


def claim(connection: psycopg.Connection, batches: Sequence[str]) -> None:
    """Close batches that are going to be loaded, and say that they await no run any more."""
    connection.execute(_CLAIM, {"batches": list(batches)})


def batches(connection: psycopg.Connection) -> list[str]:
    """Return the keys of all batches, in order."""
    return [batch for (batch,) in connection.execute(_BATCHES)]


def closed_batches(connection: psycopg.Connection) -> list[str]:
    """Return the keys of the batches whose members do not change any more, in order."""
    return [batch for (batch,) in connection.execute(_CLOSED_BATCHES)]


def waiting_batches(connection: psycopg.Connection) -> set[str]:
    """Return the keys of the batches with a match that is registered, but not processed yet."""
    return {batch for (batch,) in connection.execute(_WAITING)}


def batches_of_files(connection: psycopg.Connection, files: Sequence[str]) -> list[str]:
    """Return the keys of the batches that have one of the files, in order."""
    return [batch for (batch,) in connection.execute(_BATCHES_OF_FILES, {"files": list(files)})]


def match_ids(connection: psycopg.Connection, batch: str) -> set[str]:
    """Return the ids of the matches of a batch, of those that have one."""
    return {match_id for (match_id,) in connection.execute(_MATCH_IDS, {"batch": batch})}


def matches_of(connection: psycopg.Connection, batch: str) -> list[Match]:
    """Return the matches of a batch that are to be processed, by number. Who asks will load them: see `claim`."""
    claim(connection, [batch])
    with connection.cursor(row_factory=class_row(Match)) as cursor:
        return cursor.execute(_TO_LOAD, {"batch": batch}).fetchall()
