"""A fight and its participants, as every ruleset returns them.

Participants are embedded in their fight: nobody can pass on one without the other. They are structs of msgspec, which
are made, and passed on between processes, faster than dataclasses.
"""

from datetime import datetime
from enum import StrEnum

import msgspec


class TooMuchCombatError(Exception):
    """A match with so much combat at once that finding its fights would not end in reasonable time."""


class Outcome(StrEnum):
    """How a fight ended."""

    DECISIVE_WIN = "DECISIVE_WIN"
    MARGINAL_WIN = "MARGINAL_WIN"
    THIRD_PARTY = "THIRD_PARTY"
    DRAW = "DRAW"


class TeamOutcome(StrEnum):
    """How a fight ended for one of its teams."""

    WON = "WON"
    LOST = "LOST"
    DRAW = "DRAW"


class Participant(msgspec.Struct, frozen=True):
    """A player's part in one fight. Damage in HP, coordinates in cm, times UTC.

    Attributes:
        position_center_x: mean of the player's positions in the fight; None if no event had one.
        survived: not killed in the fight's window.
    """

    player_name: str
    player_account_id: str | None
    team_id: int
    knocks_dealt: int
    kills_dealt: int
    damage_dealt: float
    damage_taken: float
    position_center_x: float | None
    position_center_y: float | None
    was_knocked: bool
    was_killed: bool
    survived: bool
    knocked_at: datetime | None
    killed_at: datetime | None


class Fight(msgspec.Struct, frozen=True):
    """A team fight with everybody who took part. Damage in HP, centre in cm, spread in m, duration in s, times UTC.

    Attributes:
        team_ids: teams of the participants, ascending.
        primary_team_1: the team with the highest score; `primary_team_2` the next.
        third_party_teams: the others by falling score; None if there are none.
        team_outcomes: one entry for each of `team_ids`.
        participants: in order of their first appearance; never empty.
    """

    fight_start_time: datetime
    fight_end_time: datetime
    duration_seconds: float
    team_ids: list[int]
    primary_team_1: int
    primary_team_2: int
    third_party_teams: list[int] | None
    total_knocks: int
    total_kills: int
    total_damage: float
    total_damage_events: int
    outcome: Outcome
    winning_team_id: int | None
    loser_team_id: int | None
    team_outcomes: dict[int, TeamOutcome]
    fight_reason: str
    fight_center_x: float | None
    fight_center_y: float | None
    fight_spread_radius: float | None
    participants: list[Participant]

    @property
    def ranking(self) -> list[int]:
        """All teams of the fight by falling score, those included of which only NPCs took part (v2 rules 23 and 26)."""
        return [self.primary_team_1, self.primary_team_2, *(self.third_party_teams or ())]
