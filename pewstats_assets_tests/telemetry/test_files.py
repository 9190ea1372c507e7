"""Which files a folder has, and their bytes: plain, gzipped in every way, or broken."""

import gzip
import os
import random
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from pewstats_assets.limits import Limits
from pewstats_assets.telemetry import (
    BrokenTelemetryError,
    Reason,
    TelemetryFile,
    UnreadableFolderError,
    checksum,
    find_telemetry_files,
    list_telemetry_files,
)
from pewstats_assets.telemetry.files import inflate, match_id_in_path, match_object_of, read_bytes
from pewstats_assets_tests.telemetry.wire import MATCH_ID, OTHER_ID, gzipped

CONTENT = bytes(range(256)) * 8


def touch(folder: Path, *names: str) -> list[Path]:
    """Make files with some content."""
    paths = [folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"[]")
    return paths


# Finding files


@pytest.mark.parametrize(
    "name",
    [
        f"{MATCH_ID}.json",
        f"{MATCH_ID}.json.gz",
        f"matchID={MATCH_ID}/raw.json.gz",
        f"2025/07/{MATCH_ID}.json",
        "of an unknown match.json",
    ],
)
def test_telemetry_file_is_found(tmp_path: Path, name: str) -> None:
    (path,) = touch(tmp_path, name)
    assert find_telemetry_files(tmp_path) == [TelemetryFile(path, match_object=None)]


@pytest.mark.parametrize(
    "name",
    [f"{MATCH_ID}.match.json", f"{MATCH_ID}.match.json.gz", f".{MATCH_ID}.json", "a.json.part", "a.jsonl", "a.txt"],
)
def test_other_file_is_passed_over(tmp_path: Path, name: str) -> None:
    touch(tmp_path, name)
    assert find_telemetry_files(tmp_path) == []


def test_folder_with_the_name_of_a_file_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "folder.json").mkdir()
    assert find_telemetry_files(tmp_path) == []


@pytest.mark.parametrize("telemetry", [f"{MATCH_ID}.json", f"{MATCH_ID}.json.gz", f"matchID={MATCH_ID}/raw.json.gz"])
@pytest.mark.parametrize("suffix", [".match.json", ".match.json.gz"])
def test_match_object_lies_beside_its_telemetry(tmp_path: Path, telemetry: str, suffix: str) -> None:
    path, match_object = touch(tmp_path, telemetry, str(Path(telemetry).with_name(f"{MATCH_ID}{suffix}")))
    assert find_telemetry_files(tmp_path) == [TelemetryFile(path, match_object)]


def test_match_object_may_lie_beside_the_folder_of_its_match(tmp_path: Path) -> None:
    path, match_object = touch(tmp_path, f"matchID={MATCH_ID}/raw.json.gz", f"{MATCH_ID}.match.json")
    assert match_object_of(path) == match_object


def test_match_object_beside_a_folder_of_several_matches_is_not_taken(tmp_path: Path) -> None:
    path, _ = touch(tmp_path, f"2025/{MATCH_ID}.json", f"{MATCH_ID}.match.json")
    assert match_object_of(path) is None


def test_nearest_match_object_is_taken(tmp_path: Path) -> None:
    folder = f"matchID={MATCH_ID}"
    path, near, _ = touch(
        tmp_path, f"{folder}/raw.json.gz", f"{folder}/{MATCH_ID}.match.json.gz", f"{MATCH_ID}.match.json"
    )
    assert match_object_of(path) == near


def test_match_object_of_another_match_is_not_taken(tmp_path: Path) -> None:
    path, _ = touch(tmp_path, f"{MATCH_ID}.json", f"{OTHER_ID}.match.json")
    assert match_object_of(path) is None


def test_file_of_an_unknown_match_has_no_match_object(tmp_path: Path) -> None:
    path, _ = touch(tmp_path, "telemetry.json", "telemetry.match.json")
    assert match_object_of(path) is None


def test_files_are_sorted_by_path(tmp_path: Path) -> None:
    paths = touch(tmp_path, "b.json", "a/z.json.gz", "c.json.gz", "a.json")
    assert [file.path for file in find_telemetry_files(tmp_path)] == sorted(paths)


@pytest.mark.parametrize("name", ["missing", "file.json"])
def test_what_is_no_folder_is_refused_with_advice(tmp_path: Path, name: str) -> None:
    touch(tmp_path, "file.json")
    with pytest.raises(NotADirectoryError, match=f"{name} is not a folder: give the folder"):
        find_telemetry_files(tmp_path / name)


def test_one_name_that_cannot_be_stored_does_not_hide_the_other_files(tmp_path: Path) -> None:
    good, *_ = touch(tmp_path, "a.json", "b\n.json", "\x1b[31mc.json", "d\udcff.json", "e\u202e.json")
    listing = list_telemetry_files(tmp_path)
    assert listing.paths == {str(good)}
    sentences = " ".join(map(str, listing.unusable))
    assert len(listing.unusable) == 4
    assert sentences.isprintable()
    assert r"b\n.json" in sentences


