"""A receiver of alerts: a web server as apprise's json:// sends to it, which can be down, refuse, or be slow."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

Sent = dict[str, str]


class HttpReceiver:
    """Keeps what was sent to it.

    Attributes:
        url: what apprise is given; it holds a secret.
        messages: what was accepted, with title, message and type, oldest first.
        status: what it answers.
        delay_s: how long it takes to answer.
        refuse_after: if set, as many messages are accepted at most.
    """

    SECRET = "secret-of-the-receiver"  # noqa: S105

    def __init__(self, port: int = 0) -> None:
        self.messages: list[Sent] = []
        self.status = 200
        self.delay_s = 0.0
        self.refuse_after: int | None = None
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                time.sleep(receiver.delay_s)
                is_full = receiver.refuse_after is not None and len(receiver.messages) >= receiver.refuse_after
                status = 503 if is_full else receiver.status
                if status == 200:
                    receiver.messages.append(body)
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self._server.server_port
        self.url = f"json://user:{self.SECRET}@127.0.0.1:{self.port}/{self.SECRET}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def titles(self) -> list[str]:
        """The titles of what was accepted."""
        return [message["title"] for message in self.messages]

    def told_of(self, what: str) -> list[Sent]:
        """Return what was accepted with that in its title."""
        return [message for message in self.messages if what in message["title"]]

    def stop(self) -> None:
        """Be down: nothing listens any more."""
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def http_receiver() -> Iterator[HttpReceiver]:
    """Start a receiver, and stop it at the end."""
    receiver = HttpReceiver()
    try:
        yield receiver
    finally:
        receiver.stop()
