"""From the telemetry frames of a match batch to the fights of each of its matches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from pewstats_assets.fights.detect import DEFAULT_RULESET, detect_fights
from pewstats_assets.fights.model import Fight, TooMuchCombatError


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchFights:
    """A match with its facts and its fights, participants embedded. Times UTC."""

    match_no: int
    match_id: str
    map_name: str | None
    game_mode: str | None
    match_type: str | None
    match_datetime: datetime | None
    started_at: datetime | None
    event_count: int
    fights: Sequence[Fight]

    @property
    def participants(self) -> int:
        """Number of participants, counted once per fight."""
        return sum(len(fight.participants) for fight in self.fights)


@dataclass(frozen=True, slots=True)
class UndetectedMatch:
    """A match whose fights cannot be found, and why, in a sentence."""

    match_no: int
    detail: str


def detect_batch(
    facts: pl.DataFrame, combat: pl.DataFrame, ruleset: str = DEFAULT_RULESET
) -> list[MatchFights | UndetectedMatch]:
    """Find the fights of every match of a batch, each match by itself.

    Args:
        facts: one row per match (`match_no` and the columns of `telemetry.frames.FACTS`).
        combat: the combat events of all of them (`match_no` and the columns of `telemetry.frames.COMBAT`), each
            match's in file order.
        ruleset: a name in `RULESETS`.

    Returns:
        One entry per row of `facts`, in its order.
    """
    combat_of = combat.partition_by("match_no", as_dict=True)
    nothing = combat.clear()
    columns = [name for name in MatchFights.__dataclass_fields__ if name != "fights"]
    found: list[MatchFights | UndetectedMatch] = []
    for row in facts.select(columns).iter_rows(named=True):
        match_no = row["match_no"]
        try:
            fights = detect_fights(combat_of.get((match_no,), nothing), ruleset)
        except TooMuchCombatError as error:
            found.append(UndetectedMatch(match_no, str(error)))
        else:
            found.append(MatchFights(**row, fights=fights))
    return found
