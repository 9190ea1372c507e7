"""What each column says, by small cases: the limits are inclusive."""

import json

import pytest

from pewstats_assets_tests.fights.events import Wire, at, damage, kill, knock, player
from pewstats_assets_tests.fights.participation.examples import (
    AK47,
    M416,
    describe,
    knocks_in,
    numbered,
    revive,
    some,
)

FATES = (
    "enemy_knocks",
    "knocks_finished_by_self",
    "knocks_finished_by_team",
    "knocks_finished_by_others",
    "knocks_revived",
    "knocks_bled_out",
)
TRADES = ("trade_opportunities", "trades_by_self", "trades_by_team")
FIRST_HIT = ("first_hit_at", "dealt_first_hit", "took_first_hit", "first_hit_distance_m")


def finish(seconds: float = 30) -> list[Wire]:
    """Two knocks that make a fight of what happens between teams 1 and 2."""
    return [knock(seconds, "x1@1", "y2@2"), knock(seconds, "x1@1", "z2@2")]


# First hits


def test_first_hits_are_of_the_fight_and_of_each_player() -> None:
    far = player("b@2", (30.0, 40.0, 0.0))
    fought = describe(damage(1, "a@1", far), damage(2, "b@2", "c@1"), damage(5, "c@1", "b@2"), *finish())
    assert some(fought["a"], *FIRST_HIT) == (at(1), True, False, 50.0)
    assert some(fought["b"], *FIRST_HIT) == (at(1), False, True, 0.0)
    assert some(fought["c"], *FIRST_HIT) == (at(2), False, False, 0.0)
    assert some(fought["x1"], *FIRST_HIT) == (None, False, False, None)


def test_first_of_hits_at_one_time_is_the_first_in_the_file() -> None:
    fought = describe(damage(1, "b@2", "a@1"), damage(1, "a@1", "b@2"), *finish())
    assert (fought["a"]["dealt_first_hit"], fought["b"]["dealt_first_hit"]) == (False, True)


def test_hit_on_a_namesake_was_dealt() -> None:
    fought = describe(damage(1, "a@1", "a@2"), *finish())
    assert some(fought["a"], "dealt_first_hit", "took_first_hit") == (True, False)


def test_fight_without_a_hit_has_no_first_one() -> None:
    fought = describe(damage(1, "a@1", "b@2", 0), damage(2, "a@1", "c@1", 9), *finish())
    for row in fought.values():
        assert some(row, *FIRST_HIT, "joined_late") == (None, None, None, None, None)


def test_first_hit_without_a_place_has_no_distance() -> None:
    fought = describe(damage(1, "a@1", player("b@2", None)), damage(2, "a@1", "b@2"), *finish())
    assert fought["a"]["first_hit_distance_m"] is None


def test_third_party_joined_late_if_the_first_hit_was_between_others() -> None:
    fought = describe(damage(1, "a@1", "b@2"), damage(9, "c@3", "a@1"), *finish())
    assert {name: row["joined_late"] for name, row in fought.items()} == {
        **dict.fromkeys(["a", "b", "x1", "y2", "z2"], False),
        "c": True,
    }


# Damage


def test_damage_is_split_by_the_state_of_the_victim_just_before() -> None:
    fought = describe(
        damage(1, "a@1", "b@2", 60),
        damage(2, "a@1", "b@2", 40),
        knock(2, "a@1", "b@2"),
        damage(3, "a@1", "b@2", 25),
        revive(4, "c@2", "b@2"),
        damage(5, "a@1", "b@2", 5),
        knock(6, "a@1", "b@2"),
    )
    assert some(fought["a"], "damage_to_standing", "damage_to_knocked") == (105.0, 25.0)
    assert some(fought["b"], "damage_to_standing", "damage_to_knocked") == (0.0, 0.0)


def test_knocked_by_the_environment_or_before_the_fight_is_knocked() -> None:
    sentinel = {"name": "", "accountId": "", "teamId": 0}
    fought = describe(knock(-500, sentinel, "b@2"), damage(1, "a@1", "b@2", 25), *finish())
    assert some(fought["a"], "damage_to_standing", "damage_to_knocked") == (0.0, 25.0)


def test_damage_by_weapon_is_json_of_hits_most_first() -> None:
    fought = describe(
        damage(1, "a@1", "b@2", 20) | AK47,
        damage(2, "a@1", "b@2", 30.5) | M416,
        damage(3, "a@1", "c@2", 21.5) | AK47,
        damage(4, "a@1", "d@1", 90) | M416,
        damage(5, "a@1", "b@2", 1),
        *finish(),
    )
    assert json.loads(fought["a"]["damage_by_weapon"]) == [
        {"weapon": "WeapAK47_C", "damage": 41.5},
        {"weapon": "WeapHK416_C", "damage": 30.5},
        {"weapon": None, "damage": 1.0},
    ]
    assert fought["b"]["damage_by_weapon"] is None


