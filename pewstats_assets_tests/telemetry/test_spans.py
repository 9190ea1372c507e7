"""The events that are found without parsing are those that parsing finds, or none are found at all."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pewstats_assets.telemetry import (
    BrokenTelemetryError,
    decode_bytes,
    decode_combat,
    find_telemetry_files,
    frames,
    read_bytes,
)
from pewstats_assets.telemetry.files import inflate
from pewstats_assets.telemetry.spans import EventSpans
from pewstats_assets_tests.fights.events import Wire, as_json, damage, kill, knock, player
from pewstats_assets_tests.telemetry.wire import MATCH_ID, definition, event

IN_PATH: Final = Path(f"{MATCH_ID}.json")
SAMPLE: Final = Path(__file__).parents[2] / "data" / "sample"
DAMAGE: Final = "LogPlayerTakeDamage"

#: An object in JSON whose members may come in any order, and twice.
Members = tuple[tuple[str, Any], ...]

many = settings(max_examples=500, deadline=None)

#: What a splitter could take for the end of an event, or overlook it.
traps: Final = st.sampled_from(
    [
        *("", "{", "}", "[", "]", ",", ":", '"', "\\", "},{", '"},{"', '"},{"a', "}]", '"}]', "[{", ",{", " {", "_T"),
        *(",_T", '"_T":"LogHeal"},{"x', '_T":"LogPlayerTakeDamage"},{', ',"_T":"LogPlayerTakeDamage"}', "LogHeal"),
        *("attacker", '"attacker":null', '"attacker":{', "\N{GRINNING FACE}", "\0"),
    ]
)
types: Final = st.sampled_from(
    [
        *("LogHeal", DAMAGE, "LogPlayerKill", "LogPlayerKillV2", "LogPlayerPosition", "LogNew"),
        *("LogHdal", "LogHeap", "LogHealA", "ALogHeal", "LogPlayerTakeDamagf", "LogPlayerTakeDbmage"),
    ]
)
keys: Final = st.sampled_from(["a", "_T", "attacker", "victim", "character"]) | traps


def of_members(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Members]:
    """Make objects of any members, often with a type at the end."""
    members = st.lists(st.tuples(keys, values), max_size=3)
    typed = st.builds(lambda some, event_type: [*some, ("_T", event_type)], members, types)
    return (members | typed).map(tuple)


values: Final = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | traps,
    lambda inner: st.lists(inner, max_size=3) | of_members(inner),
    max_leaves=6,
)
events_as_published: Final = st.builds(
    lambda some, event_type: (*some, ("_T", event_type)), st.lists(st.tuples(keys, values), max_size=3), types
)
files: Final = st.lists(events_as_published, max_size=4) | st.lists(of_members(values) | values, max_size=4)


def write(value: object, random: Random | None = None) -> str:
    """Write JSON as PUBG does; with `random`, with white space and escapes where they may be."""

    def space() -> str:
        return random.choice(["", "", " ", "\n"]) if random else ""

    if isinstance(value, list):
        return f"[{space()}{','.join(space() + write(one, random) for one in value)}{space()}]"
    if isinstance(value, tuple):
        members = (f"{space()}{write(key, random)}{space()}:{space()}{write(one, random)}" for key, one in value)
        return f"{{{','.join(members)}{space()}}}"
    if random and isinstance(value, str) and random.random() < 1 / 4:  # any character may be escaped
        units = value.encode("utf-16-be")
        return '"' + "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2)) + '"'
    return json.dumps(value, ensure_ascii=False)


def spans_of(content: bytes | bytearray) -> EventSpans:
    spans = EventSpans.find(content)
    assert spans is not None
    return spans


def all_of(spans: EventSpans) -> bytes:
    return spans.as_json(np.arange(len(spans)))


@many
@given(files, st.none() | st.randoms(use_true_random=False))
@example([(("a", [(("_T", "LogHeal"),), (("b", 1), ("_T", DAMAGE))]), ("_T", "LogHeal"))], None)
@example([(("a", [1, (("_T", "LogHeal"),), (("b", 1), ("_T", DAMAGE))]), ("_T", "LogHeal"))], None)
@example([(("a", '","_T":"LogHeal"},{"x'), ("_T", "LogHeal"))], None)
@example([(("a", [[(("b", 1), ("_T", DAMAGE)), (("b", 1), ("_T", DAMAGE))]]), ("_T", "LogHeal"))] * 2, None)
def test_events_are_those_that_parsing_finds_or_none(file: list[object], random: Random | None) -> None:
    content = write(file, random).encode()
    spans = EventSpans.find(content)
    if spans is None:
        return
    parsed = json.loads(content)
    assert json.loads(all_of(spans)) == parsed
    assert len(spans) == len(parsed)
    by_type = {
        event_type: set(spans.of_types([event_type], or_unknown=True).tolist()) for event_type in frames.KNOWN_TYPES
    }
    for number, found in enumerate(parsed):
        of_types = {event_type for event_type, numbers in by_type.items() if number in numbers}
        assert of_types in ({found.get("_T")}, frames.KNOWN_TYPES)
    for event_type in (DAMAGE, "LogHeal"):
        for number in spans.without_object(event_type, b'"attacker"').tolist():
            assert parsed[number]["_T"] == event_type
            assert not isinstance(parsed[number].get("attacker"), dict)


@many
@given(st.lists(events_as_published, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_decoding_finds_the_same_however_the_file_is_written(file: list[Members], random: Random) -> None:
    as_published, otherwise = write(file).encode(), f" {write(file, random)}".encode()
    assert EventSpans.find(otherwise) is None
    some, all_parsed = decode_bytes(as_published, IN_PATH), decode_bytes(otherwise, IN_PATH)
    for frame in ("combat", "positions", "rosters", "phases", "facts"):
        assert getattr(some, frame).equals(getattr(all_parsed, frame))
    assert decode_combat(as_published, IN_PATH).combat.equals(all_parsed.combat)


# That the fast way is taken at all


def test_events_of_every_sound_file_of_the_sample_are_found() -> None:
    sound = 0
    for file in find_telemetry_files(SAMPLE):
        try:
            content = inflate(read_bytes(file.path))
        except BrokenTelemetryError:
            continue
        assert json.loads(all_of(spans_of(content))) == json.loads(content)
        sound += 1
    assert sound == 13


LOOT: Final = event("LogCarePackageLand", itemPackage={"items": [{"itemId": "a"}, {"itemId": "b"}]})
NESTED: Final = event("LogNew", parts=[{"a": 1, "_T": "LogHeal"}, {"a": 2, "_T": "LogHeal"}])
CLAN: Final = player("[{x},{y},{_T},{z}@1")


@pytest.mark.parametrize(
    "events",
    [
        (definition(), damage(1, "a@1", "b@2"), kill(2, "a@1", "b@2")),
        (definition(), LOOT, LOOT, damage(1, "a@1", "b@2")),
        (damage(1, CLAN, CLAN), damage(2, CLAN | {"name": "},{"}, CLAN | {"name": '"},{"_T":"LogHeal"'})),
        (event("LogNeverHeardOf"), event("LogHeal"), event("LogNeverHeardOf")),
        (event("LogNew", part={"a": 1, "_T": "LogHeal"}), event("LogNew", parts=[{"a": 1, "_T": "LogHeal"}])),
    ],
    ids=["plain", "arrays of objects inside", "names that look like JSON", "unknown types", "types inside"],
)
def test_events_are_found_where_others_are_like_them(events: tuple[Wire, ...]) -> None:
    assert json.loads(all_of(spans_of(as_json(*events)))) == list(events)


def _with_type_first(content: bytes) -> bytes:
    return json.dumps([{"_T": event["_T"], **event} for event in json.loads(content)], separators=(",", ":")).encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda content: json.dumps(json.loads(content), indent=2).encode(),
        lambda content: json.dumps(json.loads(content)).encode(),
        _with_type_first,
        lambda content: content.replace(b"},{", b"}, {"),
        lambda content: content.replace(b"},{", b"},5,{"),
        lambda content: content.replace(b"},{", b"}[{"),
        lambda content: content.replace(b"},{", b"}{", 1),
        lambda content: content.replace(b"},{", b"}.{", 1),
        lambda content: content.replace(b"},{", b"},z", 1),
        lambda content: content.replace(b"},{", b"z,{", 1),
        lambda content: content.replace(b'"},{', b"z},{", 1),
        lambda content: content.replace(b'"name":"b"', b'"name":"{b"'),
        lambda content: content[:-1],
        lambda content: content[:-2],
        lambda content: b"[5," + content[1:],
        lambda content: content[1:-1],
        lambda content: content[:-1] + b"," + as_json(NESTED)[1:],
        lambda _: b"[]",
        lambda _: b'[{"a":""}]',
        lambda _: b'[{"},{"a":1,"_T":"LogHeal"}]',
        lambda _: b'[{"[{"}]',
        lambda _: b"",
    ],
    ids=[
        *(
            "pretty-printed",
            "spaces",
            "type first",
            "space between",
            "number between",
            "bracket between",
            "no comma",
            "point for a comma",
            "no opening brace",
            "no closing brace",
            "no quote",
            "unmatched brace in a name",
            "cut by one",
            "cut by two",
        ),
        *("number first", "no array", "types inside", "no events", "no type", "hardly JSON", "short", "empty"),
    ],
)
def test_no_events_are_found_where_the_file_looks_different(change: Callable[[bytes], bytes]) -> None:
    content = as_json(damage(1, "a@1", "b@2"), knock(2, "a@1", "b@2"), event("LogHeal"))
    spans_of(content)
    assert EventSpans.find(change(content)) is None


# Damage by nobody


@pytest.mark.parametrize(
    ("attacker", "lacks"),
    [
        (b"", True),
        (b'"attacker":null,', True),
        (b'"attacker":null,"attacker":{"name":"a"},', False),
        (b'"attacker":null,"\\u0061ttacker":{"name":"a"},', False),
        (b'"attacker":{"name":"a"},', False),
        (b'"attacker": {"name":"a"},', False),
        (b'"a":"attacker","attacker":{},', False),
        (b'"a":{"attacker":null},', True),
        (b'"a":{"attacker":null},"attacker":{"name":"a"},', False),
        (b'"\\u0061ttacker":{"name":"a"},', False),
        (b'"a":"\\n",', False),
    ],
)
def test_damage_surely_by_nobody_is_told_without_parsing(attacker: bytes, lacks: bool) -> None:  # noqa: FBT001
    before = b'{"MatchId":"match.bro","_T":"LogMatchDefinition"}'
    spans = spans_of(b'[%b,{%b"x":1,"_T":"LogPlayerTakeDamage"},{"x":1,"_T":"LogHeal"}]' % (before, attacker))
    assert spans.without_object(DAMAGE, b'"attacker"').tolist() == ([1] if lacks else [])


# Types


def test_every_known_type_is_told_apart_without_parsing() -> None:
    content = b",".join(b'{"MatchId":"match.bro","_T":"%b"}' % name.encode() for name in sorted(frames.KNOWN_TYPES))
    spans = spans_of(b"[%b]" % content)
    for number, event_type in enumerate(sorted(frames.KNOWN_TYPES)):
        assert spans.of_types([event_type]).tolist() == [number]
    assert spans.of_types([], or_unknown=True).tolist() == []


@pytest.mark.parametrize("changed", range(len(b',"_T":"LogPlayerTakeDamage"') - 1))
def test_type_that_differs_in_one_byte_is_another(changed: int) -> None:
    member = bytearray(b',"_T":"LogPlayerTakeDamage"')
    member[changed] ^= 1
    spans = EventSpans.find(b'[{"a":"%b,"_T":"LogHeal"},{"a":1%b}]' % (b"x" * 50, bytes(member)))
    assert spans is None or spans.of_types([DAMAGE]).tolist() == []


def test_type_at_the_very_beginning_of_a_file_is_not_that_of_the_next_event() -> None:
    spans = spans_of(b'[{"a":1,"_T":"L"},{"a":0,"_T":"LogHeal"},{"a":0,"_T":"LogHeal"}]')
    assert spans.of_types([], or_unknown=True).tolist()[0] == 0


# Numbers of events


def test_number_of_an_event_is_its_place_in_the_file_whatever_is_skipped() -> None:
    events = (
        definition(),
        LOOT,
        damage(1, "a@1", "b@2") | {"attacker": None},
        knock(2, "a@1", "b@2"),
        event("LogHeal"),
        kill(3, "a", "b"),
    )
    combat = decode_bytes(as_json(*events), IN_PATH).combat
    assert dict(zip(combat["kind"], combat["event_index"], strict=True)) == {"knock": 3, "kill": 5}
