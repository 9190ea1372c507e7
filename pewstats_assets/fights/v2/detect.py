"""The whole of ruleset v2: combat events in, fights with their participants out."""

from datetime import UTC, datetime, timedelta
from typing import Final

import polars as pl

from pewstats_assets.fights.model import Fight, Participant
from pewstats_assets.fights.v2.arithmetic import add_up, mean_location
from pewstats_assets.fights.v2.decision import judge
from pewstats_assets.fights.v2.engagements import SECOND, Engagement, cluster
from pewstats_assets.fights.v2.events import Kind, read_events
from pewstats_assets.fights.v2.outcome import decide_outcome
from pewstats_assets.fights.v2.window import Player, WindowReader

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def detect(combat: pl.DataFrame) -> list[Fight]:
    """Find the fights of one match; see `fights.detect_fights`."""
    events = read_events(combat)
    windows = WindowReader(events)
    found = (_fight(engagement, windows) for engagement in cluster(events))
    return [fight for fight in found if fight is not None]


def _fight(engagement: Engagement, windows: WindowReader) -> Fight | None:
    verdict = judge(engagement)
    if verdict is None:
        return None
    window = windows.read(engagement)
    participants = window.participants
    team_ids = sorted({player.team for player in participants})
    if not participants or not verdict.stands(team_ids):
        return None  # rules 38, 30, 31
    result = decide_outcome(window, team_ids)
    first, second, *others = window.ranking
    centre_x, centre_y, spread = window.centre_and_spread()
    return Fight(
        fight_start_time=_time(engagement.start),
        fight_end_time=_time(engagement.end),
        duration_seconds=(engagement.end - engagement.start) / SECOND,
        team_ids=team_ids,
        primary_team_1=first,
        primary_team_2=second,
        third_party_teams=others or None,
        total_knocks=sum(team.knocks for team in window.teams.values()),
        total_kills=sum(team.kills for team in window.teams.values()),
        total_damage=add_up(team.damage_dealt for team in window.teams.values()),
        total_damage_events=sum(event.kind is Kind.DAMAGE for event in engagement.own),
        outcome=result.outcome,
        winning_team_id=result.winner,
        loser_team_id=result.loser,
        team_outcomes=result.team_outcomes,
        fight_reason=verdict.reason,
        fight_center_x=centre_x,
        fight_center_y=centre_y,
        fight_spread_radius=spread,
        participants=[_participant(player) for player in participants],
    )


def _participant(player: Player) -> Participant:
    centre = mean_location(player.positions) if player.positions else None
    return Participant(
        player_name=player.name,
        player_account_id=player.account_id,
        team_id=player.team,
        knocks_dealt=player.knocks,
        kills_dealt=player.kills,
        damage_dealt=player.damage_dealt,
        damage_taken=player.damage_taken,
        position_center_x=centre[0] if centre else None,
        position_center_y=centre[1] if centre else None,
        was_knocked=player.knocked_at is not None,
        was_killed=player.killed_at is not None,
        survived=player.killed_at is None,  # rule 35
        knocked_at=None if player.knocked_at is None else _time(player.knocked_at),
        killed_at=None if player.killed_at is None else _time(player.killed_at),
    )


def _time(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
