"""Rules 1 to 7: which events count, and which of them are combat between teams."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

import polars as pl

#: A place in cm, or None where an event has none (rule 36).
Location = tuple[float, float, float]


class Kind(Enum):
    """The three kinds of event that count (rule 1)."""

    DAMAGE = "damage"
    KNOCK = "knock"
    KILL = "kill"


@dataclass(frozen=True, slots=True)
class Event:
    """A damage, knock or kill in which both sides have a team. `time` is in microseconds since 1970, UTC."""

    time: int
    kind: Kind
    damage: float
    actor_name: str
    actor_account_id: str | None
    actor_team: int
    actor_location: Location | None
    victim_name: str
    victim_account_id: str | None
    victim_team: int
    victim_location: Location | None

    @property
    def is_combat(self) -> bool:
        """Whether clustering sees the event: the teams differ (rule 4), and damage is above 0 (rule 5)."""
        return self.actor_team != self.victim_team and (self.kind is not Kind.DAMAGE or self.damage > 0)


_KINDS: Final = {kind.value: kind for kind in Kind}


def read_events(combat: pl.DataFrame) -> list[Event]:
    """Take the events that can matter out of a match's combat frame, in file order.

    An event of which a side has no team is combat by no rule and counts in no window (rules 4, 17 to 19).
    """
    relevant = combat.filter(
        pl.col("kind").is_in(list(_KINDS)),
        pl.col("actor_team_id").is_not_null(),
        pl.col("victim_team_id").is_not_null(),
    ).select(
        pl.col("time").dt.epoch("us"),
        pl.col("kind").cast(pl.String),
        pl.col("damage").fill_null(0.0),  # rule 37
        *(
            pl.col(f"{role}_{field}")
            for role in ("actor", "victim")
            for field in ("name", "account_id", "team_id", "x", "y", "z")
        ),
    )
    return [
        Event(
            time, _KINDS[kind], damage,
            a_name or "", a_account, a_team, None if ax is None else (ax, ay, az),
            v_name or "", v_account, v_team, None if vx is None else (vx, vy, vz),
        )
        for time, kind, damage, a_name, a_account, a_team, ax, ay, az, v_name, v_account, v_team, vx, vy, vz
        in relevant.iter_rows()
    ]  # fmt: skip
