"""Simulated seasons against production: what ruleset v2 finds in 300 matches, and what is counted in them.

One test, because the season is played once; it tells all the bands that are missed. The matches go through JSON and
the decoder, as all telemetry does: what differs by a field on the wire shows here.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from pewstats_assets.fights import detect_fights
from pewstats_assets.fights.model import Fight
from pewstats_assets.simulation.season.battle import PULSE
from pewstats_assets.simulation.season.fighters import Fighter, Squad
from pewstats_assets.simulation.season.match import record_match
from pewstats_assets.simulation.season.recording import Recording
from pewstats_assets.simulation.season.truth import tables_of
from pewstats_assets.telemetry import decode_combat

SEED: Final = 2026
MATCHES: Final = 300


class Band(NamedTuple):
    """What production has, and how far from it a season may be."""

    target: float
    low: float
    high: float


def near(target: float, around: float = 0.15) -> Band:
    """A band around a mean or a percentile, as a share of it."""
    return Band(target, target * (1 - around), target * (1 + around))


def share(target: float, points: float = 0.04) -> Band:
    """A band around a share."""
    return Band(target, target - points, target + points)


#: Fights are those of 36,687 matches of production, counts those of a census of 65. The bands are 15 % or 4 points, or
#: narrower. Five are wider or lopsided: these are the ways in which simulated combat is known to differ.
BANDS: Final[Mapping[str, Band]] = {
    "fights per match": near(22.4),
    # Production has matches of all kinds, a season squads alone: fewer of its matches are out of the ordinary.
    "share of matches with 10 to 30 fights": Band(0.87, 0.87, 0.99),
    "participants per fight": near(6.6),
    "duration, mean": near(80.9),
    # Simulated ambushes take a few seconds longer than real ones.
    "duration, P10": near(9.4, 0.35),
    "duration, P25": near(26.1, 0.25),
    "duration, P50": near(60.4),
    "duration, P75": near(118.8),
    "duration, P90": near(201.4),
    "knocks + kills per fight, mean": near(6.3),
    "knocks + kills per fight, P10": near(2),
    "knocks + kills per fight, P25": near(3),
    "knocks + kills per fight, P50": near(5),
    "knocks + kills per fight, P75": near(8),
    "knocks + kills per fight, P90": near(13),
    "fights of one team": share(0.006, 0.006),
    "fights of two teams": share(0.554),
    "fights of three teams": share(0.258),
    "fights of four teams": share(0.109, 0.03),
    "fights of five teams": share(0.046, 0.02),
    "fights of six or more teams": share(0.028, 0.028),
    "most teams in a fight": Band(16, 8, 16),
    "DECISIVE_WIN": share(0.425),
    "THIRD_PARTY": share(0.400),
    "DRAW": share(0.167),
    "MARGINAL_WIN": share(0.008, 0.007),
    "knocks per match": near(75),
    "revives per match": near(24),
    "kills per match": near(95),
    "hits between teams per match": near(550),
    # By the census, half of the dead were not knocked when they died. In squads that is so for the last of each, a
    # third of all; in the solo matches of the census, for everybody.
    "knocks that end in death": share(0.61, 0.07),
    "bots in official matches": share(0.067, 0.02),
    "official matches full of bots": share(0.15, 0.05),
    "deaths in a second life": Band(0.05, 0.02, 0.06),
}


class CombatAlone(Recording):
    """Writes the combat as small matches have it, and nothing else: that is all that detection reads."""

    def pulse(self, at: int) -> None:
        assert at % PULSE == 0

    def land(self, at: int, who: Fighter) -> None:
        pass

    def ride(self, at: int, squad: Squad, *, leaves: bool) -> None:
        pass

    def heal(self, at: int, who: Fighter, item_id: str, points: float) -> None:
        pass


def test_a_season_is_like_production() -> None:
    fights, combat, truths = [], [], []
    for index in range(MATCHES):
        match = record_match(SEED, index, CombatAlone)
        frame = decode_combat(match.telemetry, Path("match.json")).combat
        fights.append(detect_fights(frame))
        combat.append(frame)
        truths.append(match.truth)
    truth = tables_of(SEED, truths)
    participants = truth["appearances"].join(truth["matches"], on="match_id")
    measured = of_fights(fights) | of_events(pl.concat(combat)) | of_participants(participants)
    assert measured.keys() == BANDS.keys()
    missed = [
        f"{name}: {measured[name]:.3f} instead of {band.target} ({band.low:.3f} to {band.high:.3f})"
        for name, band in BANDS.items()
        if not band.low <= measured[name] <= band.high
    ]
    assert missed == []


def of_fights(fights: Sequence[Sequence[Fight]]) -> dict[str, float]:
    all_fights = [fight for of_match in fights for fight in of_match]
    durations = [fight.duration_seconds for fight in all_fights]
    casualties = [fight.total_knocks + fight.total_kills for fight in all_fights]
    teams = Counter(min(len(fight.team_ids), 6) for fight in all_fights)
    outcomes = Counter(fight.outcome.value for fight in all_fights)
    names = ("one team", "two teams", "three teams", "four teams", "five teams", "six or more teams")
    return {
        "fights per match": len(all_fights) / MATCHES,
        "share of matches with 10 to 30 fights": fmean(10 <= len(of_match) <= 30 for of_match in fights),
        "participants per fight": fmean(len(fight.participants) for fight in all_fights),
        **percentiles("duration", durations),
        **percentiles("knocks + kills per fight", casualties),
        **{f"fights of {name}": teams[number] / len(all_fights) for number, name in enumerate(names, start=1)},
        "most teams in a fight": max(len(fight.team_ids) for fight in all_fights),
        **{name: outcomes[name] / len(all_fights) for name in ("DECISIVE_WIN", "THIRD_PARTY", "DRAW", "MARGINAL_WIN")},
    }


def percentiles(name: str, values: Sequence[float]) -> dict[str, float]:
    found = {f"{name}, P{rank}": float(np.percentile(values, rank)) for rank in (10, 25, 50, 75, 90)}
    return {f"{name}, mean": fmean(values)} | found


def of_events(combat: pl.DataFrame) -> dict[str, float]:
    kinds = Counter(combat["kind"].to_list())
    is_hit = pl.col("kind") == "damage", pl.col("actor_team_id") != pl.col("victim_team_id")
    died_knocked = combat.filter(pl.col("kind") == "kill", pl.col("dbno_id") > 0).height
    return {
        "knocks per match": kinds["knock"] / MATCHES,
        "revives per match": kinds["revive"] / MATCHES,
        "kills per match": kinds["kill"] / MATCHES,
        "hits between teams per match": combat.filter(*is_hit).height / MATCHES,
        "knocks that end in death": died_knocked / kinds["knock"],
    }


def of_participants(participants: pl.DataFrame) -> dict[str, float]:
    official = participants.filter(pl.col("match_type") == "official")
    per_match = official.group_by("match_id").agg(share=pl.col("is_bot").mean())["share"].to_list()
    # Hardly any, or a good part: nothing between.
    assert all(share < 0.05 or share > 0.25 for share in per_match)
    assert not participants.filter(pl.col("match_type") != "official")["is_bot"].any()
    lives = participants["lives"].to_list()
    return {
        "bots in official matches": fmean(official["is_bot"].to_list()),
        "official matches full of bots": fmean(share > 0.25 for share in per_match),
        "deaths in a second life": sum(number - 1 for number in lives) / len(lives),
    }
