"""The receivers of alerts: what apprise makes of the URLs, and one attempt to send to one of them.

The URLs are secrets. Nothing that leaves this module holds one, or a part of one but its scheme: neither names, nor
reasons, nor what apprise would log.
"""

import hashlib
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final

from pewstats_assets.alerts.messages import Message

if TYPE_CHECKING:
    import apprise

#: How long one message may take, in s, with all parts that the service wants it to be cut into.
SEND_TIMEOUT_S: Final = 40.0
#: A service that takes less (SMS) would get a digest in dozens of parts: there a message is cut short.
_MIN_LENGTH_TO_SPLIT: Final = 1000
MALFORMED: Final = (
    "apprise does not understand this URL, or needs a package for it that is not installed:"
    " mend it in PEWSTATS_ALERT_URLS."
)
_HTTP_STATUS: Final = re.compile(r"\berror=(\d{3})\b")


@dataclass(frozen=True, slots=True)
class Receiver:
    """One URL of the settings.

    Attributes:
        key: stays the same as long as the URL does, and does not give it away.
        name: the place in the list and the scheme, for people.
    """

    key: str
    name: str
    _service: "apprise.Apprise | None" = field(repr=False)

    @property
    def problem(self) -> str | None:
        """Why nothing can be sent at all; None if that is worth a try."""
        return MALFORMED if self._service is None else None

    def send(self, message: Message) -> str | None:
        """Send a message once.

        Returns:
            None if the receiver has accepted all of it, else why not.
        """
        if self._service is None:
            return MALFORMED
        result = self._service.notify(
            message.body, message.title, message.kind, body_format="text", interpret_escapes=False
        )
        # The attempts, not the result itself: by that an "optional" service always succeeds.
        if any(attempt for service in result for attempt in service):
            return None
        if any(service.status.name == "TIMEOUT" for service in result):
            return f"It did not answer within {SEND_TIMEOUT_S:.0f} s."
        status = _HTTP_STATUS.search(" ".join(entry.message for entry in result.logs()))
        return f"It answered with HTTP status {status[1]}." if status else "It cannot be reached, or refused."


def receivers_of(urls: Sequence[str]) -> list[Receiver]:
    """Make a receiver of every URL; one that is malformed becomes a receiver that nothing can be sent to."""
    return [_receiver(position, url) for position, url in enumerate(dict.fromkeys(urls), start=1)]


def _receiver(position: int, url: str) -> Receiver:
    _silence()
    import apprise  # noqa: PLC0415 takes a fifth of a second, and the runs, which load this too, never send

    asset = apprise.AppriseAsset(app_id="pewstats", app_desc="pewstats", service_timeout=SEND_TIMEOUT_S)
    try:
        plugin = apprise.Apprise.instantiate(url, asset=asset)
    except Exception:  # noqa: BLE001 what some of its parsers do with a malformed URL, each in a way of its own
        plugin = None
    if plugin is None:
        return Receiver(_key(url), f"receiver {position} (malformed)", None)
    plugin.overflow_mode = (
        apprise.OverflowMode.SPLIT if plugin.body_maxlen >= _MIN_LENGTH_TO_SPLIT else apprise.OverflowMode.TRUNCATE
    )
    return Receiver(_key(url), f"receiver {position} ({url.partition('://')[0].lower()})", apprise.Apprise(plugin))


def _silence() -> None:
    """Keep what these libraries log to themselves: URLs, with the secrets in them."""
    logger = logging.getLogger("apprise")
    logger.propagate = False
    logger.addHandler(_nowhere)
    logger.setLevel(logging.WARNING)  # the reasons that `send` looks at
    logging.getLogger("urllib3").setLevel(logging.WARNING)


_nowhere: Final = logging.NullHandler()


@cache
def _key(url: str) -> str:
    """A hash that is dear to guess, since the password of a mail account may be easy to guess."""
    return hashlib.scrypt(url.encode(errors="surrogatepass"), salt=b"pewstats alerts", n=2**14, r=8, p=1, dklen=8).hex()
