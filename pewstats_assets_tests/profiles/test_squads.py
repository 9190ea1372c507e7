"""The sums of squads: who played together, each fight and each knock once."""

from datetime import UTC, datetime, timedelta
from hashlib import md5
from typing import Any

import polars as pl
from polars.testing import assert_frame_equal

from pewstats_assets.profiles import FightsOfBatch, ProfileSums, sum_profiles
from pewstats_assets.profiles.frames import KNOCKS, PARTICIPANTS, SQUAD_FINISHES, SQUAD_KEY, SQUAD_SUMS, SQUADS
from pewstats_assets_tests.profiles.test_sums import participant

START = datetime(2026, 7, 1, 18, 0, tzinfo=UTC)


def id_of(*accounts: str) -> str:
    return md5(",".join(accounts).encode(), usedforsecurity=False).hexdigest()


PAIR = id_of("account.a", "account.b")


def squad(*accounts: str, match_no: int = 1, team_id: int = 1, **other: Any) -> dict[str, Any]:
    return {
        "match_no": match_no,
        "game_mode": "squad-fpp",
        "match_type": "official",
        "team_id": team_id,
        "squad_id": id_of(*accounts),
        "player_account_ids": list(accounts),
        "team_rank": None,
    } | other


def knock(victim: str, of: int, knocker: str, by: int, dbno_id: int | None = 1, **other: Any) -> dict[str, Any]:
    """Somebody of the first team knocked by somebody of the second."""
    return {
        **dict.fromkeys(KNOCKS.names()),
        "match_no": 1,
        "knocked_at": START + timedelta(seconds=dbno_id or 0),
        "dbno_id": dbno_id,
        "knocker_account_id": knocker,
        "knocker_team_id": by,
        "victim_name": victim.removeprefix("account."),
        "victim_account_id": victim,
        "victim_team_id": of,
        "mates_standing": 1,
        "fate": None if dbno_id is None else "open",
    } | other


def finished(victim: str, knocker: str, ender: str, dbno_id: int, **other: Any) -> dict[str, Any]:
    """A knock by team 1 of somebody of team 2."""
    ended = {"fate": "finished", "ender_account_id": ender, "ender_team_id": 1}
    return knock(victim, 2, knocker, 1, dbno_id, **ended | other)


def sums_of(
    squads: list[dict[str, Any]],
    participants: list[dict[str, Any]] | None = None,
    knocks: list[dict[str, Any]] | None = None,
) -> ProfileSums:
    return sum_profiles(
        FightsOfBatch(
            pl.DataFrame(participants or [], schema=PARTICIPANTS, orient="row"),
            pl.DataFrame(knocks or [], schema=KNOCKS, orient="row"),
            pl.DataFrame(squads, schema=SQUADS, orient="row"),
        )
    )


def test_a_squad_is_its_accounts_whatever_the_number_of_its_team() -> None:
    sums = sums_of(
        [
            squad("account.a", "account.b", match_no=1, team_id=1, team_rank=1),
            squad("account.a", "account.b", match_no=2, team_id=7, team_rank=2),
            squad("account.a", "account.b", match_no=3, team_id=9),
            squad("account.a", "account.b", "account.c", match_no=4, team_id=1, team_rank=1),
        ],
        [
            participant("account.a", 0, 1, team_id=1, team_outcome="WON", damage_dealt=100.0, focused_damage=40.0),
            participant("account.b", 0, 1, team_id=1, team_outcome="WON", knocks_dealt=2, kills_dealt=1),
            participant("account.x", 0, 1, team_id=2, team_outcome="LOST", damage_dealt=11.0),
            participant("account.b", 5, 1, team_id=1, team_outcome="LOST", damage_taken=100.0, damage_dealt=5.0),
            participant("account.a", 9, 2, team_id=7, damage_dealt=50.0, focused_damage=0.0),
            # A bot that fills up the team is nobody of the squad.
            participant("ai.1", 9, 2, team_id=7, damage_dealt=1000.0, knocks_dealt=5),
            participant("account.a", 12, 4, team_id=1, team_outcome="WON", damage_dealt=1.0),
        ],
    )
    assert {row["squad_id"]: row for row in sums.squads.to_dicts()}[PAIR] == {
        "squad_id": PAIR,
        "player_account_ids": ["account.a", "account.b"],
        "game_mode": "squad-fpp",
        "match_type": "official",
        "matches": 3,
        "matches_ranked": 2,
        "wins_of_matches": 1,
        "fights": 3,
        "wins": 1,
        "losses": 1,
        "draws": 1,
        "knocks_dealt": 2,
        "kills_dealt": 1,
        "damage_dealt": 155.0,
        "damage_taken": 100.0,
        "trade_opportunities": 0,
        "trades": 0,
        "focused_damage": 40.0,
        "last_fight_at": START + timedelta(minutes=9),
    }
    of_three = sums.squads.filter(pl.col("squad_id") != PAIR)
    assert of_three.select("matches", "wins_of_matches", "fights", "damage_dealt").rows() == [(1, 1, 1, 1.0)]


def test_whoever_plays_alone_is_no_squad() -> None:
    sums = sums_of([squad("account.a")], [participant("account.a", knocks_dealt=1)])
    assert (sums.squads.height, sums.finishes.height, sums.players.height) == (0, 0, 1)


