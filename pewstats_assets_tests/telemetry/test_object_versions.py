"""Versions of a batch in an object store: what readers see while writers write at once, break off, or are late."""

import time
from collections.abc import Callable, Iterator

import pytest

from pewstats_assets.places import ObjectUrl, Place
from pewstats_assets.telemetry import ObjectStoreError, TelemetryStore, WrittenPart, nothing, object_versions
from pewstats_assets.telemetry.objects import (
    ReplacedError,
    list_names,
    list_objects,
    put_object,
    read_object,
    remove_objects,
    replace_object,
)
from pewstats_assets.telemetry.store import write_part
from pewstats_assets_tests.telemetry.test_store import BATCH, match

Parts = Iterator[WrittenPart[None]]


@pytest.fixture
def store(bucket: ObjectUrl) -> TelemetryStore:
    """A store in a bucket, in which the batch has match 1."""
    store = TelemetryStore(bucket / "parquet")
    write(store, 1)
    return store


def write(store: TelemetryStore, *numbers: int, meanwhile: Callable[[ObjectUrl], None] | None = None) -> None:
    """Write the batch, a part for each match, after the first of which something else happens."""

    def parts(version: Place) -> Parts:
        assert isinstance(version, ObjectUrl)
        for part, number in enumerate(numbers):
            yield write_part(version, part, [(number, match(str(number)))], nothing)
            if meanwhile is not None and part == 0:
                meanwhile(version)

    store.write(BATCH, parts)


def numbers(store: TelemetryStore) -> list[int]:
    return [number for part in store.read(BATCH, "facts") for number in part["facts"]["match_no"]]


def versions(store: TelemetryStore) -> list[str]:
    return list_names(store.root / ".versions" / BATCH) if isinstance(store.root, ObjectUrl) else []


def test_the_old_version_is_read_while_a_new_one_is_written(store: TelemetryStore) -> None:
    seen: list[list[int]] = []
    write(store, 2, 3, meanwhile=lambda _: seen.append(numbers(store)))
    assert (seen, numbers(store)) == ([[1]], [2, 3])
    assert len(versions(store)) == 1


def test_of_two_writers_at_once_the_later_stays_whole(store: TelemetryStore) -> None:
    write(store, 2, 3, meanwhile=lambda _: write(store, 4, 5, 6))
    assert numbers(store) == [2, 3]
    assert len(versions(store)) == 1


def test_two_writers_of_a_new_batch_do_not_mix_either(bucket: ObjectUrl) -> None:
    store = TelemetryStore(bucket)
    write(store, 2, 3, meanwhile=lambda _: write(store, 4, 5, 6))
    assert numbers(store) == [2, 3]
    assert len(versions(store)) == 1


def test_a_reader_of_a_version_that_is_replaced_is_told_and_gets_no_half(store: TelemetryStore) -> None:
    write(store, 2, 3)
    reading = store.read(BATCH, "facts")
    assert next(reading)["facts"]["match_no"].to_list() == [2]
    write(store, 4)
    with pytest.raises(FileNotFoundError):
        next(reading)


def test_a_writer_that_is_late_does_not_overwrite_what_it_has_not_seen(store: TelemetryStore) -> None:
    assert isinstance(store.root, ObjectUrl)
    pointer = read_object(store.root / BATCH)
    write(store, 2)
    with pytest.raises(ReplacedError):
        replace_object(store.root / BATCH, pointer.content, pointer.version)
    assert numbers(store) == [2]


def test_an_answer_that_is_lost_loses_no_version(store: TelemetryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose_answer(url: ObjectUrl, content: bytes, version: object) -> None:
        replace_object(url, content, version)  # type: ignore[arg-type]
        raise ReplacedError  # as obstore says it when it has tried again

    monkeypatch.setattr(object_versions, "replace_object", lose_answer)
    write(store, 2)
    assert numbers(store) == [2]
    assert len(versions(store)) == 1, "the old one is removed"


def test_a_version_stays_whose_end_is_unknown(store: TelemetryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_off(url: ObjectUrl, content: bytes, version: object) -> None:
        replace_object(url, content, version)  # type: ignore[arg-type]
        raise ObjectStoreError

    with monkeypatch.context() as patched:
        patched.setattr(object_versions, "replace_object", break_off)
        with pytest.raises(ObjectStoreError):
            write(store, 2)
    assert numbers(store) == [2]


def test_what_cannot_be_removed_now_fails_nobody_and_goes_with_a_later_write(
    store: TelemetryStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(urls: object) -> None:
        msg = "Not now."
        raise ObjectStoreError(msg)

    with monkeypatch.context() as patched:
        patched.setattr(object_versions, "remove_objects", refuse)
        write(store, 2)
    assert "an old version of its telemetry is left for now. Not now." in caplog.text
    assert (numbers(store), len(versions(store))) == ([2], 2)
    monkeypatch.setattr(object_versions, "ABANDONED_S", -2.0)
    write(store, 3)
    assert (numbers(store), len(versions(store))) == ([3], 1)


def test_a_killed_writers_version_is_left_over_once_it_is_old(
    store: TelemetryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(store.root, ObjectUrl)
    write_part(store.root / ".versions" / BATCH / ("0" * 32), 0, [(2, match("2"))], nothing)
    write_part(store.root / ".versions" / "batch_00002" / ("0" * 32), 0, [(3, match("3"))], nothing)
    assert store.leftovers() == [], "somebody may be writing them"
    store.remove_leftovers(BATCH)
    assert len(versions(store)) == 2
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + object_versions.ABANDONED_S + 2)
    assert store.leftovers() == [BATCH, "batch_00002"]
    for batch in store.leftovers():
        store.remove_leftovers(batch)
    assert (store.leftovers(), store.batches(), numbers(store)) == ([], [BATCH], [1])


def test_a_writer_that_slept_while_its_version_was_removed_fails(store: TelemetryStore) -> None:
    def remove(version: ObjectUrl) -> None:
        remove_objects(stored.url for stored in list_objects(version))

    with pytest.raises(ObjectStoreError, match="batch_00001 was removed while it was written"):
        write(store, 2, 3, meanwhile=remove)
    assert numbers(store) == [1]
    assert len(versions(store)) == 1, "what it wrote after that is removed, too"


@pytest.mark.parametrize(
    "content", [b"", b"notes", b"\xff", b"[]", b'{"version": 1}', b'{"version": "../../elsewhere", "parts": 1}']
)
def test_what_is_no_pointer_is_no_telemetry_and_gives_way(store: TelemetryStore, content: bytes) -> None:
    assert isinstance(store.root, ObjectUrl)
    put_object(store.root / BATCH, content)
    with pytest.raises(FileNotFoundError, match="materialize the asset `telemetry` of batch_00001 first"):
        numbers(store)
    write(store, 2)
    assert numbers(store) == [2]
