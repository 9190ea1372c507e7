"""Against the truth of a simulated season: who knocked whom, what became of it, and who ended it, knock by knock."""

import json
from collections import Counter
from pathlib import Path
from typing import Any, Final

import polars as pl
import pytest

from pewstats_assets.fights import MatchFights
from pewstats_assets.fights.participation import FightDetails
from pewstats_assets.simulation.season import play_match
from pewstats_assets.simulation.season.truth import DOWNS
from pewstats_assets.telemetry import decode_bytes
from pewstats_assets_tests.fights.participation.examples import described

SEED: Final = 2026
MATCHES: Final = 30
#: Of these dies who bleeds, also when the last mate falls, or who is in the zone: nobody finished.
NOBODYS: Final = {"Damage_DBNO", "Damage_BlueZone"}
FATE_OF: Final = {"revived": "revived", "self-revived": "revived", "open": "open"}
COLUMN_OF: Final = {"revived": "knocks_revived", "bled_out": "knocks_bled_out", "open": "open"}


class Season:
    """Some matches: what was found in their telemetry, and the truth."""

    def __init__(self) -> None:
        played = [play_match(SEED, index) for index in range(MATCHES)]
        telemetry = [decode_bytes(match.telemetry, Path(f"{match.match_id}.json")) for match in played]
        self.found: list[MatchFights]
        self.details: FightDetails
        self.found, self.details = described(*telemetry)
        numbered = list(enumerate(played, start=1))
        appearances = [(no, *row[1:4]) for no, match in numbered for row in match.truth.appearances]
        names = ["match_no", "account_id", "name", "team_id"]
        self.appearances = pl.DataFrame(appearances, schema=names, orient="row")
        downs = [(no, *row[1:]) for no, match in numbered for row in match.truth.downs]
        schema = {"match_no": pl.Int64(), **{name: DOWNS[name] for name in DOWNS.names()[1:]}}
        self.downs = pl.DataFrame(downs, schema=schema, orient="row").with_columns(
            fate=pl.struct("match_no", "dbno_id", "outcome", "ender_id").map_elements(
                Fates(numbered), return_dtype=pl.String
            )
        )


class Fates:
    """What became of a knock, by the truth and by what dealt the last blow."""

    def __init__(self, played: list[tuple[int, Any]]) -> None:
        self._blows = {
            (no, event["dBNOId"]): event["finishDamageInfo"]["damageTypeCategory"]
            for no, match in played
            for event in json.loads(match.telemetry)
            if event["_T"] == "LogPlayerKillV2"
        }

    def __call__(self, down: dict[str, Any]) -> str:
        if down["outcome"] != "died":
            return FATE_OF[down["outcome"]]
        blow = self._blows[down["match_no"], down["dbno_id"]]
        return "bled_out" if down["ender_id"] is None or blow in NOBODYS else "finished"


@pytest.fixture(scope="module")
def season() -> Season:
    return Season()


def test_every_knock_is_the_true_one(season: Season) -> None:
    found = season.details.knocks.join(season.downs, on=["match_no", "dbno_id"], how="left", suffix="_in_truth")
    assert found.height > 1_000
    assert found["fate_in_truth"].null_count() == 0
    is_ended = pl.col("fate").is_in(["finished", "revived"])
    # Nothing tells when somebody revives himself but his positions, which come every 10 s.
    apart = (pl.col("ended_at") - pl.col("ended_at_in_truth")).dt.total_milliseconds().abs()
    is_apart = apart > pl.when(pl.col("outcome") == "self-revived").then(10_100).otherwise(0)
    differs = found.filter(
        pl.col("fate").ne_missing(pl.col("fate_in_truth"))
        | pl.col("knocked_at").ne_missing(pl.col("knocked_at_in_truth"))
        | pl.col("knocker_account_id").ne_missing(pl.col("maker_id"))
        | pl.col("victim_account_id").ne_missing(pl.col("victim_id"))
        | is_apart
        | (pl.col("ended_at").is_null() != (pl.col("fate") == "open"))
        | pl.col("ender_account_id").ne_missing(pl.when(is_ended).then("ender_id"))
    )
    assert differs.rows() == []
    assert set(found["fate"]) == {"finished", "bled_out", "revived"}
    assert "self-revived" in set(found["outcome"])


def test_every_participants_knocks_are_the_true_ones(season: Season) -> None:
    team_of: dict[tuple[int, str | None], int] = {
        (no, account): team for no, account, _, team in season.appearances.rows()
    }
    team_of |= {(match.match_no, None): 0 for match in season.found}  # the environment
    downs = season.downs.to_dicts()
    rows = iter(season.details.participants.to_dicts())
    checked = Counter[str]()
    for match in season.found:
        of_match = [down for down in downs if down["match_no"] == match.match_no]
        for fight in match.fights:
            teams = {fight.primary_team_1, fight.primary_team_2, *(fight.third_party_teams or ())}
            in_fight = [
                down
                for down in of_match
                if fight.fight_start_time <= down["knocked_at"] <= fight.fight_end_time
                and {team_of[match.match_no, down[role]] for role in ("maker_id", "victim_id")} <= teams
            ]
            for who, row in zip(fight.participants, rows if fight.participants else (), strict=False):
                expected = Counter(
                    _column(down, who.player_account_id, team_of)
                    for down in in_fight
                    if down["maker_id"] == who.player_account_id
                    and team_of[match.match_no, down["victim_id"]] != who.team_id
                )
                assert row["enemy_knocks"] == expected.total()
                assert {name: row[name] for name in expected if name != "open"} == {
                    name: count for name, count in expected.items() if name != "open"
                }
                taken = [down for down in in_fight if down["victim_id"] == who.player_account_id]
                assert row["knocks_taken"] == len(taken)
                assert row["knocks_taken_revived"] == sum(down["fate"] == "revived" for down in taken)
                checked.update(expected)
    assert next(rows, None) is None
    assert len(checked) == 5, checked


def _column(down: dict[str, Any], account: str | None, team_of: dict[tuple[int, str | None], int]) -> str:
    if down["fate"] != "finished":
        return COLUMN_OF[down["fate"]]
    if down["ender_id"] == account:
        return "knocks_finished_by_self"
    teams = [team_of[down["match_no"], down[role]] for role in ("ender_id", "maker_id")]
    return "knocks_finished_by_team" if teams[0] == teams[1] else "knocks_finished_by_others"


def test_squads_are_the_accounts_that_play_together(season: Season) -> None:
    people = season.appearances.filter(~pl.col("account_id").str.starts_with("ai."))
    expected = (
        people.group_by("match_no", "team_id").agg(pl.col("account_id").sort()).sort("match_no", "team_id").rows()
    )
    found = season.details.squads.select("match_no", "team_id", "player_account_ids").rows()
    assert found == expected
