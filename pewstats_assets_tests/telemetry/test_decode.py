"""From bytes to typed frames: what is in them, what is left out of them, and what cannot be decoded at all."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pewstats_assets.limits import Limits
from pewstats_assets.telemetry import (
    BrokenTelemetryError,
    MatchTelemetry,
    Reason,
    RegisteredFile,
    TelemetryFile,
    checksum,
    decode_bytes,
    decode_file,
    decode_registered,
    frames,
)
from pewstats_assets.telemetry.identity import MatchObject
from pewstats_assets_tests.fights.events import METRE, Wire, as_json, at, damage, kill, knock, player
from pewstats_assets_tests.telemetry.wire import (
    MATCH_ID,
    OTHER_ID,
    UNTOLD,
    definition,
    event,
    gzipped,
    match_object,
)

IN_PATH: Final = Path(f"{MATCH_ID}.json")
API: Final = MatchObject("custom", "duo", "Tiger_Main", datetime(2025, 7, 12, 17, 30, tzinfo=UTC))


def start(seconds: float = 60, **fields: object) -> Wire:
    return event("LogMatchStart", seconds, **{"mapName": "Baltic_Main", "teamSize": 4, "characters": []} | fields)


def created(written: str, **changes: object) -> Wire:
    return event("LogPlayerCreate", character=player(written) | changes)


def decode(*events: object, path: Path = IN_PATH, api: MatchObject | None = None) -> MatchTelemetry:
    return decode_bytes(as_json(*events), path, api)


def facts(*events: object, path: Path = IN_PATH, api: MatchObject | None = None) -> dict[str, Any]:
    return decode(*events, path=path, api=api).facts.row(0, named=True)


MATCH: Final = as_json(
    definition(),
    created("a1@1"),
    start(characters=[{"character": player("a1@1")}, player("b1@2")]),
    event("LogPhaseChange", phase=1),
    event("LogPlayerPosition", character=player("a1@1"), elapsedTime=12.5, numAlivePlayers=2),
    damage(61, "a1@1", "b1@2", 50.5),
    knock(62, "a1@1", "b1@2"),
    kill(63, "a1@1", "b1@2"),
)


# Files that cannot be decoded


@pytest.mark.parametrize(
    ("content", "reason", "detail"),
    [
        (b"", Reason.BROKEN_JSON, "Not JSON, or cut off"),
        (MATCH[:-1], Reason.BROKEN_JSON, "Not JSON, or cut off"),
        (MATCH[: len(MATCH) // 2], Reason.BROKEN_JSON, "Not JSON, or cut off"),
        (MATCH + b"x", Reason.BROKEN_JSON, "trailing characters"),
        (b"<html><body>Not Found</body></html>", Reason.BROKEN_JSON, "(byte 0)"),
        (b'[{"_T": "LogHeal"},]', Reason.BROKEN_JSON, "(byte 19)"),
        (MATCH.replace(b"a1", b"\xff\xfe"), Reason.BROKEN_JSON, "Not JSON, or cut off"),
        (b"[" * 100_000, Reason.TOO_DEEP, "nested too deeply"),
        (b'[{"notUsed": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]", Reason.TOO_DEEP, "nested too deeply"),
        (b'[{"characters": ' + b'[{"character": ' * 100_000, Reason.TOO_DEEP, "nested too deeply"),
        (b"{}", Reason.NOT_AN_ARRAY, "The JSON is an object instead of the array of events"),
        (b'{"errors": [{"title": "Not Found"}]}', Reason.NOT_AN_ARRAY, "an object"),
        (b"null", Reason.NOT_AN_ARRAY, "a single value"),
        (b"5", Reason.NOT_AN_ARRAY, "a single value"),
        (b'"<html>"', Reason.NOT_AN_ARRAY, "a single value"),
        (gzipped(MATCH)[:-20], Reason.BROKEN_GZIP, "cut off after"),
        (gzipped(MATCH[:-1]), Reason.BROKEN_JSON, "Not JSON, or cut off"),
        (gzipped(MATCH, 3), Reason.BROKEN_JSON, "(byte 0)"),
    ],
    ids=[
        *("empty", "cut by one", "cut in half", "trailing garbage", "HTML", "trailing comma", "not UTF-8", "deep"),
        *("deep in an unused field", "deep in a used field", "object", "error", "null", "number", "text"),
        *("cut gzip", "gzip of cut JSON", "three layers"),
    ],
)
def test_broken_file_is_refused_with_reason_and_detail(content: bytes, reason: Reason, detail: str) -> None:
    with pytest.raises(BrokenTelemetryError) as broken:
        decode_bytes(content, IN_PATH)
    assert broken.value.reason is reason
    assert detail in broken.value.detail


@pytest.mark.parametrize(
    ("content", "offset"),
    [
        (b"", 0),
        (MATCH[:-1], len(MATCH) - 1),
        (MATCH[:200], 200),
        (MATCH + b"x", len(MATCH) + 1),  # behind the byte that the parser read
        (MATCH.replace(b'"damage":50.5', b'"damage":5o.5'), MATCH.index(b"50.5") + 1),
        (MATCH.replace(b"b1", b"b\xff"), MATCH.index(b"b1") + 1),
        (gzipped(MATCH.replace(b'"damage":50.5', b'"damage":5o.5')), MATCH.index(b"50.5") + 1),
        (gzipped(MATCH)[:-20], len(gzipped(MATCH)) - 20),
        (gzipped(gzipped(MATCH)[:-20]), None),
        (b"{}", None),
        (b"[" * 100_000, None),
    ],
    ids=[
        *("empty", "cut by one", "cut in half", "trailing garbage", "damaged", "not UTF-8", "damaged, gzipped"),
        *("cut gzip", "cut gzip inside a gzip", "object", "deep"),
    ],
)
def test_broken_file_is_refused_with_the_place_in_the_json_or_in_the_gzip(content: bytes, offset: int | None) -> None:
    with pytest.raises(BrokenTelemetryError) as broken:
        decode_bytes(content, IN_PATH)
    assert broken.value.byte_offset == offset


# Limits


def nested(levels: int) -> object:
    """Make arrays in arrays."""
    value: list[object] = []
    for _ in range(levels - 1):
        value = [value]
    return value


#: A match nested in so many levels, where they are parsed, and the bytes of it.
DEEP: Final = {
    "in a field that is not used, of an event that is": lambda levels: as_json(
        definition(), damage(1, "a@1", "b@2") | {"other": nested(levels - 2)}
    ),
    "in a field that is used": lambda levels: as_json(
        definition(), damage(1, "a@1", "b@2") | {"attacker": nested(levels - 2)}
    ),
    "written in another way": lambda levels: b" " + as_json(definition(), event("LogHeal", a=nested(levels - 2))),
}


@pytest.mark.parametrize("where", DEEP)
def test_as_many_levels_as_the_limit_allows_are_decoded_and_no_more(where: str) -> None:
    content = DEEP[where](30)
    assert decode_bytes(content, IN_PATH, limits=Limits(nesting=30)).match_id == MATCH_ID
    with pytest.raises(BrokenTelemetryError, match="more than 29 levels") as broken:
        decode_bytes(content, IN_PATH, limits=Limits(nesting=29))
    assert broken.value.reason is Reason.TOO_DEEP


def test_levels_of_an_event_that_nobody_uses_are_harmless() -> None:
    deep = b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b',"_T":"LogHeal"}'
    content = as_json(definition(), event("LogHeal"))[:-1] + b"," + deep + b"]"
    assert decode_bytes(content, IN_PATH).facts["event_count"].to_list() == [3]


@pytest.mark.parametrize("field", ["attacker", "other"])
@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
@pytest.mark.parametrize("limits", [Limits(), Limits(nesting=1_000_000)], ids=["default", "beyond the parsers"])
def test_levels_that_no_parser_can_go_down_are_refused(field: str, opening: bytes, limits: Limits) -> None:
    closing = b"]" if opening == b"[" else b"}"
    deep = b'"%b":%b1%b,"_D"' % (field.encode(), opening * 100_000, closing * 100_000)
    content = as_json(definition(), damage(1, "a@1", "b@2")).replace(b'"common":{"isGame":1.0},"_D"', deep)
    with pytest.raises(BrokenTelemetryError) as broken:
        decode_bytes(content, IN_PATH, limits=limits)
    assert broken.value.reason is Reason.TOO_DEEP


@pytest.mark.parametrize(
    "content",
    [b"[" + b",".join([b"{}"] * 50) + b"]", b"[" + b",".join([b"1"] * 100) + b"]", b"[" + b"[]," * 50 + b"1]"],
    ids=["objects", "numbers", "arrays"],
)
def test_more_values_than_the_limit_allows_are_refused(content: bytes) -> None:
    assert decode_bytes(content, IN_PATH, limits=Limits(values=101)).match_id == MATCH_ID
    with pytest.raises(BrokenTelemetryError, match="More than 99 JSON values") as broken:
        decode_bytes(content, IN_PATH, limits=Limits(values=99))
    assert broken.value.reason is Reason.TOO_LARGE


def test_events_as_published_are_limited_too() -> None:
    content = as_json(definition(), *[event("LogHeal")] * 99)
    assert decode_bytes(content, IN_PATH, limits=Limits(values=400)).facts["event_count"].to_list() == [100]
    with pytest.raises(BrokenTelemetryError, match="More than 99 JSON values"):
        decode_bytes(content, IN_PATH, limits=Limits(values=99))


some = settings(max_examples=150, deadline=None)
positions: Final = st.integers(0, 2**16)
pieces: Final = st.binary(max_size=4) | st.sampled_from([b"[", b"{", b'"', b"null", b"1e999", b"NaN", b",", rb"\ud800"])


def _flip(content: bytes, position: int, piece: bytes) -> bytes:
    position %= len(content) or 1
    return content[:position] + piece + content[position + len(piece) :]


def _insert(content: bytes, position: int, piece: bytes) -> bytes:
    position %= len(content) + 1
    return content[:position] + piece + content[position:]


def _cut(content: bytes, position: int, _: bytes) -> bytes:
    return content[: position % (len(content) + 1)]


def _cut_out(content: bytes, position: int, piece: bytes) -> bytes:
    position %= len(content) + 1
    return content[:position] + content[position + 8 * len(piece) :]


mutations: Final = st.lists(
    st.tuples(st.sampled_from([_flip, _flip, _insert, _cut_out, _cut]), positions, pieces), max_size=3
)


def matches_or_reason(content: bytes) -> int | Reason:
    """Decode, and return the number of matches in it or the reason why there is none."""
    try:
        return decode_bytes(content, IN_PATH).facts.height
    except BrokenTelemetryError as error:
        return error.reason


@some
@given(st.sampled_from([MATCH, gzipped(MATCH), gzipped(MATCH, 2), b"[]", gzipped(b"[]")]), mutations)
def test_any_bytes_are_decoded_or_refused(
    content: bytes, mutated: list[tuple[Callable[[bytes, int, bytes], bytes], int, bytes]]
) -> None:
    for mutate, position, piece in mutated:
        content = mutate(content, position, piece)
    assert matches_or_reason(content) in {1, *Reason}


# Oddities that are no reason to refuse a file


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + MATCH,
        b" \n" + MATCH + b"\n\n",
        json.dumps(json.loads(MATCH), indent=4).encode(),
        gzipped(MATCH),
        gzipped(MATCH, 2),
        gzipped(MATCH[:100]) + gzipped(MATCH[100:]),
    ],
    ids=["byte order mark", "white space", "pretty-printed", "gzip", "gzip twice", "gzip of two members"],
)
def test_way_of_writing_changes_nothing(content: bytes) -> None:
    plain, other = decode_bytes(MATCH, IN_PATH), decode_bytes(content, IN_PATH)
    assert other.combat.equals(plain.combat)
    assert other.facts.equals(plain.facts)


@pytest.mark.parametrize("odd", ["NaN", "1e999", "-Infinity", '"5"', "true", "null", "[5]", "1" + "0" * 400])
def test_damage_that_is_no_number_is_null_and_the_rest_of_the_file_as_it_is(odd: str) -> None:
    content = as_json(damage(0, "a1@1", "b1@2", 5), damage(1, "a1@1", "b1@2", 6)).replace(
        b'"damage":5', b'"damage":%b' % odd.encode()
    )
    assert decode_bytes(content, IN_PATH).combat["damage"].to_list() == [None, 6]


@pytest.mark.parametrize("team", [2**31, -(2**31) - 1, 2**63, 1.5, "1"])
def test_team_id_that_postgresql_could_not_store_is_null(team: object) -> None:
    combat = decode(knock(0, player("a1@1") | {"teamId": team}, "b1@2")).combat
    assert combat.select("actor_team_id", "victim_team_id").row(0) == (None, 2)


@pytest.mark.parametrize(
    ("name", "stored"), [("a\0b", "a\ufffdb"), ("a\ud800b", "a\ufffdb"), ("a\U0001f600b", "a\U0001f600b")]
)
def test_name_is_text_that_postgresql_can_store(name: str, stored: str) -> None:
    somebody = player("a1@1") | {"name": name}
    match = decode(definition(), knock(0, somebody, "b1@2"), event("LogPlayerPosition", character=somebody))
    assert match.combat["actor_name"].to_list() == match.positions["player_name"].to_list() == [stored]


def test_type_that_is_counted_as_unknown_is_text_that_postgresql_can_store() -> None:
    assert facts(event("Log\0New"))["unknown_event_types"] == ["Log\ufffdNew"]


# Frames


@pytest.mark.parametrize("content", [MATCH, b"[]"], ids=["match", "no events"])
def test_frames_have_exactly_their_columns(content: bytes) -> None:
    telemetry = decode_bytes(content, IN_PATH)
    assert telemetry.combat.schema == frames.COMBAT
    assert telemetry.positions.schema == frames.POSITIONS
    assert telemetry.rosters.schema == frames.ROSTERS
    assert telemetry.phases.schema == frames.PHASES
    assert telemetry.facts.schema == frames.FACTS


def test_damage_has_all_columns() -> None:
    outside = player("a1@1", (1, 2, 3)) | {"isInBlueZone": False}
    hit = damage(5, outside, player("b1@2", (4, 5, 6)), 50.5)
    more = {"damageTypeCategory": "Damage_Gun", "damageCauserName": "WeapAK47_C"}
    assert decode(None, hit | more).combat.row(0, named=True) == {
        "event_index": 1,
        "time": at(5),
        "kind": "damage",
        "actor_name": "a1",
        "actor_account_id": "account.a1",
        "actor_team_id": 1,
        "actor_x": 1 * METRE,
        "actor_y": 2 * METRE,
        "actor_z": 3 * METRE,
        "actor_in_blue_zone": False,
        "victim_name": "b1",
        "victim_account_id": "account.b1",
        "victim_team_id": 2,
        "victim_x": 4 * METRE,
        "victim_y": 5 * METRE,
        "victim_z": 6 * METRE,
        "victim_in_blue_zone": None,
        "damage": 50.5,
        "damage_type": "Damage_Gun",
        "damage_causer": "WeapAK47_C",
        "dbno_id": None,
    }


@pytest.mark.parametrize(
    ("event_type", "kind", "actor"),
    [
        ("LogPlayerTakeDamage", "damage", "attacker"),
        ("LogPlayerMakeGroggy", "knock", "attacker"),
        ("LogPlayerKillV2", "kill", "finisher"),
        ("LogPlayerKill", "kill_v1", "killer"),
        ("LogPlayerRevive", "revive", "reviver"),
    ],
)
def test_actor_is_who_did_it_by_kind_of_event(event_type: str, kind: str, actor: str) -> None:
    roles = ("attacker", "finisher", "killer", "reviver", "dBNOMaker", "victim")
    wire = event(event_type, dBNOId=7) | {role: player(f"{role}@1") for role in roles}
    combat = decode(wire).combat
    assert combat.select("kind", "actor_name", "victim_name", "dbno_id").row(0) == (kind, actor, "victim", 7)


@pytest.mark.parametrize("blow", [{"damageTypeCategory": "Damage_Molotov", "damageCauserName": "BattleRoyale"}, {}])
def test_damage_of_a_kill_is_that_of_the_last_blow(blow: Wire) -> None:
    killed = kill(5, "a1@1", "b1@2") | {"finishDamageInfo": blow, "killerDamageInfo": {"damageTypeCategory": "other"}}
    combat = decode(killed).combat
    assert combat.select("damage_type", "damage_causer").row(0) == (*blow.values(), None, None)[:2]


def test_kill_of_an_old_file_has_its_damage_itself() -> None:
    killed = event("LogPlayerKill", damageTypeCategory="Damage_Gun", damageCauserName="WeapAK47_C")
    assert decode(killed).combat.select("damage_type", "damage_causer").row(0) == ("Damage_Gun", "WeapAK47_C")


@pytest.mark.parametrize(("written", "in_blue_zone"), [("true", True), ("false", False), ("1", None), ("null", None)])
def test_blue_zone_is_what_the_event_says(written: str, in_blue_zone: bool | None) -> None:  # noqa: FBT001
    seen = player("a1@1") | {"isInBlueZone": "here"}
    content = as_json(knock(0, seen, "b1@2"), event("LogPlayerPosition", character=seen))
    match = decode_bytes(content.replace(b'"here"', written.encode()), IN_PATH)
    assert match.combat["actor_in_blue_zone"].to_list() == [in_blue_zone]
    assert match.positions["in_blue_zone"].to_list() == [in_blue_zone]


def test_combat_is_in_file_order_whatever_its_kinds_and_times() -> None:
    combat = decode(kill(9, "a@1", "b@2"), None, knock(8, "a@1", "b@2"), damage(7, "a@1", "b@2")).combat
    assert combat.select("event_index", "kind").rows() == [(0, "kill"), (2, "knock"), (3, "damage")]


@pytest.mark.parametrize(
    "location", [{"x": 1, "y": 2}, {"x": 1, "y": 2, "z": None}, {"x": 1, "y": "2", "z": 3}, {}, None]
)
def test_coordinates_are_null_together(location: object) -> None:
    combat = decode(knock(0, player("a1@1") | {"location": location}, "b1@2")).combat
    assert combat.select("actor_x", "actor_y", "actor_z").row(0) == (None, None, None)


def test_side_that_is_null_has_nothing() -> None:
    combat = decode(knock(0, "a1@1", "b1@2") | {"attacker": None}).combat
    assert combat.select(pl.col("^actor_.*$")).row(0) == (None,) * 7


def test_position_has_all_columns() -> None:
    seen = player("a1@1", (1, 2, 3)) | {"health": 99.5, "isInBlueZone": True}
    wire = event("LogPlayerPosition", 5, character=seen, elapsedTime=12.5, numAlivePlayers=60)
    assert decode(wire).positions.row(0, named=True) == {
        "event_index": 0,
        "time": at(5),
        "player_name": "a1",
        "player_account_id": "account.a1",
        "team_id": 1,
        "x": 1 * METRE,
        "y": 2 * METRE,
        "z": 3 * METRE,
        "in_blue_zone": True,
        "health": 99.5,
        "elapsed_seconds": 12.5,
        "alive_players": 60,
    }


@pytest.mark.parametrize(
    ("common", "is_closing"), [({"isGame": 3.0}, True), ({"isGame": 3}, True), ({"isGame": 2.5}, False), (None, False)]
)
def test_phase_closes_once_the_match_is_in_it(common: Wire | None, is_closing: bool) -> None:  # noqa: FBT001
    phases = decode(event("LogPhaseChange", 5, phase=3) | {"common": common}).phases
    assert phases.rows() == [(0, at(5), 3, is_closing)]


# Rosters


def roster(*events: object) -> list[tuple[object, ...]]:
    return decode(*events).rosters.rows()


@pytest.mark.parametrize("event_type", ["LogMatchStart", "LogMatchEnd"])
@pytest.mark.parametrize("wrapped", [{"character": player("a1@1")}, player("a1@1")], ids=["wrapper", "plain"])
def test_characters_are_read_plain_or_in_a_wrapper(event_type: str, wrapped: Wire) -> None:
    assert roster(event(event_type, characters=[wrapped])) == [("account.a1", "a1", 1, False, None)]


def test_the_last_sighting_of_an_account_counts() -> None:
    end = event("LogMatchEnd", 9, characters=[player("c1@3")])
    begin = start(1, characters=[player("c1@2"), player("b1@2")])
    rows = roster(end, created("a1@1"), created("b1@1"), created("c1@1"), begin)
    assert [(row[1], row[2]) for row in rows] == [("a1", 1), ("b1", 2), ("c1", 3)]


@pytest.mark.parametrize(
    ("changes", "is_bot"),
    [({"accountId": "ai.7"}, True), ({"type": "user_ai"}, True), ({"type": "user"}, False), ({"name": "ai_7"}, False)],
)
def test_bots_are_told_by_account_or_type(changes: Wire, is_bot: bool) -> None:  # noqa: FBT001
    assert [row[3] for row in roster(created("a1@1", **changes))] == [is_bot]


@pytest.mark.parametrize("account", ["", None, 5])
def test_character_without_account_is_in_no_roster(account: object) -> None:
    assert roster(created("a1@1", accountId=account)) == []


@pytest.mark.parametrize(("ranking", "team_rank"), [(7, 7), (0, None), (None, None)])
def test_rank_is_that_of_the_end_of_the_match_where_it_says(ranking: int | None, team_rank: int | None) -> None:
    begin = start(characters=[player("a1@1") | {"ranking": 99}])
    end = event("LogMatchEnd", characters=[{"character": player("a1@1") | {"ranking": ranking}}])
    assert [row[4] for row in roster(begin, end)] == [team_rank]


# Facts


def test_facts_are_the_telemetrys_own() -> None:
    own = facts(definition(), damage(1, "a1@1", "b1@2"), start(60))
    assert own == {
        "match_id": MATCH_ID,
        "map_name": "Baltic_Main",
        "game_mode": "squad-fpp",
        "match_type": "competitive",
        "match_datetime": at(60),
        "started_at": at(60),
        "team_size": 4,
        "event_count": 3,
        "unknown_event_count": 0,
        "unknown_event_types": [],
        "undated_event_count": 0,
    }


def test_facts_of_the_match_object_go_before_the_telemetrys() -> None:
    found = facts(definition(), start(60), api=API)
    of_api = {"map_name": "Tiger_Main", "game_mode": "duo", "match_type": "custom", "match_datetime": API.created_at}
    assert found == facts(definition(), start(60)) | of_api


def test_match_object_without_facts_leaves_them_to_the_telemetry() -> None:
    nothing = MatchObject(None, None, None, None)
    assert facts(definition(), start(60), api=nothing) == facts(definition(), start(60))


def test_match_without_start_has_the_time_of_its_first_dated_event() -> None:
    found = facts(damage(9, "a1@1", "b1@2"), knock(5, "a1@1", "b1@2"))
    assert (found["match_datetime"], found["started_at"], found["team_size"]) == (at(5), None, None)


def test_match_without_a_used_event_has_no_time() -> None:
    assert facts(event("LogHeal", 5))["match_datetime"] is None


@pytest.mark.parametrize(
    ("events", "path", "match_id"),
    [
        ([definition()], Path(f"{OTHER_ID}.json"), MATCH_ID),
        ([definition(MATCH_ID.upper())], UNTOLD, MATCH_ID),
        ([event("LogHeal"), definition()], UNTOLD, MATCH_ID),
        ([definition("no uuid"), definition()], UNTOLD, MATCH_ID),
        ([definition("no uuid")], Path(f"{OTHER_ID}.json"), OTHER_ID),
        ([], Path(f"matchID={OTHER_ID.upper()}/raw.json.gz"), OTHER_ID),
        ([], UNTOLD, None),
    ],
    ids=["before the path", "upper case", "not the first", "the second", "path", "folder", "nowhere"],
)
def test_match_id_is_the_definitions_else_the_paths(events: list[Wire], path: Path, match_id: str | None) -> None:
    telemetry = decode(*events, path=path)
    assert telemetry.match_id == match_id
    assert telemetry.facts["match_id"].to_list() == [match_id]


def test_events_of_unknown_types_are_counted_and_named() -> None:
    untyped: list[object] = [{"_T": 5}, {}, None, 5]
    found = facts(event("LogNew"), event("LogHeal"), event("LogNew"), *untyped, event("LogAlsoNew"))
    assert (found["event_count"], found["unknown_event_count"]) == (8, 7)
    assert found["unknown_event_types"] == ["", "LogAlsoNew", "LogNew"]


def test_no_more_than_20_unknown_types_are_named() -> None:
    found = facts(*(event(f"LogNew{number:02}") for number in range(25)))
    assert found["unknown_event_count"] == 25
    assert found["unknown_event_types"] == [f"LogNew{number:02}" for number in range(20)]


@pytest.mark.parametrize("time", ["", "yesterday", "2025-07-12T17:00:60Z", "0001-01-01T00:00:00+14:00", 5, None])
def test_used_events_without_a_time_are_counted_and_left_out(time: object) -> None:
    undated = {"_D": time}
    used, unused = (knock(0, "a1@1", "b1@2"), damage(0, "a1@1", "b1@2")), event("LogHeal")
    telemetry = decode(*(one | undated for one in (*used, unused)))
    assert telemetry.facts["undated_event_count"].to_list() == [2]
    assert telemetry.combat.height == 0
    assert telemetry.facts["started_at"].to_list() == [None]


# Files


def test_file_is_decoded_with_the_match_object_beside_it(tmp_path: Path) -> None:
    path, api = tmp_path / f"{MATCH_ID}.json.gz", tmp_path / f"{MATCH_ID}.match.json"
    path.write_bytes(gzipped(MATCH))
    api.write_text(json.dumps(match_object(mapName="Tiger_Main")))
    telemetry = decode_file(TelemetryFile(path, api))
    assert telemetry.facts.select("match_id", "map_name", "game_mode").row(0) == (MATCH_ID, "Tiger_Main", "squad-fpp")


def test_file_is_decoded_by_itself_where_the_match_object_is_broken(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path, api = tmp_path / f"{MATCH_ID}.json", tmp_path / f"{MATCH_ID}.match.json"
    path.write_bytes(MATCH)
    api.write_text("<html>")
    assert decode_file(TelemetryFile(path, api)).facts["map_name"].to_list() == ["Baltic_Main"]
    assert f"{api} is passed over" in caplog.text


# Registered files


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"[]", f"{MATCH_ID}.json", Reason.NO_EVENTS),
        (as_json(definition()), f"{MATCH_ID}.json", Reason.NO_EVENTS),
        (as_json(start(), start()), "untold.json", Reason.NO_MATCH_ID),
        (as_json(start(), start()), f"{OTHER_ID}.json", Reason.WRONG_MATCH_ID),
        (b"", f"{MATCH_ID}.json", Reason.EMPTY_FILE),
    ],
)
def test_registered_file_that_is_not_that_match_is_refused(
    tmp_path: Path, content: bytes, name: str, reason: Reason
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BrokenTelemetryError) as broken:
        decode_registered(RegisteredFile(tmp_path / name, None, MATCH_ID, None))
    assert broken.value.reason is reason


def test_registered_file_that_has_changed_is_refused(tmp_path: Path) -> None:
    (tmp_path / "any.json").write_bytes(MATCH)
    with pytest.raises(BrokenTelemetryError) as broken:
        decode_registered(RegisteredFile(tmp_path / "any.json", None, MATCH_ID, "0" * 64))
    assert broken.value.reason is Reason.FILE_CHANGED


@pytest.mark.parametrize("registered", [None, checksum(MATCH)])
def test_registered_file_is_decoded(tmp_path: Path, registered: str | None) -> None:
    (tmp_path / "any.json").write_bytes(MATCH)
    telemetry = decode_registered(RegisteredFile(tmp_path / "any.json", None, MATCH_ID, registered))
    assert telemetry.match_id == MATCH_ID