def test_weapon_is_any_text() -> None:
    odd = 'a"\\\n{€'
    fought = describe(damage(1, "a@1", "b@2", 20) | {"damageCauserName": odd}, *finish())
    assert json.loads(fought["a"]["damage_by_weapon"]) == [{"weapon": odd, "damage": 20.0}]


# What became of knocks


def end(blow: str = "Damage_Gun", **fields: object) -> Wire:
    return {"finishDamageInfo": {"damageTypeCategory": blow}, **fields}


@pytest.mark.parametrize(
    ("ended", "fate", "counted"),
    [
        (kill(9, "a@1", "b@2") | end(), "finished", (1, 1, 0, 0, 0, 0)),
        (kill(9, "a@1", "b@2"), "finished", (1, 1, 0, 0, 0, 0)),
        (kill(9, "m@1", "b@2") | end(), "finished", (1, 0, 1, 0, 0, 0)),
        (kill(9, "e@3", "b@2") | end(), "finished", (1, 0, 0, 1, 0, 0)),
        (kill(9, "y@2", "b@2") | end(), "finished", (1, 0, 0, 1, 0, 0)),
        (revive(9, "y@2", "b@2"), "revived", (1, 0, 0, 0, 1, 0)),
        (revive(9, "b@2", "b@2"), "revived", (1, 0, 0, 0, 1, 0)),
        (kill(9, "", "b@2") | {"finisher": None}, "bled_out", (1, 0, 0, 0, 0, 1)),
        (kill(9, {"name": "", "accountId": "", "teamId": 0}, "b@2"), "bled_out", (1, 0, 0, 0, 0, 1)),
        (kill(9, "b@2", "b@2") | end("Damage_Instant_Fall"), "bled_out", (1, 0, 0, 0, 0, 1)),
        (kill(9, "a@1", "b@2") | end("Damage_DBNO"), "bled_out", (1, 0, 0, 0, 0, 1)),
        (kill(9, "a@1", "b@2") | end("Damage_Groggy"), "bled_out", (1, 0, 0, 0, 0, 1)),
        (kill(9, "a@1", "b@2") | end("Damage_BlueZone"), "bled_out", (1, 0, 0, 0, 0, 1)),
        (kill(9, "a@1", "b@2") | {"_T": "LogPlayerKill", "killer": player("a@1")}, "finished", (1, 1, 0, 0, 0, 0)),
    ],
)
def test_what_became_of_a_knock_is_told_by_its_number(ended: Wire, fate: str, counted: tuple[int, ...]) -> None:
    match = [knock(1, "a@1", "b@2") | numbered(7), knock(2, "x1@1", "y2@2") | numbered(8), ended | numbered(7)]
    assert some(describe(*match)["a"], *FATES) == counted
    first, second = knocks_in(*match)
    assert some(first, "fate", "ended_at") == (fate, at(9))
    assert some(second, "fate", "ended_at") == ("open", None)


def test_knock_may_end_long_after_the_fight() -> None:
    match = [*finish(), knock(31, "a@1", "b@2") | numbered(7), kill(900, "m@1", "b@2") | numbered(7)]
    assert describe(*match)["a"]["knocks_finished_by_team"] == 1


@pytest.mark.parametrize("number", [None, -1])
def test_fates_are_not_known_if_one_knock_has_no_usable_number(number: int | None) -> None:
    fought = describe(
        knock(1, "a@1", "b@2") | numbered(7),
        kill(2, "a@1", "b@2") | numbered(7),
        knock(3, "a@1", "c@2") | numbered(number),
        kill(4, "a@1", "c@2") | numbered(number),
        knock(5, "d@2", "e@1") | numbered(8),
    )
    assert some(fought["a"], *FATES) == (2, None, None, None, None, None)
    assert some(fought["d"], *FATES) == (1, 0, 0, 0, 0, 0)
    assert some(fought["b"], *FATES) == (0, 0, 0, 0, 0, 0)
    assert some(fought["c"], "knocks_taken", "knocks_taken_revived", "revived_after_s") == (1, None, None)
    assert some(fought["b"], "knocks_taken", "knocks_taken_revived", "revived_after_s") == (1, 0, None)


