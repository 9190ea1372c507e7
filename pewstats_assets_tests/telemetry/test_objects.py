"""Objects in a store that speaks S3: read, written, listed, removed, and what is said when it is away."""

import os
import pickle
from collections.abc import Iterator
from pathlib import Path

import obstore
import pytest
from obstore.exceptions import PermissionDeniedError
from obstore.store import AzureStore, GCSStore, S3Store

from pewstats_assets.limits import Limits
from pewstats_assets.places import ObjectUrl, stored_place
from pewstats_assets.telemetry import (
    BrokenTelemetryError,
    ObjectStoreError,
    Reason,
    find_telemetry_files,
    list_telemetry_files,
    match_object_of,
    objects,
    read_arrival,
    read_bytes,
)
from pewstats_assets.telemetry.arrivals import SETTLE_S, changed_ns
from pewstats_assets.telemetry.objects import (
    ReplacedError,
    TooLargeError,
    UnusableKeyError,
    list_names,
    list_objects,
    put_object,
    read_object,
    remove_objects,
    replace_object,
)
from pewstats_assets_tests.object_stores import SECRET, TOKEN, ObjectServer, keys

MATCH = "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def away(server: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> ObjectUrl:
    """A bucket of a server that does not run; nobody tries for long."""
    del server  # for its credentials
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setitem(objects._RETRIES, "max_retries", 1)  # noqa: SLF001
    return ObjectUrl("s3", "bucket-that-is-away", "telemetry")


@pytest.fixture
def forgotten() -> Iterator[None]:
    """The stores of this process are opened anew, and forgotten again."""
    objects._open.cache_clear()  # noqa: SLF001
    yield
    objects._open.cache_clear()  # noqa: SLF001


@pytest.mark.parametrize("size", [0, 5, 12 << 20])
def test_what_is_written_is_read_in_one_part_or_many(bucket: ObjectUrl, size: int) -> None:
    content = os.urandom(size)
    url = bucket / "a folder/100%25 ?#ü.json"
    put_object(url, content)
    assert read_object(url).content == content
    (stored,) = list_objects(bucket)
    assert (stored.url, stored.size) == (url, size)
    assert stored.changed_ns == read_object(url).changed_ns == changed_ns(str(url))
    with pytest.raises(TooLargeError):
        read_object(url, size - 1)
    remove_objects([url, bucket / "never there"])
    assert keys(bucket) == []
    assert changed_ns(url) is None
    with pytest.raises(FileNotFoundError, match="There is no s3://"):
        read_object(url)


def test_of_two_who_replace_an_object_one_does(bucket: ObjectUrl) -> None:
    url = bucket / "pointer"
    replace_object(url, b"1", None)
    with pytest.raises(ReplacedError):
        replace_object(url, b"2", None)
    version = read_object(url).version
    replace_object(url, b"3", version)
    with pytest.raises(ReplacedError):
        replace_object(url, b"4", version)
    assert read_object(url).content == b"3"


def test_folders_are_listed_by_name_and_prefixes_of_names_are_none(bucket: ObjectUrl) -> None:
    for key in ("a/b/c", "a/d/e", "a/f", "ab/g"):
        put_object(bucket / key, b"")
    assert sorted(list_names(bucket / "a")) == ["b", "d"]
    assert keys(bucket / "a") == ["a/b/c", "a/d/e", "a/f"]
    assert keys(bucket / "nowhere") == list_names(bucket / "nowhere") == []


