"""Folders of small telemetry files, good ones and broken ones, for whole runs."""

import gzip
import json
from pathlib import Path
from typing import Final
from uuid import UUID

from pewstats_assets_tests.fights.events import damage, kill, knock

#: What a folder may hold besides telemetry, by what is wrong with it, with the reason of its quarantine.
BROKEN: Final = {
    "empty file": "empty_file",
    "cut gzip": "broken_gzip",
    "cut JSON": "broken_json",
    "HTML": "broken_json",
    "object": "not_an_array",
    "no events": "no_events",
}


def match_id_of(number: int) -> str:
    return str(UUID(int=number))


def write_matches(folder: Path, numbers: range) -> None:
    """Write a match per number: three participants in one fight, and a skirmish that is none."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        (folder / f"{match_id_of(number)}.json.gz").write_bytes(gzip.compress(match_bytes(number), mtime=0))


def write_broken(folder: Path) -> dict[str, str]:
    """Write one file of each kind of `BROKEN`; return the reason expected for each file."""
    folder.mkdir(parents=True, exist_ok=True)
    good = match_bytes(900)
    contents = {
        "empty file": (b"", ".json.gz"),
        "cut gzip": (gzip.compress(good)[:-50], ".json.gz"),
        "cut JSON": (gzip.compress(good[:-50]), ".json.gz"),
        "HTML": (b"<!DOCTYPE html><html><body>503 Service Unavailable</body></html>", ".json"),
        "object": (b'{"errors": [{"title": "Not Found"}]}', ".json"),
        "no events": (b"[]", ".json"),
    }
    expected = {}
    for number, kind in enumerate(BROKEN, start=901):
        content, suffix = contents[kind]
        file = folder / f"{match_id_of(number)}{suffix}"
        file.write_bytes(content)
        expected[str(file)] = BROKEN[kind]
    return expected


def match_bytes(number: int) -> bytes:
    """JSON of a match."""
    events = [
        {
            "MatchId": f"match.bro.official.s.steam.squad-fpp.eu.2025.07.12.17.{match_id_of(number)}",
            "_T": "LogMatchDefinition",
        },
        {"mapName": "Baltic_Main", "teamSize": 4, "_D": "2025-07-12T17:00:00.000Z", "_T": "LogMatchStart"},
        damage(60, "a1@1", "b1@2", 60.0),
        damage(61, "b1@2", "a2@1", 30.0),
        knock(62, "a1@1", "b1@2"),
        kill(70, "a2@1", "b1@2"),
        damage(900, "a1@1", "c1@3", 10.0),
    ]
    return json.dumps(events).encode()