def test_matches_without_a_fight_count_and_modes_are_kept_apart() -> None:
    sums = sums_of(
        [
            squad("account.a", "account.b", match_no=1, game_mode=None),
            squad("account.a", "account.b", match_no=2, game_mode=None),
            squad("account.a", "account.b", match_no=3, game_mode="duo"),
        ],
        [participant("account.a", 0, 2, game_mode=None)],
    )
    columns = ("game_mode", "matches", "fights", "last_fight_at")
    assert sums.squads.select(columns).rows() == [(None, 2, 1, START), ("duo", 1, 0, None)]


def test_a_knock_is_traded_or_not_once_though_two_fights_have_it() -> None:
    squads = [squad("account.a", "account.b"), squad("account.x", "account.y", team_id=2)]
    traded = knock("account.a", 1, "account.x", 2, 1, traded_after_s=4.0)
    not_traded = knock("account.b", 1, "account.x", 2, 2)
    without_number = knock("account.a", 1, "account.x", 2, None)
    another_without_number = without_number | {"knocked_at": START + timedelta(minutes=1)}
    sums = sums_of(
        squads,
        knocks=[
            *(traded, not_traded, traded),  # the second fight begins before the first ends
            *(without_number, without_number, another_without_number),
            knock("account.b", 1, "account.x", 2, 3, mates_standing=0),
            knock("account.b", 1, "account.x", 2, 4, mates_standing=None, traded_after_s=1.0),
            knock("account.b", 1, "account.a", 1, 5, traded_after_s=1.0),  # by the own team
            knock("account.b", 1, "account.x", 2, 6, match_no=2),  # another match
            knock("ai.3", 1, "account.x", 2, 7),
        ],
    )
    of = {row["squad_id"]: (row["trade_opportunities"], row["trades"]) for row in sums.squads.to_dicts()}
    assert of == {PAIR: (4, 1), id_of("account.x", "account.y"): (0, 0)}


def test_who_finishes_whose_knocks_each_once() -> None:
    knocks = [
        finished("account.x", "account.a", "account.b", 1),
        finished("account.x", "account.a", "account.b", 1),
        finished("account.y", "account.a", "account.b", 2),
        finished("account.y", "account.b", "account.b", 3),
        finished("account.y", "account.b", "account.x", 4, ender_team_id=2),
        finished("account.y", "account.b", "account.z", 5, ender_team_id=3),
        finished("account.y", "account.b", "account.b", 6, fate="revived"),
        finished("account.y", "account.b", "account.b", 7, fate="bled_out"),
        finished("account.y", "account.b", "ai.1", 8),
        finished("account.b", "account.a", "account.b", 9, victim_team_id=1),
        finished("account.x", "account.a", "account.b", 1, match_no=2),
    ]
    squads = [squad("account.a", "account.b"), squad("account.a", "account.b", match_no=2, team_id=8)]
    assert sums_of(squads, knocks=knocks).finishes.rows() == [
        (PAIR, "account.a", "account.b", 2),
        (PAIR, "account.b", "account.b", 1),
    ]


def test_batches_add_up_to_what_all_their_matches_give() -> None:
    accounts = ["account.a", "account.b"]
    matches = range(1, 9)
    squads = [squad(*accounts, match_no=match_no, team_id=match_no, team_rank=match_no % 2) for match_no in matches]
    fights = [
        participant(account, 3 * match_no + minute, match_no, team_id=match_no, team_outcome=outcome, damage_dealt=1.5)
        for match_no in matches
        for minute, outcome in enumerate(["WON", "LOST", "DRAW"])
        for account in accounts[: 1 + match_no % 2]
    ]
    knocks = [
        finished("account.x", "account.a", "account.b", 1, match_no=match_no, knocker_team_id=match_no,
                 ender_team_id=match_no, victim_team_id=99)
        for match_no in matches
    ]  # fmt: skip

    def sums_up_to(first: int, last: int) -> ProfileSums:
        rows = ([row for row in frame if first <= row["match_no"] <= last] for frame in (squads, fights, knocks))
        return sums_of(*rows)

    parts = [sums_up_to(1, 3), sums_up_to(4, 8)]
    at_once = sums_up_to(1, 8)
    names = [name for name, dtype in SQUAD_SUMS.items() if dtype.is_numeric()]
    merged = pl.concat([part.squads for part in parts]).group_by(SQUAD_KEY).agg(pl.col(names).sum())
    assert_frame_equal(merged, at_once.squads.select(merged.columns))
    assert at_once.squads.select("matches", "fights", "wins", "damage_dealt").rows() == [(8, 24, 8, 54.0)]
    pairs = (
        pl.concat([part.finishes for part in parts]).group_by(SQUAD_FINISHES.names()[:3]).agg(pl.col("finishes").sum())
    )
    assert_frame_equal(pairs, at_once.finishes)


def test_a_batch_without_squads_has_no_sums_but_the_columns() -> None:
    nobody = sums_of([])
    assert (nobody.squads.schema, nobody.squads.height) == (SQUAD_SUMS, 0)
    assert (nobody.finishes.schema, nobody.finishes.height) == (SQUAD_FINISHES, 0)
