"""The two ways from JSON to events: the fast one gives what the lenient one gives, or leaves the file to it."""

import json
import math
from random import Random
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pewstats_assets.telemetry.events import (
    REFUSALS,
    Character,
    CharacterWrapper,
    CombatEvent,
    Common,
    DamageInfo,
    E,
    Event,
    Location,
    PositionEvent,
    lenient_events,
    parse_json,
    typed_events,
)
from pewstats_assets_tests.fights.events import Wire

some = settings(max_examples=100, deadline=None)

#: Fields of an event that are used, by the type of their values, and one that is not.
TEXTS: Final = ("_T", "_D", "damageTypeCategory", "damageCauserName", "MatchId", "mapName")
FLOATS: Final = ("damage", "elapsedTime")
INT32S: Final = ("numAlivePlayers", "teamSize", "phase")
CHARACTERS: Final = ("attacker", "victim", "finisher", "killer", "reviver", "character")

texts: Final = st.text(max_size=5)
floats: Final = st.floats(-1e9, 1e9) | st.integers(-(10**9), 10**9)
int32s: Final = st.integers(-(2**31), 2**31 - 1)
int64s: Final = st.integers(-(2**63), 2**63 - 1)
event_types: Final = st.sampled_from([CombatEvent, PositionEvent, Event])
odd_values: Final[st.SearchStrategy[Any]] = st.one_of(
    st.none(),
    st.booleans(),
    texts,
    st.sampled_from(
        [0.0, -0.0, 1.0, 1e9, 2**31, -(2**31) - 1, 2**63, 2**64, 10**400, 1e300, math.nan, math.inf, 0.5, -1.5, 1e18]
    ),
    st.sampled_from([[], {}, [None], [[]], [{}], {"x": {}}, {"x": 1}, {"isGame": "1"}, "\ud800", "a\0b"]),
)


def objects(fields: dict[str, st.SearchStrategy[Any]], *, odd: bool) -> st.SearchStrategy[Wire]:
    """Make objects with some of the fields, `odd` ones with any value in one of them."""
    right = st.fixed_dictionaries({}, optional={name: st.none() | values for name, values in fields.items()})
    if not odd:
        return right
    anything = st.dictionaries(st.sampled_from([*fields, "notUsed"]), odd_values, max_size=1)
    return st.builds(lambda object_, replaced: object_ | replaced, right, anything)


def arrays(*, odd: bool) -> st.SearchStrategy[list[Wire]]:
    """Make arrays of events over the used fields, `odd` ones with values of a wrong type in between."""
    of_character = {
        **dict.fromkeys(("name", "accountId", "type"), texts),
        **dict.fromkeys(("teamId", "ranking"), int32s),
        "health": floats,
        "isInBlueZone": st.booleans(),
        "location": objects(dict.fromkeys("xyz", floats), odd=odd),
    }
    characters = objects(of_character, odd=odd)
    wrappers = objects(of_character | {"character": characters}, odd=odd)
    of_event = {
        **dict.fromkeys(TEXTS, texts),
        **dict.fromkeys(FLOATS, floats),
        **dict.fromkeys(INT32S, int32s),
        **dict.fromkeys(CHARACTERS, characters),
        "dBNOId": int64s,
        "finishDamageInfo": objects(dict.fromkeys(("damageTypeCategory", "damageCauserName"), texts), odd=odd),
        "characters": st.lists(wrappers, max_size=2),
        "common": objects({"isGame": floats}, odd=odd),
    }
    return st.lists(objects(of_event, odd=odd), max_size=2)


def write(array: list[Wire], seed: int) -> bytes:
    """Write JSON with its keys in any order, on one line or many, in ASCII or not."""
    random = Random(seed)

    def shuffled(value: object) -> object:
        if isinstance(value, dict):
            return {key: shuffled(value[key]) for key in random.sample(sorted(value), len(value))}
        return [shuffled(one) for one in value] if isinstance(value, list) else value

    indent, ascii_only = random.choice([None, 0, 2]), random.choice([True, False])
    return json.dumps(shuffled(array), indent=indent, ensure_ascii=ascii_only).encode(errors="replace")


def lenient(content: bytes, event_type: type[E]) -> list[dict[str, object]]:
    return [read(event) for event in lenient_events(parse_json(content), event_type)]


def typed(content: bytes, event_type: type[E]) -> list[dict[str, object]]:
    return [read(event) for event in typed_events(content, event_type)]


def read(event: msgspec.Struct) -> dict[str, object]:
    return {name: getattr(event, name) for name in event.__struct_fields__}


@some
@given(arrays(odd=False), event_types, st.integers())
def test_right_types_are_decoded_alike_on_both_ways(array: list[Wire], event_type: type[E], seed: int) -> None:
    content = write(array, seed)
    assert repr(typed(content, event_type)) == repr(lenient(content, event_type))


