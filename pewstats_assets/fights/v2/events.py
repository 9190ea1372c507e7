"""Rules 1 to 7: which events count, and which of them are combat between teams."""

from enum import Enum
from typing import Final

import msgspec
import polars as pl

#: A place in cm, or None where an event has none (rule 36).
Location = tuple[float, float, float]


class Kind(Enum):
    """The three kinds of event that count (rule 1)."""

    DAMAGE = "damage"
    KNOCK = "knock"
    KILL = "kill"


class Side(msgspec.Struct, frozen=True, gc=False):
    """Actor or victim of an event; without a name it is nobody (rule 20)."""

    name: str
    account_id: str | None
    team: int
    location: Location | None


class Event(msgspec.Struct, frozen=True, gc=False):
    """A damage, knock or kill in which both sides have a team. `time` is in microseconds since 1970, UTC."""

    time: int
    kind: Kind
    damage: float
    actor: Side
    victim: Side

    @property
    def is_combat(self) -> bool:
        """Whether clustering sees the event: the teams differ (rule 4), and damage is above 0 (rule 5)."""
        return self.actor.team != self.victim.team and (self.kind is not Kind.DAMAGE or self.damage > 0)


_KINDS: Final = {kind.value: kind for kind in Kind}


def read_events(combat: pl.DataFrame) -> list[Event]:
    """Take the events that can matter out of a match's combat frame, in file order.

    An event of which a side has no team is combat by no rule and counts in no window (rules 4, 17 to 19), nor does
    damage within a team (rules 4 and 17).
    """
    is_of_two_teams = pl.col("actor_team_id") != pl.col("victim_team_id")  # null, and so out, if a side has none
    is_relevant = pl.col("kind").is_in(list(_KINDS)) & (
        is_of_two_teams | (is_of_two_teams.is_not_null() & (pl.col("kind") != Kind.DAMAGE.value))
    )
    relevant = combat.filter(combat.select(is_relevant).to_series())  # faster than to filter by the expression
    times = relevant["time"].dt.epoch("us").to_list()
    kinds = relevant["kind"].to_list()
    damages = relevant["damage"].fill_null(0.0).to_list()  # rule 37
    sides = zip(_sides(relevant, "actor"), _sides(relevant, "victim"), strict=True)
    return [
        Event(time, _KINDS[kind], damage, actor, victim)
        for time, kind, damage, (actor, victim) in zip(times, kinds, damages, sides, strict=True)
    ]


def _sides(relevant: pl.DataFrame, role: str) -> list[Side]:
    columns = [relevant[f"{role}_{name}"].to_list() for name in ("name", "account_id", "team_id", "x", "y", "z")]
    return [
        Side(name or "", account_id, team, None if x is None else (x, y, z))
        for name, account_id, team, x, y, z in zip(*columns, strict=True)
    ]
