"""Which match a file is, by its definition, its path and the API's match object."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pewstats_assets.telemetry import MatchIdentity, TelemetryFile, identify
from pewstats_assets.telemetry.identity import MatchDefinition, MatchObject, parse_definition, read_match_object
from pewstats_assets_tests.fights.events import as_json
from pewstats_assets_tests.telemetry.wire import (
    MATCH_ID,
    OTHER_ID,
    UNTOLD,
    definition,
    dotted,
    event,
    gzipped,
    match_object,
)

CUSTOM = match_object(mapName="Tiger_Main", matchType="custom", gameMode="duo", createdAt="2025-07-12T17:30:00Z")
MATCH = as_json(definition(), event("LogMatchStart", 1))
#: The definition behind more than is read of a file's beginning.
LATE_DEFINITION = as_json(event("LogMatchStart", padding="x" * (1 << 17)), definition())


def write(folder: Path, document: object) -> Path:
    """Write JSON, or bytes as they are."""
    path = folder / f"{MATCH_ID}.match.json"
    path.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
    return path


# The definition


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (dotted(MATCH_ID), MatchDefinition(MATCH_ID, "competitive", "squad-fpp")),
        (dotted(MATCH_ID.upper()), MatchDefinition(MATCH_ID, "competitive", "squad-fpp")),
        (dotted("no-uuid"), MatchDefinition(None, "competitive", "squad-fpp")),
        (f"match.bro...steam..eu.2025.{MATCH_ID}", MatchDefinition(MATCH_ID, None, None)),
        (f"some.thing.else.s.steam.duo.eu.2025.{MATCH_ID}", MatchDefinition(MATCH_ID, None, None)),
        (f"match.bro.official.{MATCH_ID}", MatchDefinition(MATCH_ID, None, None)),
        (MATCH_ID, MatchDefinition(MATCH_ID, None, None)),
        ("", MatchDefinition(None, None, None)),
    ],
)
def test_definition_is_taken_apart(written: str, expected: MatchDefinition) -> None:
    assert parse_definition(written) == expected


# The match object


@pytest.mark.parametrize("layers", [0, 1, 2])
def test_match_object_is_read_plain_or_gzipped(tmp_path: Path, layers: int) -> None:
    path = write(tmp_path, gzipped(json.dumps(CUSTOM).encode(), layers))
    created_at = datetime(2025, 7, 12, 17, 30, tzinfo=UTC)
    assert read_match_object(path) == MatchObject("custom", "duo", "Tiger_Main", created_at)


def test_match_object_may_lack_every_attribute(tmp_path: Path) -> None:
    assert read_match_object(write(tmp_path, match_object())) == MatchObject(None, None, None, None)


def test_match_object_with_a_broken_time_has_none(tmp_path: Path) -> None:
    read = read_match_object(write(tmp_path, match_object(createdAt="yesterday")))
    assert read == MatchObject(None, None, None, None)


def test_match_object_of_another_match_is_passed_over_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = match_object(mapName="Tiger_Main")
    other["data"]["id"] = OTHER_ID
    assert read_match_object(write(tmp_path, other)) is None
    assert OTHER_ID in caplog.text


def test_nul_in_a_match_object_is_replaced(tmp_path: Path) -> None:
    read = read_match_object(write(tmp_path, match_object(matchType="a\0b", gameMode="a\0b", mapName="a\0b")))
    assert read == MatchObject("a\ufffdb", "a\ufffdb", "a\ufffdb", None)


def test_match_without_a_match_object_is_no_reason_to_warn(caplog: pytest.LogCaptureFixture) -> None:
    assert read_match_object(None) is None
    assert caplog.messages == []


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<html>",
        b"\x1f\x8b",
        gzipped(json.dumps(CUSTOM).encode())[:-5],
        json.dumps(CUSTOM).encode()[:-5],
        [],
        {},
        {"data": {"id": MATCH_ID}},
        {"data": {"id": None, "attributes": {}}},
        {"errors": [{"title": "Not Found"}]},
        match_object(mapName=5),
        json.dumps(match_object(mapName="?")).encode().replace(b"?", b"\xff"),
        b'{"included":' + b"[" * 100_000,
    ],
    ids=[
        *("empty", "HTML", "cut gzip head", "cut gzip", "cut JSON", "array", "no data", "no attributes", "no id"),
        *("error", "wrong type", "not UTF-8", "deep"),
    ],
)
def test_broken_match_object_is_passed_over_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, document: object
) -> None:
    path = write(tmp_path, document)
    assert read_match_object(path) is None
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert f"The match object {path} is passed over" in record.getMessage()


def test_match_object_that_has_gone_is_passed_over_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert read_match_object(tmp_path / "gone.match.json") is None
    assert "no longer there" in caplog.text


# Telling which match a file is


@pytest.mark.parametrize("layers", [0, 1, 2])
@pytest.mark.parametrize("content", [MATCH, LATE_DEFINITION], ids=["at the head", "later"])
@pytest.mark.parametrize("path", [Path(f"{MATCH_ID}.json"), UNTOLD])
def test_match_is_told_by_the_definition_wherever_it_stands(path: Path, content: bytes, layers: int) -> None:
    identity = identify(TelemetryFile(path, match_object=None), gzipped(content, layers))
    assert identity == MatchIdentity(MATCH_ID, "competitive")


def test_definition_goes_before_the_path() -> None:
    identity = identify(TelemetryFile(Path(f"{OTHER_ID}.json"), match_object=None), MATCH)
    assert identity.match_id == MATCH_ID


@pytest.mark.parametrize(
    "path", [Path(f"{MATCH_ID}.json"), Path(f"matchID={MATCH_ID.upper()}/raw.json.gz")], ids=["file", "folder"]
)
@pytest.mark.parametrize(
    "content",
    [as_json(event("LogMatchStart")), b"", b"\x1f\x8b", gzipped(b"[")[:-9], b"<html>", b"{}"],
    ids=["no definition", "empty", "cut gzip head", "cut gzip", "HTML", "object"],
)
def test_file_that_does_not_say_is_what_its_path_says(path: Path, content: bytes) -> None:
    assert identify(TelemetryFile(path, match_object=None), content) == MatchIdentity(MATCH_ID, None)


@pytest.mark.parametrize(
    ("match_id", "match_type"), [(MATCH_ID, "competitive"), (OTHER_ID, None)], ids=["agrees", "does not agree"]
)
def test_broken_file_is_what_its_path_says_and_its_definition_where_it_agrees(
    match_id: str, match_type: str | None
) -> None:
    identity = identify(TelemetryFile(Path(f"{match_id}.json"), match_object=None), MATCH[:-5])
    assert identity == MatchIdentity(match_id, match_type)


def test_file_of_which_nothing_says_what_it_is_has_no_identity() -> None:
    assert identify(TelemetryFile(UNTOLD, match_object=None), b"[]") == MatchIdentity(None, None)


@pytest.mark.parametrize("content", [MATCH, LATE_DEFINITION, b"<html>"], ids=["at the head", "later", "broken"])
def test_match_type_of_the_match_object_goes_before_the_definitions(tmp_path: Path, content: bytes) -> None:
    file = TelemetryFile(Path(f"{MATCH_ID}.json"), write(tmp_path, CUSTOM))
    assert identify(file, content) == MatchIdentity(MATCH_ID, "custom")


def test_match_type_is_the_definitions_where_the_match_object_has_none(tmp_path: Path) -> None:
    file = TelemetryFile(Path(f"{MATCH_ID}.json"), write(tmp_path, match_object()))
    assert identify(file, MATCH) == MatchIdentity(MATCH_ID, "competitive")