def test_links_to_files_are_followed_once_and_links_to_folders_not_at_all(tmp_path: Path) -> None:
    (target,) = touch(tmp_path, "elsewhere/a.json")
    watched = tmp_path / "watched"
    watched.mkdir()
    for name in ("first.json", "second.json"):
        (watched / name).symlink_to(target)
    (watched / "folder.json").symlink_to(target.parent)
    (watched / "nowhere.json").symlink_to(watched / "nothing.json")
    (watched / "circle.json").symlink_to(watched / "circle.json")
    assert list_telemetry_files(watched).paths == {str(target)}


@contextmanager
def as_somebody_without_rights() -> Iterator[None]:
    """Root may read everything: be nobody for a while."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


@pytest.fixture
def readable_by_all() -> Iterator[Path]:
    """A folder that somebody without rights reaches, which is not so below pytest's."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize("mode", [0o000, 0o444])
def test_a_folder_that_cannot_be_read_is_named(readable_by_all: Path, mode: int) -> None:
    touch(readable_by_all, "a.json", "locked/b.json")
    locked = readable_by_all / "locked"
    locked.chmod(mode)
    with as_somebody_without_rights():
        listing = list_telemetry_files(readable_by_all)
        with pytest.raises(UnreadableFolderError, match="cannot be read"):
            find_telemetry_files(readable_by_all)
        with pytest.raises(UnreadableFolderError, match="cannot be read"):
            list_telemetry_files(locked)
    locked.chmod(0o755)
    assert listing.paths == {str(readable_by_all / "a.json")}
    (problem,) = listing.unreadable
    assert str(locked) in str(problem)


@pytest.mark.parametrize(
    ("path", "match_id"),
    [
        (f"{MATCH_ID}.json.gz", MATCH_ID),
        (f"matchID={MATCH_ID}/raw.json.gz", MATCH_ID),
        (f"{MATCH_ID.upper()}.json", MATCH_ID),
        (f"{OTHER_ID}-of-{MATCH_ID}.json", MATCH_ID),
        (f"{OTHER_ID}/{MATCH_ID}.json", MATCH_ID),
        (f"{MATCH_ID}/2025/raw.json", None),
        (f"{MATCH_ID[:-1]}.json", None),
    ],
)
def test_match_id_is_the_last_uuid_of_the_name_else_of_the_folder(path: str, match_id: str | None) -> None:
    assert match_id_in_path(Path(path)) == match_id


# Reading


def test_checksum_is_sha_256() -> None:
    assert checksum(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_file_is_read(tmp_path: Path) -> None:
    (path,) = touch(tmp_path, "a.json")
    assert read_bytes(path) == b"[]"


def test_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(BrokenTelemetryError, match="no longer there") as broken:
        read_bytes(tmp_path / "missing.json")
    assert broken.value.reason is Reason.FILE_MISSING


def test_unreadable_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(BrokenTelemetryError, match="cannot be read: Is a directory") as broken:
        read_bytes(tmp_path)
    assert broken.value.reason is Reason.FILE_UNREADABLE


def test_empty_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "empty.json").touch()
    with pytest.raises(BrokenTelemetryError, match="no bytes") as broken:
        read_bytes(tmp_path / "empty.json")
    assert broken.value.reason is Reason.EMPTY_FILE


# Inflating


@pytest.mark.parametrize("layers", [0, 1, 2])
@pytest.mark.parametrize("content", [b"", b"[]", CONTENT], ids=["empty", "short", "long"])
def test_plain_and_gzipped_once_or_twice_are_inflated(content: bytes, layers: int) -> None:
    assert inflate(gzipped(content, layers)) == content


def test_third_layer_stays() -> None:
    assert inflate(gzipped(CONTENT, 3)) == gzipped(CONTENT)


@pytest.mark.parametrize("cuts", [(100,), (1948,), (1024,), (0,), (2048,), (512, 1024, 1536), (1, 2, 3)])
def test_gzip_of_several_members_is_inflated_whole(cuts: tuple[int, ...]) -> None:
    members = [CONTENT[start:end] for start, end in zip((0, *cuts), (*cuts, len(CONTENT)), strict=True)]
    assert inflate(b"".join(gzipped(member) for member in members)) == CONTENT


@pytest.mark.parametrize("length", [2, 3, 4, 9, 10, 50, -9, -8, -4, -1])
def test_gzip_that_is_cut_off_is_reported(length: int) -> None:
    with pytest.raises(BrokenTelemetryError, match="gzip is cut off after") as broken:
        inflate(gzipped(CONTENT)[:length])
    assert broken.value.reason is Reason.BROKEN_GZIP


