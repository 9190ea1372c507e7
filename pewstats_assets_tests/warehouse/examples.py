"""Fights made by hand, to be written to the database."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import md5
from itertools import groupby
from typing import Any
from uuid import UUID

import polars as pl
import psycopg

from pewstats_assets.fights import Fight, MatchFights, Outcome, Participant, TeamOutcome
from pewstats_assets.fights.participation import KNOCKS, PARTICIPATION, SQUADS, FightDetails
from pewstats_assets.warehouse.matches import NewMatch, Registration, register

START = datetime(2026, 7, 1, 18, 0, tzinfo=UTC)


def match_id_of(number: int) -> str:
    return str(UUID(int=number))


def register_matches(connection: psycopg.Connection, numbers: list[int], batch_size: int = 100) -> Registration:
    """Register matches that have their number in id and file name."""
    found = [new_match(number) for number in numbers]
    with connection.transaction():
        return register(connection, found, batch_size)


def new_match(number: int, excluded_because: str | None = None) -> NewMatch:
    match_id = match_id_of(number)
    return NewMatch(match_id, f"/telemetry/{match_id}.json.gz", None, "0" * 64, "official", excluded_because)


def detected(match_no: int, fights: int = 2) -> MatchFights:
    """A match with that many fights of three participants each; match `n` was registered as number `n`."""
    return MatchFights(
        match_no=match_no,
        match_id=match_id_of(match_no),
        map_name="Baltic_Main",
        game_mode="squad-fpp",
        match_type="official",
        match_datetime=START,
        started_at=START,
        event_count=37_000,
        fights=[fight(START + timedelta(minutes=5 * number)) for number in range(fights)],
    )


def fight(start: datetime) -> Fight:
    """Two players of team 1 beat the one of team 2."""
    return Fight(
        fight_start_time=start,
        fight_end_time=start + timedelta(seconds=60),
        duration_seconds=60.0,
        team_ids=[1, 2],
        primary_team_1=1,
        primary_team_2=2,
        third_party_teams=None,
        total_knocks=1,
        total_kills=1,
        total_damage=150.5,
        total_damage_events=4,
        outcome=Outcome.DECISIVE_WIN,
        winning_team_id=1,
        loser_team_id=2,
        team_outcomes={1: TeamOutcome.WON, 2: TeamOutcome.LOST},
        fight_reason="Multiple casualties (2 knocks/kills)",
        fight_center_x=100_000.0,
        fight_center_y=200_000.0,
        fight_spread_radius=25.0,
        participants=[
            participant("winner", team_id=1, knocks=1, kills=1, dealt=100.5),
            participant("helper", team_id=1, dealt=50.0),
            participant("loser", team_id=2, taken=150.5, killed_at=start + timedelta(seconds=60)),
        ],
    )


def participant(
    name: str,
    *,
    team_id: int,
    knocks: int = 0,
    kills: int = 0,
    dealt: float = 0.0,
    taken: float = 0.0,
    killed_at: datetime | None = None,
) -> Participant:
    return Participant(
        player_name=name,
        player_account_id=f"account.{name}",
        team_id=team_id,
        knocks_dealt=knocks,
        kills_dealt=kills,
        damage_dealt=dealt,
        damage_taken=taken,
        position_center_x=None,
        position_center_y=None,
        was_knocked=False,
        was_killed=killed_at is not None,
        survived=killed_at is None,
        knocked_at=None,
        killed_at=killed_at,
    )


def details_of(matches: Sequence[MatchFights]) -> FightDetails:
    """What goes with these matches: everybody finishes their knocks, and each team's accounts are a squad."""
    return FightDetails(
        participants=_frame(PARTICIPATION, (row for match in matches for row in _described(match))),
        knocks=_frame(KNOCKS, (row for match in matches for row in _knocks(match))),
        squads=_frame(SQUADS, (row for match in matches for row in _squads(match))),
    )


def _frame(schema: pl.Schema, rows: Iterator[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def _described(match: MatchFights) -> Iterator[dict[str, Any]]:
    for fight_no, fight in enumerate(match.fights, start=1):
        for participant_no, who in enumerate(fight.participants, start=1):
            counts = {name: 0 for name, dtype in PARTICIPATION.items() if dtype == pl.Int32()}
            yield {
                **dict.fromkeys(PARTICIPATION.names()),
                **counts,
                "match_no": match.match_no,
                "fight_no": fight_no,
                "participant_no": participant_no,
                "first_hit_at": fight.fight_start_time,
                "dealt_first_hit": participant_no == 1,
                "took_first_hit": participant_no == len(fight.participants),
                "damage_to_standing": who.damage_dealt,
                "damage_to_knocked": 0.0,
                "enemy_knocks": who.knocks_dealt,
                "knocks_finished_by_self": who.knocks_dealt,
                "focused_damage": 0.0,
                "damage_by_weapon": '[{"weapon": "WeapAK47_C", "damage": 1.5}]',
                "numbers": "even",
                "zone_phase": 2,
                "team_standing": 1,
                "enemies_standing": 1,
            }


def _knocks(match: MatchFights) -> Iterator[dict[str, Any]]:
    for fight_no, fight in enumerate(match.fights, start=1):
        dealt = [who for who in fight.participants for _ in range(who.knocks_dealt)]
        for knock_no, who in enumerate(dealt, start=1):
            victim = next(other for other in fight.participants if other.team_id != who.team_id)
            yield {
                **dict.fromkeys(KNOCKS.names()),
                "match_no": match.match_no,
                "fight_no": fight_no,
                "knock_no": knock_no,
                "knocked_at": fight.fight_start_time,
                "knocker_name": who.player_name,
                "knocker_account_id": who.player_account_id,
                "knocker_team_id": who.team_id,
                "victim_name": victim.player_name,
                "victim_account_id": victim.player_account_id,
                "victim_team_id": victim.team_id,
                "mates_standing": 1,
                "dbno_id": 1000 * fight_no + knock_no,
                "fate": "finished",
                "ended_at": fight.fight_end_time,
                "ender_account_id": who.player_account_id,
                "ender_team_id": who.team_id,
            }


def _squads(match: MatchFights) -> Iterator[dict[str, Any]]:
    members = {(who.team_id, who.player_account_id) for fight in match.fights for who in fight.participants}
    people = sorted((team, account) for team, account in members if account and not account.startswith("ai."))
    for team_id, of_team in groupby(people, key=lambda member: member[0]):
        accounts = [account for _, account in of_team]
        yield {
            "match_no": match.match_no,
            "team_id": team_id,
            "squad_id": md5(",".join(accounts).encode(), usedforsecurity=False).hexdigest(),
            "player_account_ids": accounts,
            "team_rank": team_id,
        }
