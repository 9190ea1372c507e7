"""Mutated telemetry through registration, real runs and checks: each file is loaded or quarantined, and no run fails.

The mutations come from a fixed seed; a file that fails its batch is found, and named with what was done to it.
"""

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

import dagster as dg
import psycopg
import pytest

from pewstats_assets.backfill import load_batches
from pewstats_assets.partitions import follow_warehouse, register_folder
from pewstats_assets.places import Place
from pewstats_assets.settings import Settings
from pewstats_assets.telemetry import BrokenTelemetryError, Reason, TelemetryFile, decode_file
from pewstats_assets.telemetry.files import inflate
from pewstats_assets.warehouse import Databases
from pewstats_assets_tests.conftest import SAMPLE
from pewstats_assets_tests.fights.events import as_json, damage, kill, knock, player
from pewstats_assets_tests.telemetry.wire import definition, event
from pewstats_assets_tests.telemetry_folders import match_id_of

pytestmark = pytest.mark.hard

FILES: Final = 5000
BATCH_SIZE: Final = 500
SEED: Final = 20261124
#: Stands for the match id of a file, and is as long.
ID: Final = match_id_of(0)
#: Stands for arrays in arrays, which Python's writer could not write.
DEEP: Final = "deep"
COMBAT: Final = ("LogPlayerTakeDamage", "LogPlayerMakeGroggy", "LogPlayerKillV2", "LogPlayerRevive")
#: Of each, a match keeps so many: small enough to be many, with fights in them all the same.
KEPT_COMBAT: Final = 60
KEPT_OTHERS: Final = 20
KEPT_CHARACTERS: Final = 8

