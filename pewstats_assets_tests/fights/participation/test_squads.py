"""Squads are people: the accounts of a team, without bots."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from pewstats_assets.fights.participation import SQUADS
from pewstats_assets.fights.participation.squads import squads_of
from pewstats_assets.telemetry.store import SCHEMAS

Row = tuple[int, str, int | None, bool, int | None]


def squads(*rows: Row, seen: Sequence[tuple[int, str, int | None]] = ()) -> list[dict[str, Any]]:
    """Make squads of roster rows (match, account, team, whether it is a bot, rank), and of who is seen."""
    columns = ("match_no", "player_account_id", "team_id", "is_bot", "team_rank")
    named = [dict(zip(columns, row, strict=True)) for row in rows]
    schema = {"match_no": pl.Int64(), "key": pl.String(), "team_id": pl.Int32()}
    positions = pl.DataFrame(seen, schema=schema, orient="row")
    found = squads_of(pl.DataFrame(named, schema=SCHEMAS["rosters"]), positions)
    assert found.schema == SQUADS
    return found.to_dicts()


def test_squad_is_the_accounts_of_a_team_whatever_its_number_and_order() -> None:
    first, second, third = squads(
        (1, "account.b", 7, False, 3),
        (1, "account.a", 7, False, 3),
        (1, "account.c", 9, False, None),
        (2, "account.a", 4, False, 1),
        (2, "account.b", 4, False, 1),
    )
    assert first == {
        "match_no": 1,
        "team_id": 7,
        "squad_id": "a503e5189184c60f5c10b62d3c3768bd",
        "player_account_ids": ["account.a", "account.b"],
        "team_rank": 3,
    }
    assert (second["match_no"], second["player_account_ids"], second["team_rank"]) == (1, ["account.c"], None)
    assert (third["match_no"], third["team_id"], third["team_rank"]) == (2, 4, 1)
    assert third["squad_id"] == first["squad_id"] != second["squad_id"]


def test_bots_and_who_has_no_team_or_account_belong_to_no_squad() -> None:
    (squad,) = squads(
        (1, "account.a", 7, False, None),
        (1, "ai.322", 7, True, None),
        (1, "account.bot", 7, True, None),
        (1, "ai.323", 8, True, None),
        (1, "account.observer", 0, False, None),
        (1, "account.gone", None, False, None),
        (1, "", 9, False, None),
    )
    assert squad["player_account_ids"] == ["account.a"]


def test_who_is_on_no_roster_but_seen_belongs_to_the_squad() -> None:
    on_roster = [(1, "account.b", 7, False, 3), (1, "account.c", 8, True, 3)]
    seen = [(1, "account.a", 7), (1, "account.b", 9), (1, "account.c", 8), (1, "ai.5", 7), (1, "account.d", None)]
    (squad,) = squads(*on_roster, seen=seen)
    assert (squad["player_account_ids"], squad["team_id"], squad["team_rank"]) == (["account.a", "account.b"], 7, 3)


def test_no_rosters_are_no_squads() -> None:
    assert squads() == []
