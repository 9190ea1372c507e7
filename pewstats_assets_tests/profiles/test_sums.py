"""The sums of a batch per player and name, against plain loops over the same rows."""

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pewstats_assets.profiles import FightsOfBatch, ProfileSums, sum_profiles
from pewstats_assets.profiles.frames import KNOCKS, PARTICIPANTS, PLAYER_KEY, PLAYER_NAMES, PLAYER_SUMS, SQUADS

START = datetime(2026, 7, 1, 18, 0, tzinfo=UTC)
#: What a sum is not, of the columns of `PLAYER_SUMS`.
NO_SUMS = (*PLAYER_KEY, "player_name", "first_fight_at", "last_fight_at")


def participant(account: str | None, minute: int = 0, match_no: int = 1, **other: Any) -> dict[str, Any]:
    """Somebody in a fight of which nothing is known that need not be."""
    return {
        **dict.fromkeys(PARTICIPANTS.names()),
        "fight_id": match_no * 1000 + 1 + minute,
        "match_no": match_no,
        "map_name": "Baltic_Main",
        "game_mode": "squad-fpp",
        "match_type": "official",
        "fight_start_time": START + timedelta(minutes=minute),
        "team_outcome": "DRAW",
        "player_name": "somebody",
        "player_account_id": account,
        "team_id": 1,
        "survived": True,
        "was_knocked": False,
        "was_killed": False,
        "knocks_dealt": 0,
        "kills_dealt": 0,
        "damage_dealt": 0.0,
        "damage_taken": 0.0,
    } | other


def sums_of(*participants: dict[str, Any]) -> ProfileSums:
    frame = pl.DataFrame(participants, schema=PARTICIPANTS, orient="row")
    return sum_profiles(FightsOfBatch(frame, KNOCKS.to_frame(), SQUADS.to_frame()))


def some_fights(seed: int, number: int = 500) -> list[dict[str, Any]]:
    """Fights of eight accounts, a bot and somebody without an account; every value that can be null sometimes is."""
    draw = random.Random(seed)

    def maybe(value: Any) -> Any:
        return None if draw.random() < 0.2 else value

    fights = []
    for minute in range(number):
        match_no = draw.randint(1, 12)
        survived = draw.random() < 0.6
        enemy_knocks, opportunities, taken = draw.randint(0, 3), draw.randint(0, 3), draw.randint(0, 2)
        fates_known, trades_known = draw.random() < 0.8, draw.random() < 0.8
        fates = [draw.choice(range(5)) for _ in range(enemy_knocks)]
        trades = [draw.choice(range(3)) for _ in range(opportunities)]
        near = maybe(draw.randint(0, 2))
        fights.append(
            participant(
                draw.choice([*(f"account.{n}" for n in range(8)), "ai.1", "", None]),
                minute,
                match_no,
                map_name=None if match_no == 5 else f"map {match_no % 3}",
                game_mode=None if match_no in (5, 6) else f"mode {match_no % 2}",
                player_name=draw.choice(["one", "two"]),
                team_outcome=draw.choice(["WON", "LOST", "DRAW"]),
                survived=survived,
                was_killed=not survived,
                was_knocked=draw.random() < 0.5,
                knocks_dealt=draw.randint(0, 4),
                kills_dealt=draw.randint(0, 4),
                damage_dealt=draw.choice([0.0, draw.uniform(0, 300)]),
                damage_taken=draw.uniform(0, 300),
                damage_to_knocked=maybe(draw.uniform(0, 50)),
                focused_damage=maybe(draw.uniform(0, 50)),
                enemy_knocks=enemy_knocks,
                knocks_finished_by_self=fates.count(0) if fates_known else None,
                knocks_finished_by_team=fates.count(1) if fates_known else None,
                knocks_finished_by_others=fates.count(2) if fates_known else None,
                knocks_revived=fates.count(3) if fates_known else None,
                knocks_bled_out=fates.count(4) if fates_known else None,
                knocks_taken=taken,
                enemy_knocks_taken=taken,
                knocks_taken_revived=maybe(draw.randint(0, taken)),
                revived_after_s=maybe(draw.uniform(5, 40)),
                knocks_taken_traded=draw.randint(0, taken),
                trade_opportunities=opportunities if trades_known else None,
                trades_by_self=trades.count(0) if trades_known else None,
                trades_by_team=trades.count(1) if trades_known else None,
                dealt_first_hit=maybe(draw.random() < 0.3),
                took_first_hit=maybe(draw.random() < 0.3),
                first_hit_distance_m=maybe(draw.choice([0.0, 24.99, 25.0, 99.99, 100.0, draw.uniform(0, 400)])),
                mate_distance_mean_m=maybe(draw.uniform(0, 200)),
                mates_within_25m=near,
                is_alone=None if near is None else near == 0 and draw.random() < 0.5,
                mean_speed_mps=maybe(draw.uniform(0, 10)),
                height_over_opponent_m=maybe(draw.uniform(-20, 20)),
                joined_late=maybe(draw.random() < 0.3),
                in_blue_zone=maybe(draw.random() < 0.3),
                zone_phase=maybe(draw.randint(0, 9)),
                numbers=maybe(draw.choice(["even", "ahead", "behind", "third_party"])),
            )
        )
    return fights


