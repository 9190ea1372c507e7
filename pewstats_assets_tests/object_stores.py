"""A server that speaks S3, a process of its own, that is stopped and started again where a test wants it away."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pewstats_assets.places import ObjectUrl
from pewstats_assets.telemetry.objects import list_objects, put_object

ACCESS_KEY: Final = "access-key-of-tests"
#: Must not be seen anywhere.
SECRET: Final = "secret-of-tests-that-nobody-may-see"  # noqa: S105
TOKEN: Final = "token-of-tests-that-nobody-may-see"  # noqa: S105
_PATIENCE_S: Final = 60


class ObjectServer:
    """moto's server: what it stores is in its memory, and gone when it is stopped."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None
        self.endpoint = f"http://127.0.0.1:{port}"
        self.environment = {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_SESSION_TOKEN": TOKEN,
            "AWS_REGION": "us-east-1",
        }

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(self._port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # Its answers must not depend on what a test sets for its clients.
            env={name: text for name, text in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))},
        )
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            try:
                urllib.request.urlopen(f"{self.endpoint}/moto-api/data.json", timeout=5).close()  # noqa: S310 ours
            except urllib.error.URLError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def make_bucket(self, name: str) -> ObjectUrl:
        request = urllib.request.Request(f"{self.endpoint}/{name}", method="PUT")  # noqa: S310 it is ours
        urllib.request.urlopen(request, timeout=30).close()  # noqa: S310
        return ObjectUrl("s3", name, "")

    def put_raw(self, bucket: ObjectUrl, quoted_key: str, content: bytes) -> None:
        """Put an object with a key that no client of ours would give it."""
        url = f"{self.endpoint}/{bucket.bucket}/{quoted_key}"
        request = urllib.request.Request(url, content, method="PUT")  # noqa: S310
        urllib.request.urlopen(request, timeout=30).close()  # noqa: S310


@contextmanager
def object_server() -> Iterator[ObjectServer]:
    """A running server without a bucket; killed at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = ObjectServer(free.getsockname()[1])
    server.start()
    try:
        yield server
    finally:
        server.stop()


def copy_files(folder: Path, to: ObjectUrl) -> None:
    """Put all files below a folder below a URL, by the same names."""
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            put_object(to / file.relative_to(folder).as_posix(), file.read_bytes())


def keys(folder: ObjectUrl) -> list[str]:
    """Keys of all objects below a URL, beginning with its own, in order."""
    return sorted(stored.url.key for stored in list_objects(folder))