def test_number_of_two_knocks_tells_nothing_about_either() -> None:
    match = [knock(1, "a@1", "b@2") | numbered(7), knock(2, "a@1", "c@2") | numbered(7), kill(3, "a@1", "c@2")]
    assert [one["fate"] for one in knocks_in(*match)] == [None, None]


def test_end_before_the_knock_is_none() -> None:
    before = revive(0.5, "c@2", "b@2", 7)
    first, _ = knocks_in(before, knock(1, "a@1", "b@2") | numbered(7), knock(2, "a@1", "d@2") | numbered(8))
    assert some(first, "fate", "ended_at") == ("open", None)
    again = [before, knock(1, "a@1", "b@2") | numbered(7), revive(2, "c@2", "b@2", 7), *finish()]
    assert some(knocks_in(*again)[0], "fate", "ended_at") == ("revived", at(2))


def test_knock_revive_and_knock_again_are_two_knocks() -> None:
    match = [
        knock(1, "a@1", "b@2") | numbered(7),
        revive(11, "c@2", "b@2", 7),
        knock(20, "d@1", "b@2") | numbered(8),
        revive(40, "c@2", "b@2", 8),
        knock(41, "a@1", "b@2") | numbered(9),
        kill(42, "d@1", "b@2") | numbered(9),
    ]
    fought = describe(*match)
    assert some(fought["a"], *FATES) == (2, 0, 1, 0, 1, 0)
    assert some(fought["d"], *FATES) == (1, 0, 0, 0, 1, 0)
    assert some(fought["b"], "knocks_taken", "enemy_knocks_taken", "knocks_taken_revived", "revived_after_s") == (
        3,
        3,
        2,
        15.0,
    )
    assert [(one["knock_no"], one["fate"]) for one in knocks_in(*match)] == [
        (1, "revived"),
        (2, "revived"),
        (3, "finished"),
    ]


def test_knocks_by_the_own_team_and_of_oneself_are_taken_but_not_of_enemies() -> None:
    fought = describe(*finish(0), knock(1, "a@1", "b@1"), knock(2, "c@1", "c@1"), *finish(9))
    assert (fought["a"]["enemy_knocks"], fought["c"]["enemy_knocks"]) == (0, 0)
    for name in "bc":
        assert some(fought[name], "knocks_taken", "enemy_knocks_taken") == (1, 0)


def test_knock_has_its_sides_distance_and_weapon() -> None:
    match = [*finish(1), knock(2, "a@1", player("b@2", (0.0, 3.0, 4.0))) | AK47 | numbered(7)]
    (*_, one) = knocks_in(*match, kill(7, "c@3", "b@2") | numbered(7))
    assert one == {
        "match_no": 1,
        "fight_no": 1,
        "knock_no": 3,
        "knocked_at": at(2),
        "knocker_name": "a",
        "knocker_account_id": "account.a",
        "knocker_team_id": 1,
        "victim_name": "b",
        "victim_account_id": "account.b",
        "victim_team_id": 2,
        "distance_m": 5.0,
        "weapon": "WeapAK47_C",
        "mates_standing": None,
        "dbno_id": 7,
        "fate": "finished",
        "ended_at": at(7),
        "ender_account_id": "account.c",
        "ender_team_id": 3,
        "traded_by_account_id": None,
        "traded_after_s": None,
    }


# Trades


@pytest.mark.parametrize(("seconds", "is_traded"), [(10.0, 1), (10.001, 0), (0.0, 1)])
def test_trade_is_within_10_seconds(seconds: float, is_traded: int) -> None:
    match = [damage(0, "m@1", "b@2"), knock(1, "b@2", "a@1"), knock(1 + seconds, "m@1", "b@2")]
    fought = describe(*match)
    assert some(fought["m"], *TRADES) == (1, is_traded, 0)
    assert some(fought["a"], *TRADES, "knocks_taken_traded") == (0, 0, 0, is_traded)
    first = knocks_in(*match)[0]
    assert some(first, "traded_by_account_id", "traded_after_s") == (
        ("account.m", seconds) if is_traded else (None, None)
    )


def test_trade_by_another_mate_is_the_teams_and_only_the_first_counts() -> None:
    fought = describe(
        *(damage(0, f"{mate}@1", "b@2") for mate in "mno"),
        knock(1, "b@2", "a@1"),
        knock(2, "m@1", "b@2"),
        kill(3, "n@1", "b@2"),
    )
    assert {name: some(fought[name], *TRADES) for name in "amno"} == {
        "a": (0, 0, 0),
        "m": (1, 1, 0),
        "n": (1, 0, 1),
        "o": (1, 0, 1),
    }