@pytest.mark.parametrize(
    ("scheme", "kind", "environment"),
    [
        ("s3", S3Store, {}),
        ("gs", GCSStore, {}),
        ("az", AzureStore, {"AZURE_STORAGE_ACCOUNT_NAME": "account"}),
    ],
)
@pytest.mark.usefixtures("forgotten")
def test_a_scheme_opens_its_own_kind_of_store(
    scheme: str, kind: type, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in environment.items():
        monkeypatch.setenv(name, text)
    assert isinstance(objects._store(ObjectUrl(scheme, "bucket", "key")), kind)  # noqa: SLF001


@pytest.mark.usefixtures("forgotten")
def test_azure_without_an_account_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_NAME", raising=False)
    with pytest.raises(ObjectStoreError, match="'az://container/x' cannot be read: AZURE_STORAGE_ACCOUNT_NAME is not"):
        read_object(ObjectUrl("az", "container", "x"))


def test_a_store_that_is_away_is_no_broken_file(away: ObjectUrl) -> None:
    file = away / f"{MATCH}.json"
    for what in (
        lambda: read_bytes(file),
        lambda: changed_ns(file),
        lambda: put_object(file, b""),
        lambda: list_telemetry_files(away),
        lambda: match_object_of(file),
        lambda: remove_objects([file]),
    ):
        with pytest.raises(ObjectStoreError, match=r"'s3://bucket-that-is-away/telemetry.*: the store does not answer"):
            what()


def test_a_missing_bucket_and_refused_credentials_are_no_missing_files(
    bucket: ObjectUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = ObjectUrl("s3", "no-such-bucket", "telemetry")
    with pytest.raises(ObjectStoreError, match="cannot be listed: the store says NoSuchBucket"):
        list_telemetry_files(missing)
    with pytest.raises(ObjectStoreError, match="cannot be written: there is no such bucket"):
        put_object(missing, b"")

    def refuse(*_: object) -> None:
        raise PermissionDeniedError(f"GET https://host/x?sig={SECRET}")  # noqa: EM102, TRY003 as obstore words it

    monkeypatch.setattr(obstore, "get", refuse)
    with pytest.raises(ObjectStoreError, match="cannot be read: access is denied") as refused:
        read_bytes(bucket / "x.json")
    assert SECRET not in str(refused.value)
    assert pickle.loads(pickle.dumps(refused.value)).args == refused.value.args  # noqa: S301


def test_errors_hold_neither_credentials_nor_what_the_server_said(away: ObjectUrl) -> None:
    with pytest.raises(ObjectStoreError) as failed:
        read_object(away)
    for secret in (SECRET, TOKEN, "127.0.0.1", "Debug source"):
        assert secret not in str(failed.value)


def test_telemetry_is_found_below_a_url_with_the_match_objects_beside_it(bucket: ObjectUrl) -> None:
    other, own = MATCH.replace("1", "2"), MATCH.replace("1", "3")
    for key in (
        f"t/{MATCH}.json.gz", f"t/{MATCH}.match.json", f"t/sub/{other}.json", f"t/matchID={own}/raw.json.gz",
        f"t/{own}.match.json.gz", "t/.hidden/x.json", "t/.x.json", "t/notes.txt", "t/batch_00001",
        f"elsewhere/{MATCH}.json",
    ):  # fmt: skip
        put_object(bucket / key, b"[]")
    folder = bucket / "t"
    found = [(file.path, file.match_object) for file in find_telemetry_files(folder)]
    assert found == [
        (folder / f"{MATCH}.json.gz", folder / f"{MATCH}.match.json"),
        (folder / f"matchID={own}" / "raw.json.gz", folder / f"{own}.match.json.gz"),
        (folder / "sub" / f"{other}.json", None),
    ]
    # As when a match is put back from quarantine, where nothing is listed.
    assert [match_object_of(path) for path, _ in found] == [match_object for _, match_object in found]


def test_keys_that_cannot_be_shown_are_told_and_left_alone(bucket: ObjectUrl) -> None:
    put_object(bucket / "a\u202e.json", b"[]")
    put_object(bucket / "b.json", b"[]")
    listing = list_telemetry_files(bucket)
    assert listing.paths == {str(bucket / "b.json")}
    (error,) = listing.unusable
    assert str(error) == f"The name of '{bucket}/a\\u202e.json' cannot be stored: rename the file."


@pytest.mark.parametrize("quoted", ["x%01.json", "x%1B%5B31m.json", "a//b.json", "a/%2E%2E/b.json"])
def test_keys_that_are_no_paths_are_named_and_nothing_there_is_listed(
    server: ObjectServer, bucket: ObjectUrl, quoted: str
) -> None:
    server.put_raw(bucket, quoted, b"[]")
    with pytest.raises(UnusableKeyError, match=r"whose key cannot be used.*Rename or remove it") as refused:
        list_telemetry_files(bucket)
    assert str(refused.value).isprintable()


def test_a_file_in_a_store_is_read_within_the_limits(bucket: ObjectUrl) -> None:
    file = bucket / "x.json"
    put_object(file, b"[]")
    assert read_bytes(file) == b"[]"
    put_object(bucket / "empty.json", b"")
    for url, limits, reason in (
        (file, Limits(json_bytes=1), Reason.TOO_LARGE),
        (bucket / "empty.json", Limits(), Reason.EMPTY_FILE),
        (bucket / "missing.json", Limits(), Reason.FILE_MISSING),
    ):
        with pytest.raises(BrokenTelemetryError) as broken:
            read_bytes(url, limits)
        assert broken.value.reason is reason


def test_an_object_has_arrived_once_it_has_settled(bucket: ObjectUrl) -> None:
    url = bucket / f"{MATCH}.json.gz"
    put_object(url, b"\x1f\x8b cut off, and never to be whole: who writes an object is done")
    (file,) = find_telemetry_files(bucket)
    written = (changed_ns(url) or 0) / 1e9
    assert read_arrival(file, 900, now=written + SETTLE_S - 1) is None
    arrival = read_arrival(file, 900, now=written + SETTLE_S)
    assert arrival is not None
    assert (arrival.content, arrival.changed_ns) == (read_bytes(url), changed_ns(url))
    remove_objects([url])
    assert read_arrival(file, 900, now=written + SETTLE_S) is None


def test_paths_never_become_urls(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(b"[]")
    (file,) = find_telemetry_files(tmp_path)
    assert isinstance(file.path, Path)
    assert stored_place(str(file.path)) == file.path
