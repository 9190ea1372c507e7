"""Fights made by hand, to be written to the database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg

from pewstats_assets.fights import Fight, MatchFights, Outcome, Participant, TeamOutcome
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