@some
@given(arrays(odd=True), event_types, st.integers())
def test_fast_way_refuses_a_file_or_gives_what_the_lenient_way_gives(
    array: list[Wire], event_type: type[E], seed: int
) -> None:
    content = write(array, seed)
    try:
        found = typed(content, event_type)
    except REFUSALS:
        return
    assert repr(found) == repr(lenient(content, event_type))


@some
@given(arrays(odd=True), event_types, st.integers())
def test_events_of_one_kind_are_what_events_of_any_kind_are_with_fewer_fields(
    array: list[Wire], event_type: type[E], seed: int
) -> None:
    content = write(array, seed)
    of_any_kind = lenient_events(parse_json(content), Event)
    fewer = [{name: getattr(event, name) for name in event_type.__struct_fields__} for event in of_any_kind]
    assert repr(lenient(content, event_type)) == repr(fewer)


@pytest.mark.parametrize(
    ("field", "written", "value"),
    [
        ("damage", "5", 5.0),
        ("damage", "-0.5", -0.5),
        ("damage", "1e9", 1e9),
        ("damage", "1000000001", None),
        ("damage", "-1e300", None),
        ("damage", "1e999", None),
        ("damage", "NaN", None),
        ("damage", "-Infinity", None),
        ("damage", "1" + "0" * 400, None),
        ("damage", '"5"', None),
        ("damage", "true", None),
        ("damage", "[5]", None),
        ("phase", "2147483647", 2_147_483_647),
        ("phase", "-2147483648", -2_147_483_648),
        ("phase", "2147483648", None),
        ("phase", "-2147483649", None),
        ("phase", "3.0", 3),
        ("phase", "3.5", None),
        ("phase", "NaN", None),
        ("phase", '"3"', None),
        ("phase", "false", None),
        ("dBNOId", "9223372036854775807", 9_223_372_036_854_775_807),
        ("dBNOId", "9223372036854775808", None),
        ("dBNOId", "99999999999999999999999999", None),
        ("mapName", '"Vikendi"', "Vikendi"),
        ("mapName", "5", None),
        ("mapName", f'"{"x" * 500}"', "x" * 500),
        ("mapName", f'"{"x" * 501}"', None),
        ("mapName", "{}", None),
        ("mapName", r'"a\ud800z"', "a\ufffdz"),
        ("mapName", r'"\ud83d\ude00"', "\N{GRINNING FACE}"),
        ("victim", "5", None),
        ("victim", "[]", None),
        ("victim", "[1, 2, 3]", None),
        ("victim", '"somebody"', None),
        ("victim", "{}", Character()),
        ("victim", '{"name": "a", "teamId": "1"}', Character(name="a")),
        ("victim", '{"location": [1, 2, 3]}', Character()),
        ("victim", '{"location": {"x": 1, "y": "2"}}', Character(location=Location(x=1.0))),
        ("victim", '{"isInBlueZone": true}', Character(isInBlueZone=True)),
        ("victim", '{"isInBlueZone": false}', Character(isInBlueZone=False)),
        ("victim", '{"isInBlueZone": 1}', Character()),
        ("victim", '{"isInBlueZone": "true"}', Character()),
        ("victim", '{"health": true}', Character()),
        ("finishDamageInfo", '{"damageTypeCategory": 5}', DamageInfo()),
        ("finishDamageInfo", '{"damageTypeCategory": "Damage_Gun"}', DamageInfo("Damage_Gun")),
        ("finishDamageInfo", "true", None),
        ("common", '"lobby"', None),
        ("common", '{"isGame": 0.5}', Common(isGame=0.5)),
        ("common", '{"isGame": "0.5"}', Common()),
        ("characters", "{}", None),
        ("characters", '[{"character": {"name": "a"}}]', [CharacterWrapper(character=Character(name="a"))]),
    ],
)
def test_value_of_the_wrong_type_is_absent(field: str, written: str, value: object) -> None:
    content = f'[{{"{field}": {written}}}]'.encode()
    (event,) = lenient(content, Event)
    assert repr(event[field]) == repr(value)


def test_element_that_is_no_object_is_no_event() -> None:
    events = lenient_events(parse_json(b'[null, 5, "event", [], {"_T": "a"}]'), Event)
    assert [event.type for event in events] == [None, None, None, None, "a"]


def test_the_last_of_two_equal_keys_counts_on_both_ways() -> None:
    content = b'[{"victim": {"name": "a"}, "victim": {"teamId": 1}, "damage": 1, "damage": 2}]'
    assert typed(content, Event) == lenient(content, Event)
    assert (typed(content, Event)[0]["victim"], typed(content, Event)[0]["damage"]) == (Character(teamId=1), 2.0)


def test_character_in_a_list_has_a_wrapper_or_not() -> None:
    content = b'[{"characters": [null, 5, {"name": "a"}, {"character": {"name": "b"}}]}]'
    (event,) = lenient_events(parse_json(content), Event)
    assert event.characters == [CharacterWrapper(name="a"), CharacterWrapper(character=Character(name="b"))]