@pytest.mark.parametrize(
    "downed",
    [
        kill(5, "m@1", "b@2"),
        knock(5, "m@1", "b@2"),
        kill(5, "x@9", "b@2") | {"_T": "LogPlayerKill", "killer": player("m@1")},
    ],
)
def test_knocker_is_traded_by_a_knock_or_a_kill(downed: Wire) -> None:
    assert (
        describe(damage(0, "m@1", "b@2"), knock(1, "b@2", "a@1"), knock(2, "b@2", "c@1"), downed)["m"]["trades_by_self"]
        == 2
    )


@pytest.mark.parametrize(
    "downed",
    [
        knock(5, "x@3", "b@2"),
        knock(5, "y@2", "b@2"),
        knock(5, "m@1", "c@2"),
        knock(0.5, "m@1", "b@2"),
        damage(5, "m@1", "b@2"),
    ],
)
def test_nothing_else_is_a_trade(downed: Wire) -> None:
    fought = describe(
        *sorted(
            [downed, damage(0, "m@1", "b@2"), knock(1, "b@2", "a@1"), knock(30, "b@2", "d@1")], key=lambda e: e["_D"]
        )
    )
    assert some(fought["m"], *TRADES) == (2, 0, 0)
    assert fought["a"]["knocks_taken_traded"] == 0


def test_victim_trades_nobody_but_a_mate_after_him_does() -> None:
    match = [damage(0, "m@1", "b@2"), knock(1, "b@2", "a@1"), knock(2, "a@1", "b@2"), kill(3, "m@1", "b@2")]
    fought = describe(*match)
    assert some(fought["m"], *TRADES) == (1, 1, 0)
    assert fought["a"]["knocks_taken_traded"] == 1
    alone = describe(*match[:3])
    assert some(alone["m"], *TRADES) == (1, 0, 0)
    assert alone["a"]["knocks_taken_traded"] == 0


def test_opportunity_is_only_for_who_stands() -> None:
    fought = describe(
        knock(1, "b@2", "m@1") | numbered(7),
        knock(2, "b@2", "a@1"),
        revive(3, "n@1", "m@1", 7),
        knock(4, "b@2", "c@1"),
        kill(5, "b@2", "m@1"),
        knock(6, "b@2", "n@1"),
    )
    assert {name: fought[name]["trade_opportunities"] for name in "manc"} == {"m": 1, "a": 1, "n": 3, "c": 2}


def test_knocks_at_one_time_are_in_the_files_order() -> None:
    fought = describe(knock(1, "b@2", "a@1"), knock(1, "b@2", "m@1"), knock(5, "c@2", "d@1"))
    assert (fought["a"]["trade_opportunities"], fought["m"]["trade_opportunities"]) == (0, 1)


def test_knock_by_the_own_team_is_no_opportunity() -> None:
    assert some(describe(damage(0, "m@1", "b@2"), knock(1, "c@1", "a@1"), *finish())["m"], *TRADES) == (0, 0, 0)


# Focus


@pytest.mark.parametrize(("seconds", "focused"), [(3.0, 25.0), (3.001, 0.0), (0.0, 25.0)])
def test_focus_is_within_3_seconds_before_and_after(seconds: float, focused: float) -> None:
    fought = describe(damage(1, "a@1", "b@2", 25), damage(1 + seconds, "m@1", "b@2", 25), *finish())
    assert (fought["a"]["focused_damage"], fought["m"]["focused_damage"]) == (focused, focused)


@pytest.mark.parametrize(
    "other",
    [
        damage(2, "a@1", "b@2", 5),
        damage(2, "m@1", "c@2", 5),
        damage(2, "m@3", "b@2", 5),
        damage(2, "m@1", "b@2", 0),
        knock(2, "m@1", "b@2"),
    ],
)
def test_only_hits_of_another_mate_on_the_same_player_focus(other: Wire) -> None:
    assert describe(damage(1, "a@1", "b@2", 25), other, *finish())["a"]["focused_damage"] == 0.0


def test_hits_of_ones_own_in_between_do_not_hide_the_mates() -> None:
    hits = [
        damage(1, "m@1", "b@2", 9),
        *(damage(1 + n, "a@1", "b@2", 10) for n in (1, 2, 3, 4)),
        damage(8, "m@1", "b@2", 9),
    ]
    fought = describe(*hits, *finish())
    assert some(fought["a"], "focused_damage") == (40.0,)
    assert some(fought["m"], "focused_damage") == (18.0,)
