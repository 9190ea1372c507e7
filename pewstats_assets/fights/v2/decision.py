"""Rules 28 to 32: whether an engagement is a fight, by its own events."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from pewstats_assets.fights.v2.arithmetic import add_up
from pewstats_assets.fights.v2.engagements import Engagement
from pewstats_assets.fights.v2.events import Event, Kind

MIN_CASUALTIES: Final = 2
MIN_DEALING_TEAMS: Final = 2
MIN_SUSTAINED_DAMAGE: Final = 150.0
MIN_SHARE_OF_DAMAGE: Final = 0.20
MIN_DAMAGE_AROUND_KNOCK: Final = 75.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why an engagement is a fight, by its own events.

    Attributes:
        reason: a sentence.
        dealing_teams: the teams that dealt damage, if the verdict stands only where they are all there are (rules 30,
            31); else None.
    """

    reason: str
    dealing_teams: AbstractSet[int] | None

    def stands(self, team_ids: Sequence[int]) -> bool:
        """Whether it is a fight between these teams: those of the participants, by the window (rule 26)."""
        return self.dealing_teams is None or self.dealing_teams == set(team_ids)


def judge(engagement: Engagement) -> Verdict | None:
    """Say why an engagement is a fight; None if it is none, whoever takes part."""
    knocks = _number_of(Kind.KNOCK, engagement.own)
    kills = _number_of(Kind.KILL, engagement.own)
    if knocks + kills >= MIN_CASUALTIES:
        return Verdict(f"Multiple casualties ({knocks + kills} knocks/kills)", None)
    if kills:
        return None  # rule 29, whatever the resistance

    dealt = _damage_by_team(engagement.own)
    if len(dealt) < MIN_DEALING_TEAMS:
        return None
    if knocks:
        is_fight = all(damage >= MIN_DAMAGE_AROUND_KNOCK for damage in dealt.values())
        reason = "Single knock with reciprocal damage (all teams ≥75 damage)"
    else:
        total = add_up(dealt.values())
        is_fight = total >= MIN_SUSTAINED_DAMAGE and all(d >= total * MIN_SHARE_OF_DAMAGE for d in dealt.values())
        reason = f"Sustained reciprocal damage ({total:.0f} total)"
    return Verdict(reason, dealt.keys()) if is_fight else None


def _number_of(kind: Kind, own: Sequence[Event]) -> int:
    return sum(event.kind is kind for event in own)


def _damage_by_team(own: Sequence[Event]) -> dict[int, float]:
    """Own damage by dealing team, summed in time order, teams in order of their first damage (rule 30)."""
    dealt: dict[int, float] = {}
    for event in own:
        if event.kind is Kind.DAMAGE:
            dealt[event.actor.team] = dealt.get(event.actor.team, 0.0) + event.damage
    return dealt
