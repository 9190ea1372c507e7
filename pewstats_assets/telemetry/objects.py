"""Objects in a store (Amazon S3 and all that speak like it, Google Cloud Storage, Azure), through obstore.

Here: reading, writing, listing and removing objects, and what is wrong in sentences. Credentials, regions and endpoints
are the environment's, by the variables that obstore knows. Not here: what is in the objects.

An object appears whole or not at all, in one part or in many, and whoever lists a store sees what was written before:
all three promise both. What fails in passing is tried again; then the store counts as away. That is a broken service,
no broken file: `ObjectStoreError` fails whatever needed it, and quarantines nothing.
"""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    InvalidPathError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)
from obstore.store import AzureStore, GCSStore, S3Store

from pewstats_assets.errors import PewstatsError
from pewstats_assets.places import ObjectUrl

if TYPE_CHECKING:
    from obstore import PutMode, UpdateVersion
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

#: Six attempts in some ten seconds: enough for a server that starts anew, and a tick of the sensor has a minute.
_RETRIES: Final["RetryConfig"] = {
    "max_retries": 5,
    "retry_timeout": timedelta(seconds=20),
    "backoff": {"init_backoff": timedelta(milliseconds=200), "max_backoff": timedelta(seconds=5), "base": 2},
}
_CONNECT_TIMEOUT: Final = timedelta(seconds=5)
#: For one request: a part of 5 MB, or a file of some MB.
_TIMEOUT: Final = timedelta(seconds=60)
#: Where somebody names a server by http://, as they do for one of their own, that is what they mean.
_ENDPOINTS: Final = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT", "AWS_ENDPOINT_URL_S3", "AZURE_STORAGE_ENDPOINT")
_CODE: Final = re.compile(r"<Code>([A-Za-z]{1,60})</Code>")
_STATUS: Final = re.compile(r"status code: ([0-9]{3})")
_NS_PER_S: Final = 1_000_000_000


class ObjectStoreError(PewstatsError):
    """A store is away, or refuses; the message names the object, and neither credentials nor what the server sent."""


class UnusableKeyError(PewstatsError):
    """Below a folder is an object whose key is no path: nothing there can be listed."""


