"""Places of files and folders: paths of this machine, and URLs of object stores.

Here: how a place is written, and what is above and below it. Not here: what is there (see `telemetry.objects`).
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: Amazon S3 and all that speak like it, Google Cloud Storage, Azure Blob Storage.
SCHEMES: Final = ("s3", "gs", "az")
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)", re.DOTALL)
_BUCKET: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EXAMPLE: Final = "s3://bucket/folder, gs://bucket/folder or az://container/folder"


class PlaceError(ValueError):
    """A text that is no place; the message says what to give instead, without repeating what may be a secret in it."""


@dataclass(frozen=True, slots=True, order=True)
class ObjectUrl:
    """An object, or all objects below it as a folder; text as `scheme://bucket/key`, the key as the store has it.

    Nothing is escaped in it: a `?` or a `%` is a character of the key. It never holds credentials.
    """

    scheme: str
    bucket: str
    key: str

    def __str__(self) -> str:
        return f"{self.scheme}://{self.bucket}" + (f"/{self.key}" if self.key else "")

    def __truediv__(self, name: str) -> "ObjectUrl":
        return ObjectUrl(self.scheme, self.bucket, f"{self.key}/{name}" if self.key else name)

    @property
    def name(self) -> str:
        """What is behind the last slash."""
        return self.key.rpartition("/")[2]

    @property
    def parent(self) -> "ObjectUrl":
        """The folder that it is in; a whole bucket is its own, as `/` is."""
        return ObjectUrl(self.scheme, self.bucket, self.key.rpartition("/")[0])


#: Where a file or a folder is.
Place = Path | ObjectUrl


def stored_place(text: str) -> Place:
    """Return the place that was stored as text: `str` of it."""
    found = _SCHEME.fullmatch(text)
    if found is None or found[1] not in SCHEMES:
        return Path(text)
    bucket, _, key = found[2].partition("/")
    return ObjectUrl(found[1], bucket, key)


def given_place(text: str | Path) -> Place:
    """Return the place that a person names by a path, with `~` for a home, or by a URL.

    Raises:
        PlaceError: it is a URL, but of no object store that is known, or with more in it than bucket and key.
    """
    found = _SCHEME.fullmatch(str(text))
    if found is None:
        try:
            return Path(text).expanduser()
        except RuntimeError:
            msg = "No user has this home"
            raise PlaceError(msg) from None
    if found[1] not in SCHEMES:
        msg = f"{found[1]}:// is no object store that is known: give a path, or {_EXAMPLE}"
        raise PlaceError(msg)
    bucket, _, key = found[2].partition("/")
    key = key.strip("/")
    # A question mark begins what carries signatures and tokens in other people's URLs.
    if not _BUCKET.fullmatch(bucket) or not key.isprintable() or {"?", "#"} & set(key):
        msg = f"Give {_EXAMPLE}, and nothing else in it: credentials come from the environment"
        raise PlaceError(msg)
    if {"", ".", ".."} & set(key.split("/")) and key:
        msg = "An object store has no folders named '', '.' or '..': leave them out"
        raise PlaceError(msg)
    return ObjectUrl(found[1], bucket, key)
