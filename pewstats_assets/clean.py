"""Removes what pewstats has written below PEWSTATS_HOME, and nothing else that may be there.

A home may be somebody's folder, in which `telemetry` holds matches that are nowhere else: a name alone proves nothing.
"""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pewstats_assets.home import DAGSTER_FOLDER, EMBEDDED_FOLDER, TELEMETRY_FOLDER
from pewstats_assets.instance import is_ours as is_our_dagster
from pewstats_assets.telemetry.folder_versions import FolderVersions
from pewstats_assets.warehouse.embedded import is_server, lock_file, stop_server


def written(home: Path) -> list[Path]:
    """Return the files, folders and links that pewstats has written below a home."""
    return list(_written(home))


def _written(home: Path) -> Iterator[Path]:
    server = home / EMBEDDED_FOLDER
    if is_server(server):
        yield server
    if lock_file(server).exists():
        yield lock_file(server)
    if is_our_dagster(home / DAGSTER_FOLDER):
        yield home / DAGSTER_FOLDER
    yield from FolderVersions(home / TELEMETRY_FOLDER).written()


def remove(home: Path) -> None:
    """Stop the embedded server, if it runs, and remove what pewstats has written; empty folders go, too.

    Raises:
        DatabaseError: the server did not stop; nothing is removed.
    """
    stop_server(home / EMBEDDED_FOLDER)
    for path in written(home):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    for folder in (home / TELEMETRY_FOLDER, home):
        with suppress(OSError):  # something is in it, or it is not there
            folder.rmdir()