class ReplacedError(Exception):
    """An object is not what it was when it was read, or has come into being since."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An object as a listing shows it.

    Attributes:
        size: in bytes.
        changed_ns: when it was written, in whole seconds (some answers of S3 have no more), in ns since 1970.
    """

    url: ObjectUrl
    size: int
    changed_ns: int


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of an object, when it was written, and what tells this version of it from others."""

    content: bytes
    changed_ns: int
    version: "UpdateVersion"


class TooLargeError(Exception):
    """An object has more bytes than are to be read."""


def read_object(url: ObjectUrl, max_bytes: int | None = None) -> Content:
    """Read an object.

    Raises:
        FileNotFoundError: there is none.
        TooLargeError: it has more bytes than that; they are not fetched.
        ObjectStoreError: the store is away, or refuses.
    """
    with _in_words(url, "read"):
        answer = obstore.get(_store(url), url.key)
        meta = answer.meta
        if max_bytes is not None and meta["size"] > max_bytes:
            raise TooLargeError
        content = answer.bytes().to_bytes()
    version: UpdateVersion = {}
    if meta["e_tag"] is not None:
        version["e_tag"] = meta["e_tag"]
    if meta["version"] is not None:
        version["version"] = meta["version"]
    return Content(content, _ns(meta["last_modified"]), version)


def object_changed_ns(url: ObjectUrl) -> int | None:
    """Return when an object was written, in ns, as `Stored` has it; None if there is none.

    Raises:
        ObjectStoreError: the store is away, or refuses.
    """
    try:
        with _in_words(url, "asked for"):
            return _ns(obstore.head(_store(url), url.key)["last_modified"])
    except FileNotFoundError:
        return None


def put_object(url: ObjectUrl, content: bytes) -> None:
    """Write an object, in place of what is there; it appears whole or not at all.

    Raises:
        ObjectStoreError: the store is away, or refuses.
    """
    with _writing(url):
        obstore.put(_store(url), url.key, content)


def replace_object(url: ObjectUrl, content: bytes, version: "UpdateVersion | None") -> None:
    """Write a small object if it is still as it was read, in one request: of two who try, one does.

    Args:
        url: the object.
        content: its bytes.
        version: of what is there; None where nothing is.

    Raises:
        ReplacedError: somebody else was faster; or it was this call itself, and the answer was lost on the way.
        ObjectStoreError: the store is away, or refuses.
    """
    mode: PutMode = "create" if version is None else version
    is_replaced = False
    with _writing(url):
        try:
            obstore.put(_store(url), url.key, content, mode=mode)
        except (AlreadyExistsError, PreconditionError):
            is_replaced = True
    if is_replaced:
        raise ReplacedError


def remove_objects(urls: Iterable[ObjectUrl]) -> None:
    """Remove objects of one bucket; those that are gone already count as removed.

    Raises:
        ObjectStoreError: the store is away, or refuses.
    """
    those = list(urls)
    if those:
        with _writing(those[0], "removed"):
            obstore.delete(_store(those[0]), [url.key for url in those])


def list_objects(folder: ObjectUrl) -> Iterator[Stored]:
    """List all objects below a folder, at any depth; a folder without any is as good as none.

    Raises:
        UnusableKeyError: one of them has a key that is no path.
        ObjectStoreError: the store is away, or refuses, or has no such bucket.
    """
    with _in_words(folder, "listed"):
        for chunk in obstore.list(_store(folder), folder.key or None):
            for meta in chunk:
                url = ObjectUrl(folder.scheme, folder.bucket, meta["path"])
                yield Stored(url, meta["size"], _ns(meta["last_modified"]))


def list_names(folder: ObjectUrl) -> list[str]:
    """Return the names of the folders in a folder.

    Raises:
        UnusableKeyError: something there has a key that is no path.
        ObjectStoreError: the store is away, or refuses, or has no such bucket.
    """
    with _in_words(folder, "listed"):
        prefixes = obstore.list_with_delimiter(_store(folder), folder.key or None)["common_prefixes"]
    return [prefix.rpartition("/")[2] for prefix in prefixes]


def _store(url: ObjectUrl) -> "ObjectStore":
    """The store of a bucket: one in a process, for its connections. Workers make their own, by what they inherit."""
    is_plain = any(os.environ.get(name, "").startswith("http://") for name in _ENDPOINTS)
    return _open(url.scheme, url.bucket, is_plain)


@cache
def _open(scheme: str, bucket: str, allow_http: bool) -> "ObjectStore":  # noqa: FBT001 by position, for the cache
    options: ClientConfig = {"connect_timeout": _CONNECT_TIMEOUT, "timeout": _TIMEOUT, "allow_http": allow_http}
    if scheme == "s3":
        return S3Store(bucket, client_options=options, retry_config=_RETRIES)
    if scheme == "gs":
        return GCSStore(bucket, client_options=options, retry_config=_RETRIES)
    return AzureStore(bucket, client_options=options, retry_config=_RETRIES)


@contextmanager
def _writing(url: ObjectUrl, what: str = "written") -> Iterator[None]:
    """As `_in_words`, where not even a bucket that is missing is to be mistaken for an object that is."""
    try:
        with _in_words(url, what):
            yield
    except FileNotFoundError:
        raise ObjectStoreError(_sentence(url, what, "there is no such bucket")) from None


@contextmanager
def _in_words(url: ObjectUrl, what: str) -> Iterator[None]:
    """Say what is wrong in words of our own: obstore's hold the server's answers, and whole URLs with their tokens."""
    try:
        yield
    except FileNotFoundError:
        raise FileNotFoundError(f"There is no {url}.") from None  # noqa: EM102, TRY003
    except InvalidPathError as error:
        raise UnusableKeyError(_unusable(url, error)) from None
    except BaseError as error:
        raise ObjectStoreError(_sentence(url, what, _reason(error))) from None


def _sentence(url: ObjectUrl, what: str, reason: str) -> str:
    return (
        f"{str(url)!a} cannot be {what}: {reason}. Is the store there, and are its variables in the environment right"
        " (docs/object-storage.md)? What is stored is left as it is."
    )


def _unusable(folder: ObjectUrl, error: InvalidPathError) -> str:
    quoted = re.search(r'Path "([^"\n]{1,300})', str(error))
    named = f", {quoted[1]!a}" if quoted else ""
    return (
        f"Below {str(folder)!a} is an object whose key cannot be used{named}: it has control characters, '.', '..' or"
        " nothing between two slashes. Rename or remove it: until then nothing there can be listed."
    )


def _reason(error: BaseError) -> str:
    text = str(error)
    code, status = _CODE.search(text), _STATUS.search(text)
    if isinstance(error, PermissionDeniedError):
        reason = "access is denied"
    elif isinstance(error, UnauthenticatedError):
        reason = "the credentials are not accepted"
    elif code:
        reason = f"the store says {code[1]}"
    elif status:
        reason = f"a server answers with status {status[1]}"
    elif "error sending request" in text:
        reason = "the store does not answer"
    elif "Account must be specified" in text:
        reason = "AZURE_STORAGE_ACCOUNT_NAME is not set"
    else:
        reason = "it cannot be used"
    return reason


def _ns(moment: datetime) -> int:
    return int(moment.timestamp()) * _NS_PER_S
