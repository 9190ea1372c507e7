"""The partitions of all assets: match batches, how matches are put into them, and how many a run takes.

A batch is a number of matches (100 by default), numbered in order: `batch_00001`. A match belongs to one batch for
ever; the warehouse says which, and Dagster's partitions follow it.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import dagster as dg

from pewstats_assets.places import Place
from pewstats_assets.settings import Settings
from pewstats_assets.telemetry import (
    BrokenTelemetryError,
    TelemetryFile,
    changed_ns,
    checksum,
    find_telemetry_files,
    identify,
    in_order,
    list_telemetry_files,
    read_arrival,
    read_bytes,
)
from pewstats_assets.warehouse import Databases
from pewstats_assets.warehouse.matches import (
    NewMatch,
    Registration,
    close_if_quiet,
    closed_batches,
    duplicate_files,
    fill,
    known_files,
    register,
    remember_duplicates,
)

PARTITIONS_NAME: Final = "match_batches"

match_batches = dg.DynamicPartitionsDefinition(name=PARTITIONS_NAME)


def backfill_policy() -> dg.BackfillPolicy:
    """Say how many batches one run of a backfill takes: the same for all assets, so that a batch stays in one run."""
    return dg.BackfillPolicy.multi_run(max_partitions_per_run=Settings.from_environment().batches_per_run)


def register_folder(
    databases: Databases,
    settings: Settings,
    folder: Place,
    batch_size: int,
    progress: Callable[[list[TelemetryFile]], Iterable[TelemetryFile]] = iter,
) -> Registration:
    """Register the telemetry files of a folder that are not registered yet, as new batches.

    Args:
        databases: where matches are registered.
        settings: say which match types are excluded, and how much a file may hold.
        folder: searched with all folders below it.
        batch_size: matches per batch.
        progress: goes through the new files, and may show how far it is.

    Raises:
        NotADirectoryError: `folder` is not a folder.
        ObjectStoreError: the object store is away, or refuses; nothing is registered.
    """
    found = find_telemetry_files(folder)
    with databases.connect() as connection:
        known = known_files(connection)
    new = [
        new_match(file, _read(file, settings), settings)
        for file in progress([file for file in found if str(file.path) not in known])
    ]
    with databases.connect() as connection:
        return register(connection, new, batch_size)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What became of the files of a folder that is watched.

    Attributes:
        registration: what was registered.
        waiting: how many files are still being written, or had to wait because there was no time for them.
        problems: a sentence for each name that cannot be stored, and each folder that cannot be read.
    """

    registration: Registration
    waiting: int
    problems: list[str]


def register_arrivals(databases: Databases, settings: Settings, folder: Place, patience_s: float) -> Arrivals:
    """Register the complete files of a folder that are not registered yet into the open batch, and those after it.

    A second file of a match is kept in mind, and looked at again when it changes. After the quiet time, a batch that is
    not full is closed.

    Args:
        databases: where matches are registered.
        settings: the quiet time, matches per batch, and what `register_folder` needs.
        folder: searched with all folders below it.
        patience_s: after so many seconds no more files are read; the next call goes on.

    Raises:
        NotADirectoryError: `folder` is not a folder.
        UnreadableFolderError: it cannot be listed.
        UnusableKeyError: an object below it has a key that is no path.
        ObjectStoreError: the object store is away, or refuses; nothing is registered.
    """
    deadline = time.monotonic() + patience_s
    listing = list_telemetry_files(folder)
    with databases.connect() as connection:
        new = listing.paths - known_files(connection)
        duplicates = duplicate_files(connection)
    candidates = in_order(
        path
        for path in new
        if path not in duplicates or duplicates[path] != (listing.objects.get(path) or changed_ns(path))
    )
    found: list[NewMatch] = []
    changed: dict[str, int] = {}
    for path in candidates:
        if time.monotonic() > deadline:
            break
        arrival = read_arrival(listing.file(path), settings.quiet_s, settings.limits)
        if arrival is not None:
            found.append(new_match(arrival.file, arrival.content, settings))
            changed[path] = arrival.changed_ns
    with databases.connect() as connection:
        registration = fill(connection, found, settings.batch_size)
        ids = {match.file: match.match_id for match in found if match.match_id is not None}
        remember_duplicates(connection, {file: (ids[file], changed[file]) for file in registration.duplicates})
        close_if_quiet(connection, settings.quiet_s)
    problems = [str(error) for error in (*listing.unusable, *listing.unreadable)]
    return Arrivals(registration, len(candidates) - len(found), problems)


def _read(file: TelemetryFile, settings: Settings) -> bytes | None:
    try:
        return read_bytes(file.path, settings.limits)
    except BrokenTelemetryError:
        return None  # registered all the same: the run will say what is wrong, and quarantine it


def new_match(file: TelemetryFile, content: bytes | None, settings: Settings) -> NewMatch:
    """Tell what is registered of a telemetry file.

    Args:
        file: the file.
        content: its bytes; None if they cannot be used.
        settings: say which match types are excluded, and how much a file may hold.
    """
    identity = identify(file, content or b"", settings.limits)
    is_excluded = identity.match_type in settings.excluded_match_types
    return NewMatch(
        match_id=identity.match_id,
        file=str(file.path),
        match_object=str(file.match_object) if file.match_object else None,
        checksum=None if content is None else checksum(content),
        match_type=identity.match_type,
        excluded_because=f"Matches of type {identity.match_type} are not processed." if is_excluded else None,
    )


def follow_warehouse(databases: Databases, instance: dg.DagsterInstance) -> list[str]:
    """Add the partitions of closed batches that Dagster does not have yet, and return the keys of all closed batches.

    An open batch is no partition yet: nobody can load it in the UI before it has all its members.
    """
    with databases.connect() as connection:
        keys = closed_batches(connection)
    known = set(instance.get_dynamic_partitions(PARTITIONS_NAME))
    instance.add_dynamic_partitions(PARTITIONS_NAME, [key for key in keys if key not in known])
    return keys