def test_second_member_that_is_cut_off_is_reported_with_what_there_is() -> None:
    two = gzipped(CONTENT) + gzipped(CONTENT)[:-20]
    with pytest.raises(BrokenTelemetryError, match=rf"cut off after {len(two):,} bytes") as broken:
        inflate(two)
    assert broken.value.reason is Reason.BROKEN_GZIP


@pytest.mark.parametrize("offset", [2, 30, -8, -4], ids=["method", "body", "checksum", "length"])
def test_damaged_gzip_is_reported(offset: int) -> None:
    damaged = bytearray(gzipped(CONTENT))
    damaged[offset] ^= 0xFF
    with pytest.raises(BrokenTelemetryError, match=r"The gzip is (damaged|cut off)") as broken:
        inflate(bytes(damaged))
    assert broken.value.reason is Reason.BROKEN_GZIP


@pytest.mark.parametrize("offset", [100, 70_000, -8], ids=["first piece", "second piece", "checksum"])
def test_damaged_gzip_is_reported_with_the_byte_that_shows_it(offset: int) -> None:
    stored = bytearray(gzip.compress(random.Random(1).randbytes(100_000), 0, mtime=0))
    stored[offset] ^= 0xFF
    with pytest.raises(BrokenTelemetryError) as broken:
        inflate(bytes(stored))
    # Any bytes can be stored: that some are wrong shows at the end of the checksum.
    assert broken.value.byte_offset == len(stored) - 5


def test_damaged_gzip_of_several_members_is_reported_with_its_place_in_the_file() -> None:
    first, second = gzipped(CONTENT), bytearray(gzipped(CONTENT * 2))
    second[2] ^= 0xFF  # the method
    with pytest.raises(BrokenTelemetryError) as broken:
        inflate(first + bytes(second))
    assert broken.value.byte_offset == len(first) + 3  # the method and the flags are read together


def test_bytes_behind_the_gzip_are_reported_with_their_place() -> None:
    with pytest.raises(BrokenTelemetryError, match=f"damaged after {len(gzipped(CONTENT))} bytes") as broken:
        inflate(gzipped(CONTENT) + b"<html>")
    assert broken.value.reason is Reason.BROKEN_GZIP


@pytest.mark.parametrize("declared", [9999, 2, 0xFFFF_FFFF], ids=["right", "too little", "too much"])
def test_more_than_the_limit_is_refused_whatever_the_gzip_declares(declared: int) -> None:
    bomb = gzip.compress(bytes(9999))[:-4] + struct.pack("<I", declared)
    with pytest.raises(BrokenTelemetryError, match="More than 1,999 bytes") as broken:
        inflate(bomb, Limits(json_bytes=1999))
    assert broken.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize("members", [1, 2])
def test_content_of_the_limit_is_inflated(members: int) -> None:
    content = gzip.compress(bytes(2000 // members)) * members
    assert inflate(content, Limits(json_bytes=2000)) == bytes(2000)


def test_more_than_the_limit_is_refused_in_several_members_too() -> None:
    with pytest.raises(BrokenTelemetryError, match="More than 1,999 bytes"):
        inflate(gzip.compress(bytes(1000)) * 2, Limits(json_bytes=1999))


def test_file_of_more_bytes_than_the_limit_is_not_read(tmp_path: Path) -> None:
    (path,) = touch(tmp_path, "a.json")
    assert read_bytes(path, Limits(json_bytes=2)) == b"[]"
    with pytest.raises(BrokenTelemetryError, match="more than 1 bytes") as broken:
        read_bytes(path, Limits(json_bytes=1))
    assert broken.value.reason is Reason.TOO_LARGE


#: Decodes a file as a process of its own, and prints how much more memory that took than the process has anyway.
DECODE: Final = """
import resource, sys
from pathlib import Path
from pewstats_assets.telemetry import BrokenTelemetryError, TelemetryFile, decode_file

def megabytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10

before = megabytes()
try:
    decode_file(TelemetryFile(Path(sys.argv[1]), None))
except BrokenTelemetryError as error:
    print(error.reason, megabytes() - before)
"""


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """The gzip of 10 GiB of zeros: members of 1 GiB, made once."""
    deflate = zlib.compressobj(1, wbits=zlib.MAX_WBITS | 16)
    zeros = bytes(1 << 20)
    member = b"".join(deflate.compress(zeros) for _ in range(1 << 10)) + deflate.flush()
    return member * 10


@pytest.mark.parametrize("layers", [0, 1])
def test_bomb_of_ten_gigabytes_is_refused_in_the_memory_of_the_limit(tmp_path: Path, bomb: bytes, layers: int) -> None:
    path = tmp_path / "bomb.json.gz"
    path.write_bytes(gzipped(bomb, layers))
    command = [sys.executable, "-c", DECODE, str(path)]
    reason, megabytes = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    assert reason == "too_large"
    assert int(megabytes) < 2 * Limits().json_bytes >> 20
