"""The sums of a batch per player."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from pewstats_assets.profiles import PROFILE_SUMS, sum_profiles

START = datetime(2026, 7, 1, 18, 0, tzinfo=UTC)


def participant(
    account: str | None, minute: int = 0, match: str = "m1", outcome: str = "DRAW", **other: Any
) -> dict[str, Any]:
    return {
        "player_account_id": account,
        "player_name": "somebody",
        "match_id": match,
        "fight_start_time": START + timedelta(minutes=minute),
        "team_outcome": outcome,
        "survived": True,
        "knocks_dealt": 0,
        "kills_dealt": 0,
        "damage_dealt": 0.0,
        "damage_taken": 0.0,
    } | other


def sums_of(*participants: dict[str, Any]) -> list[dict[str, Any]]:
    schema_of_text = {"player_account_id": pl.String, "player_name": pl.String}
    return sum_profiles(pl.DataFrame(participants, schema_overrides=schema_of_text)).to_dicts()


def test_everything_is_summed_per_account() -> None:
    rows = sums_of(
        participant("account.a", 0, "m1", "WON", knocks_dealt=2, kills_dealt=1, damage_dealt=150.5, damage_taken=10.0),
        participant(
            "account.a", 5, "m1", "LOST", survived=False, knocks_dealt=1, damage_dealt=49.5, damage_taken=100.0
        ),
        participant("account.a", 9, "m2", "DRAW", kills_dealt=3),
        participant("account.b", 5, "m1", "WON"),
    )
    assert [row["player_account_id"] for row in rows] == ["account.a", "account.b"]
    assert rows[0] == {
        "player_account_id": "account.a",
        "player_name": "somebody",
        "matches": 2,
        "fights": 3,
        "wins": 1,
        "losses": 1,
        "draws": 1,
        "survivals": 2,
        "knocks_dealt": 3,
        "kills_dealt": 4,
        "damage_dealt": 200.0,
        "damage_taken": 110.0,
        "last_fight_at": START + timedelta(minutes=9),
    }


def test_the_name_is_that_of_the_last_fight() -> None:
    rows = sums_of(
        participant("account.a", 9, player_name="new name"),
        participant("account.a", 0, player_name="old name"),
    )
    assert [row["player_name"] for row in rows] == ["new name"]


def test_bots_and_whoever_has_no_account_are_left_out() -> None:
    rows = sums_of(participant("ai.322"), participant(""), participant(None), participant("account.ai"))
    assert [row["player_account_id"] for row in rows] == ["account.ai"]


def test_a_batch_without_fights_has_no_profiles_but_the_columns() -> None:
    nobody = pl.DataFrame([participant("account.a")]).clear()
    assert sum_profiles(nobody).schema == PROFILE_SUMS