VALUES: Final[Sequence[Any]] = (
    *(None, True, False, 0, -1, 2**31, 2**63, -(2**63) - 1, 10**400, 0.5, 1e308, -1e300, 5e-324),
    *(float("nan"), float("inf"), float("-inf")),
    *("", "x" * 10_000, "\0", "\ud800", "[red]", "'; DROP TABLE matches; --", "\x1b[31m", "\N{GRINNING FACE}"),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "2025-02-30T00:00:00Z", "now"),
    *([], {}, [[]], [{}], [None], {"x": None}, {"name": []}, DEEP),
)
PIECES: Final = (
    *(b"[", b"]", b"{", b"}", b'"', b",", b":", b"\\", b"null", b"NaN", b"-", b"1e999", b"},{", b'"_T":', b"\0"),
    *(b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xef\xbb\xbf", rb"\ud800", rb"\u0000", b"/*"),
)
MEMBERS: Final = (
    *(b'"_T":"LogHeal"', b'"_T":"LogPlayerTakeDamage"', b'"_T":5', b'"_D":null', b'"attacker":null', b'"victim":[]'),
    *(b'"teamId":1e400', b'"location":{}', b'"location":{"x":NaN}', b'"accountId":"ai.0"', b'"MatchId":""', b'"a":{}'),
)

Places = list[tuple[Any, Any]]


def bases() -> list[list[Any]]:
    """The events of small matches: from the sample, and made by hand."""
    made = [
        definition(ID),
        event("LogMatchStart", mapName="Baltic_Main", teamSize=4, characters=[{"character": player("a1@1")}]),
        event("LogPlayerCreate", character=player("b1@2")),
        event("LogPlayerPosition", 5, character=player("a1@1"), elapsedTime=5, numAlivePlayers=3),
        event("LogPhaseChange", 6, phase=1),
        *(damage(60 + second, "a1@1", "b1@2", 20.0) for second in range(4)),
        damage(64, "b1@2", "a2@1", 30.0),
        knock(65, "a1@1", "b1@2"),
        kill(70, "a2@1", "b1@2"),
    ]
    found = [made]
    for path in sorted(SAMPLE.glob("*.json.gz")):
        if path.name.endswith(".match.json.gz"):
            continue
        try:
            match_id = decode_file(TelemetryFile(path, None)).match_id
        except BrokenTelemetryError:
            continue
        assert match_id is not None
        events = json.loads(bytes(inflate(path.read_bytes())).replace(match_id.encode(), ID.encode()))
        for one in events:
            if "characters" in one:
                del one["characters"][KEPT_CHARACTERS:]
        middle = len(events) // 2
        combat = [one for one in events[middle:] if one["_T"] in COMBAT and one.get("attacker", one)][:KEPT_COMBAT]
        others = [one for one in events if one["_T"] not in COMBAT]
        found.append([*others[:3], *others[middle : middle + KEPT_OTHERS], *combat, others[-1]])
    return found


# What is done to the events


def places(value: Any) -> Places:
    """Every member and element, with what it is in."""
    items = list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ())
    return [place for key, inner in items for place in ((value, key), *places(inner))]


def remove(random: Random, events: list[Any]) -> None:
    inside, key = random.choice(places(events))
    del inside[key]


def change(random: Random, events: list[Any]) -> None:
    inside, key = random.choice(places(events))
    inside[key] = random.choice(VALUES)


def change_everywhere(random: Random, events: list[Any]) -> None:
    """Change every member of one name."""
    found = places(events)
    name = random.choice([key for _, key in found if isinstance(key, str)])
    value = random.choice(VALUES)
    for inside, key in found:
        if key == name and key in inside:
            inside[key] = value


def repeat(random: Random, events: list[Any]) -> None:
    events.extend(random.choices(events, k=random.randrange(1, 50)))


def drop(random: Random, events: list[Any]) -> None:
    del events[random.randrange(len(events)) :: random.randrange(1, 4)]


def shuffle(random: Random, events: list[Any]) -> None:
    random.shuffle(events)


# What is done to their bytes


def flip(random: Random, content: bytes) -> bytes:
    flipped = bytearray(content)
    for _ in range(random.choice((1, 1, 3, 100))):
        flipped[random.randrange(len(flipped))] ^= random.randrange(1, 256)
    return bytes(flipped)


def cut(random: Random, content: bytes) -> bytes:
    return content[: random.choice((random.randrange(len(content)), len(content) - 1, 1))]


def cut_out(random: Random, content: bytes) -> bytes:
    at = random.randrange(len(content))
    return content[:at] + content[at + random.choice((1, 10, 1000)) :]


def insert(random: Random, content: bytes) -> bytes:
    at = random.choice((random.randrange(len(content)), 0, len(content)))
    return content[:at] + random.choice(PIECES) + content[at:]


def repeat_member(random: Random, content: bytes) -> bytes:
    """Write a member into an object that may have it already, in front or behind."""
    member = random.choice(MEMBERS)
    objects = content.count(b'{"')
    before = b'{"'.join(content.split(b'{"')[: random.randrange(1, objects + 1)])
    after = content[len(before) :]
    if random.random() < 1 / 2:
        return before + b"{" + member + b"," + after[1:]
    return before + after.replace(b"}", b"," + member + b"}", 1)


def zeros(random: Random, content: bytes) -> bytes:
    at = random.randrange(len(content))
    return content[:at] + bytes(len(content) - at)


def space_out(random: Random, content: bytes) -> bytes:
    del random
    return content.replace(b"{", b"{ ").replace(b",", b" ,\n")


def leave(random: Random, content: bytes) -> bytes:
    del random
    return content


OF_EVENTS: Final[Sequence[Callable[[Random, list[Any]], None]]] = (
    *(remove, remove, change, change, change, change_everywhere, change_everywhere, repeat, drop, shuffle),
)
OF_BYTES: Final[Sequence[Callable[[Random, bytes], bytes]]] = (
    *(leave, leave, leave, leave, leave, leave, flip, cut, cut_out, insert, insert, repeat_member, repeat_member),
    *(zeros, space_out),
)
OF_GZIP: Final[Sequence[Callable[[Random, bytes], bytes]]] = (*([leave] * 12), flip, cut, insert, zeros)


def mutate(random: Random, base: bytes) -> tuple[bytes, str]:
    """Mutate a match; its file, and what was done to it."""
    events = json.loads(base)
    done: list[str] = []
    for _ in range(random.randrange(3)):
        if places(events):
            of_events = random.choice(OF_EVENTS)
            of_events(random, events)
            done.append(of_events.__name__)
    levels = random.choice((10, 499, 700, 1500, 20_000))
    content = as_json(*events).replace(f'"{DEEP}"'.encode(), b"[" * levels + b"]" * levels)
    of_bytes = random.choice(OF_BYTES)
    content = of_bytes(random, content)
    done.append(of_bytes.__name__)
    for _ in range(random.choice((0, 0, 1, 1, 1, 2))):
        of_gzip = random.choice(OF_GZIP)
        content = of_gzip(random, gzip.compress(content, 1, mtime=0)) or b"\0"
        done.append(f"gzip, {of_gzip.__name__}")
    return content, f"{' + '.join(done)} ({levels} levels)"


def write_mutated(folder: Path) -> dict[str, str]:
    """Write the files; what was done to each."""
    folder.mkdir()
    random = Random(SEED)
    matches = [as_json(*events) for events in bases()]
    written = {}
    for number in range(1, FILES + 1):
        content, done = mutate(random, random.choice(matches).replace(ID.encode(), match_id_of(number).encode()))
        file = folder / f"{match_id_of(number)}.json"
        file.write_bytes(content)
        written[str(file)] = done
    return written


def guilty(instance: dg.DagsterInstance, connection: psycopg.Connection, batch: str) -> str:
    """Find the file that fails a batch, by leaving out one half of its matches and then the other."""
    numbers = [number for (number,) in connection.execute("SELECT match_no FROM matches WHERE batch = %s", [batch])]
    while len(numbers) > 1:
        tried, others = numbers[::2], numbers[1::2]
        connection.execute(
            "UPDATE matches SET status = CASE WHEN match_no = ANY (%(tried)s) THEN 'registered' ELSE 'excluded' END,"
            " reason = CASE WHEN match_no = ANY (%(tried)s) THEN NULL ELSE 'match_type' END, byte_offset = NULL,"
            " fights = NULL, participants = NULL, loaded_at = NULL WHERE batch = %(batch)s",
            {"tried": tried, "batch": batch},
        )
        (loaded,) = load_batches(instance, [batch])
        numbers = tried if loaded.failures else others
    (file,) = connection.execute("SELECT file FROM matches WHERE match_no = %s", numbers).fetchone() or ("",)
    return str(file)


def test_every_mutated_file_is_loaded_or_quarantined(
    instance: dg.DagsterInstance,
    settings: Settings,
    databases: Databases,
    connection: psycopg.Connection,
    tmp_path: Path,
) -> None:
    done = write_mutated(tmp_path / "telemetry")
    last: list[Place] = []

    def remember(files: list[TelemetryFile]) -> Iterator[TelemetryFile]:
        for file in files:
            last[:] = [file.path]
            yield file

    try:
        registration = register_folder(databases, settings, tmp_path / "telemetry", BATCH_SIZE, remember)
    except Exception as error:
        error.add_note(f"The file is {last[0]}: {done[str(last[0])]}")
        raise
    assert registration.registered == FILES
    for batch in load_batches(instance, follow_warehouse(databases, instance)):
        if batch.failures:
            file = guilty(instance, connection, batch.batch)
            pytest.fail(f"{batch.batch}: {batch.failures}; the file is {file}: {done[file]}")
    query = b"SELECT status, reason, count(*) FROM matches GROUP BY status, reason"
    of = {(status, reason): number for status, reason, number in connection.execute(query)}
    loaded = of.pop(("loaded", None))
    assert {status for status, _ in of} == {"quarantined"}
    assert {reason for _, reason in of} <= set(Reason)
    assert loaded + sum(of.values()) == FILES
    # That both happen is the point of the mutations.
    assert min(loaded, sum(of.values())) > FILES / 5
    assert connection.execute("SELECT count(*) > %s FROM team_fights", [loaded / 5]).fetchone() == (True,)