def plainly_summed(fights: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same sums as `sum_profiles` makes, by loops and conditions, fight by fight."""
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for fight in fights:
        account = fight["player_account_id"]
        if account and not account.startswith("ai."):
            key = (account, fight["map_name"], fight["game_mode"], fight["match_type"], fight["match_no"] % 2)
            groups[key].append(fight)
    return [
        plain_sums(key, sorted(group, key=lambda fight: fight["fight_start_time"])) for key, group in groups.items()
    ]


def plain_sums(key: tuple[Any, ...], group: list[dict[str, Any]]) -> dict[str, Any]:
    sums: dict[str, Any] = dict.fromkeys(PLAYER_SUMS.names(), 0) | dict(zip(PLAYER_KEY, key, strict=True))
    sums["player_name"] = group[-1]["player_name"]
    sums["first_fight_at"], sums["last_fight_at"] = group[0]["fight_start_time"], group[-1]["fight_start_time"]
    sums["matches"] = len({fight["match_no"] for fight in group})
    for fight in group:
        for additions in (flags(fight), amounts(fight), values(fight), kinds(fight)):
            for name, addition in additions.items():
                sums[name] += addition
    return sums


def flags(fight: dict[str, Any]) -> dict[str, bool]:
    yes = {
        "survivals": "survived", "fights_knocked": "was_knocked", "deaths": "was_killed", "isolated": "is_alone",
        "first_hits_dealt": "dealt_first_hit", "first_hits_taken": "took_first_hit", "in_blue": "in_blue_zone",
        "joined_late": "joined_late",
    }  # fmt: skip
    known = {
        "first_hits_known": "dealt_first_hit", "joined_late_known": "joined_late", "in_blue_known": "in_blue_zone",
        "positions_known": "is_alone",
    }  # fmt: skip
    outcome = {"WON": "wins", "LOST": "losses", "DRAW": "draws"}[fight["team_outcome"]]
    of_positions = {"grouped" if (fight["mates_within_25m"] or 0) >= 1 else "loose": fight["is_alone"] is False}
    return (
        {"fights": True, outcome: True}
        | {name: fight[flag] is True for name, flag in yes.items()}
        | {name: fight[flag] is not None for name, flag in known.items()}
        | of_positions
    )


def amounts(fight: dict[str, Any]) -> dict[str, float]:
    same = set(PLAYER_SUMS.names()) & fight.keys() - set(NO_SUMS) - {"joined_late"}
    of_fight = {name: fight[name] for name in same if fight[name] is not None}
    for name in ("knocks_dealt", "kills_dealt", "damage_dealt", "damage_taken"):
        of_fight[f"{name}_squares"] = fight[name] * fight[name]
    if fight["knocks_finished_by_self"] is not None:
        of_fight["knocks_fate_known"] = fight["enemy_knocks"]
    if fight["knocks_taken_revived"] is not None:
        of_fight["knocks_taken_fate_known"] = fight["knocks_taken"]
        of_fight["revive_seconds"] = fight["knocks_taken_revived"] * (fight["revived_after_s"] or 0.0)
    return of_fight


def values(fight: dict[str, Any]) -> dict[str, float]:
    focus = None
    if fight["damage_dealt"] > 0 and fight["focused_damage"] is not None:
        focus = fight["focused_damage"] / fight["damage_dealt"]
    of_fight: dict[str, float] = {}
    for name, value in {
        "focus_share": focus,
        "mate_distance": fight["mate_distance_mean_m"],
        "first_hit_distance": fight["first_hit_distance_m"],
        "speed": fight["mean_speed_mps"],
        "height": fight["height_over_opponent_m"],
    }.items():
        if value is not None:
            of_fight |= {f"{name}_count": 1, f"{name}_sum": value, f"{name}_squares": value * value}
    return of_fight


def kinds(fight: dict[str, Any]) -> dict[str, bool]:
    of_fight = [fight["numbers"]] if fight["numbers"] else []
    if fight["zone_phase"] is not None:
        of_fight.append(("early", "middle", "late")[min(fight["zone_phase"] // 3, 2)])
    distance = fight["first_hit_distance_m"]
    if distance is not None:
        of_fight.append(("close", "medium", "long")[(distance >= 25) + (distance >= 100)])
    won = fight["team_outcome"] == "WON"
    return {f"fights_{kind}": True for kind in of_fight} | {f"wins_{kind}": won for kind in of_fight}


@pytest.mark.parametrize("seed", range(5))
def test_the_sums_are_those_of_plain_loops(seed: int) -> None:
    fights = some_fights(seed)
    players = sums_of(*fights).players
    expected = pl.DataFrame(plainly_summed(fights), schema=PLAYER_SUMS, orient="row").sort(PLAYER_KEY)
    assert_frame_equal(players, expected, rel_tol=1e-12)
    # Of everything there is some: nothing is equal for want of it.
    assert players.select(pl.exclude(*NO_SUMS).sum()).row(0).count(0) == 0
    assert players["map_name"].null_count() > 0


def test_batches_add_up_to_what_all_their_fights_give() -> None:
    fights = some_fights(7)
    # A match is of one batch.
    first = [fight for fight in fights if fight["match_no"] <= 6]
    second = [fight for fight in fights if fight["match_no"] > 6]
    batches = pl.concat([sums_of(*first).players, sums_of(*second).players])
    merged = batches.group_by(PLAYER_KEY).agg(pl.exclude(*NO_SUMS).sum()).sort(PLAYER_KEY)
    at_once = sums_of(*fights).players.select(merged.columns)
    assert merged.height < batches.height
    assert_frame_equal(merged, at_once, rel_tol=1e-12)


def test_the_order_of_the_fights_is_all_the_same() -> None:
    fights = some_fights(8)
    shuffled = random.Random(1).sample(fights, len(fights))
    assert_frame_equal(sums_of(*fights).players, sums_of(*shuffled).players, rel_tol=1e-12)
    assert_frame_equal(sums_of(*fights).names, sums_of(*shuffled).names)


def test_a_renamed_player_stays_one_with_the_name_of_the_last_fight() -> None:
    sums = sums_of(
        participant("account.a", 9, 3, player_name="new name"),
        participant("account.a", 0, 1, player_name="old name"),
        participant("account.a", 4, 1, player_name="old name"),
        participant("account.b", 4, 1, player_name="old name"),
    )
    assert sums.players.select("player_account_id", "player_name", "fights").rows() == [
        ("account.a", "new name", 3),
        ("account.b", "old name", 1),
    ]
    at = {minute: START + timedelta(minutes=minute) for minute in (0, 4, 9)}
    assert sums.names.rows() == [
        ("account.a", "new name", 1, at[9], at[9]),
        ("account.a", "old name", 1, at[0], at[4]),
        ("account.b", "old name", 1, at[4], at[4]),
    ]


def test_bots_and_whoever_has_no_account_are_left_out() -> None:
    sums = sums_of(participant("ai.322"), participant(""), participant(None), participant("account.ai"))
    assert sums.players["player_account_id"].to_list() == ["account.ai"]
    assert sums.names["player_account_id"].to_list() == ["account.ai"]


def test_bots_change_no_sum() -> None:
    fights = some_fights(9)
    bots = [participant(f"ai.{number}", number, knocks_dealt=3, damage_dealt=500.0) for number in range(100)]
    assert_frame_equal(sums_of(*fights).players, sums_of(*fights, *bots).players)


def test_what_is_not_known_counts_nowhere() -> None:
    """As in fights that were written before it was recorded."""
    (row,) = sums_of(participant("account.a", knocks_dealt=2), participant("account.a", 3)).players.to_dicts()
    known = {
        "matches": 1, "fights": 2, "draws": 2, "survivals": 2, "knocks_dealt": 2, "knocks_dealt_squares": 4,
    }  # fmt: skip
    assert {name: value for name, value in row.items() if name not in NO_SUMS and value} == known


def test_the_squares_of_what_a_broken_file_says_do_not_overflow() -> None:
    (row,) = sums_of(participant("account.a", damage_dealt=1e308, mate_distance_mean_m=1e300)).players.to_dicts()
    assert (row["damage_dealt"], row["damage_dealt_squares"]) == (1e308, 1e12)
    assert (row["mate_distance_sum"], row["mate_distance_squares"]) == (1e6, 1e12)


def test_a_batch_without_fights_has_no_profiles_but_the_columns() -> None:
    nobody = sums_of()
    assert (nobody.players.schema, nobody.players.height) == (PLAYER_SUMS, 0)
    assert (nobody.names.schema, nobody.names.height) == (PLAYER_NAMES, 0)
