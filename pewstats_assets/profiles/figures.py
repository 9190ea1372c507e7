"""The figures of a player: each is named, made of sums, and described here, once for tables, page and docs.

Not here: how sure a figure is and how it compares (see `intervals`, `shrinkage`, `reliability`, `percentiles`).
"""

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["rate", "count", "mean"]
Better = Literal["higher", "lower", "neither"]
Section = Literal["results", "duels", "finishing", "numbers", "phase", "range", "position", "coordination"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure of a player: a total over trials.

    Attributes:
        name: as columns and JSON spell it.
        kind: what it is, and with it its distribution: a `rate` is successes over trials (beta-binomial), a `count`
            events over exposure (gamma-Poisson), a `mean` is of measured values (normal).
        total: the sum columns that are added up above the line.
        trials: the sum column below the line: fights, knocks, deaths; of a mean, how many values.
        squares: the sum of the squared values, of a mean.
        unit: what it is measured in; empty for what has no unit.
        better: which direction a coach wants; `neither` for what is a matter of style.
        label: what a person reads.
        description: what it says, in a sentence.
        section: which part of the page shows it.
        least: what it cannot be below; None if it can be negative.
        most: what it cannot be above.
    """

    name: str
    kind: Kind
    total: tuple[str, ...]
    trials: str
    squares: str | None = None
    unit: Literal["", "share", "HP", "m", "m/s"] = ""
    better: Better
    label: str
    description: str
    section: Section
    least: float | None = 0.0
    most: float | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The sum columns that it is made of."""
        return (*self.total, self.trials, *([self.squares] if self.squares else []))


def _rate(  # noqa: PLR0913 one per attribute
    name: str,
    total: str | tuple[str, ...],
    trials: str,
    *,
    better: Better,
    section: Section,
    label: str,
    description: str,
) -> Figure:
    return Figure(
        name=name,
        kind="rate",
        total=(total,) if isinstance(total, str) else total,
        trials=trials,
        unit="share",
        better=better,
        section=section,
        label=label,
        description=description,
        most=1.0,
    )


def _wins(of: str, section: Section, label: str, description: str) -> Figure:
    return _rate(
        f"win_rate_{of}",
        f"wins_{of}",
        f"fights_{of}",
        better="higher",
        section=section,
        label=label,
        description=description,
    )


FIGURES: Final = (
    _rate(
        "win_rate",
        "wins",
        "fights",
        better="higher",
        section="results",
        label="Fights won",
        description="Fights that the player's team won.",
    ),
    _rate(
        "survival_rate",
        "survivals",
        "fights",
        better="higher",
        section="results",
        label="Survived",
        description="Fights that the player survived.",
    ),
    _rate(
        "knocked_rate",
        "fights_knocked",
        "fights",
        better="lower",
        section="results",
        label="Knocked",
        description="Fights in which the player was knocked.",
    ),
    Figure(
        name="knocks_per_fight",
        kind="count",
        total=("knocks_dealt",),
        trials="fights",
        better="higher",
        section="duels",
        label="Knocks per fight",
        description="Knocks that the player dealt, per fight.",
    ),
    Figure(
        name="kills_per_fight",
        kind="count",
        total=("kills_dealt",),
        trials="fights",
        better="higher",
        section="duels",
        label="Kills per fight",
        description="Kills of the player, per fight.",
    ),
    Figure(
        name="kills_per_death",
        kind="count",
        total=("kills_dealt",),
        trials="deaths",
        better="higher",
        section="duels",
        label="Kills per death",
        description="Kills of the player in fights, per death in a fight; not known before the first death.",
    ),
    Figure(
        name="damage_dealt_per_fight",
        kind="mean",
        total=("damage_dealt",),
        trials="fights",
        squares="damage_dealt_squares",
        unit="HP",
        better="higher",
        section="duels",
        label="Damage dealt",
        description="Damage that the player dealt to the fight's other teams, per fight.",
    ),
    Figure(
        name="damage_taken_per_fight",
        kind="mean",
        total=("damage_taken",),
        trials="fights",
        squares="damage_taken_squares",
        unit="HP",
        better="lower",
        section="duels",
        label="Damage taken",
        description="Damage that the fight's other teams dealt to the player, per fight.",
    ),
    _rate(
        "first_hit_rate",
        "first_hits_dealt",
        "first_hits_known",
        better="neither",
        section="duels",
        label="First hit dealt",
        description="Fights whose first hit the player dealt, of those with a hit.",
    ),
    _rate(
        "finish_rate",
        "knocks_finished_by_self",
        "knocks_fate_known",
        better="higher",
        section="finishing",
        label="Knocks finished oneself",
        description="Knocked enemies that the player killed, of those knocked whose fate is known.",
    ),
    _rate(
        "squad_finish_rate",
        ("knocks_finished_by_self", "knocks_finished_by_team"),
        "knocks_fate_known",
        better="higher",
        section="finishing",
        label="Knocks finished by squad",
        description="Knocked enemies that the player or a team mate killed, of those knocked whose fate is known.",
    ),
    _rate(
        "revived_rate",
        "knocks_taken_revived",
        "knocks_taken_fate_known",
        better="higher",
        section="finishing",
        label="Revived when knocked",
        description="Knocks of the player that ended in a revive, of those whose fate is known.",
    ),
    _wins(
        "even",
        "numbers",
        "Even numbers",
        "Fights won of those with as many standing members as the enemy at the start.",
    ),
    _wins(
        "ahead",
        "numbers",
        "More than the enemy",
        "Fights won of those with more standing members than the enemy at the start.",
    ),
    _wins(
        "behind",
        "numbers",
        "Fewer than the enemy",
        "Fights won of those with fewer standing members than the enemy at the start.",
    ),
    _wins("third_party", "numbers", "Three teams or more", "Fights won of those between more than two teams."),
    _wins("early", "phase", "Zone phases 0 to 2", "Fights won of those in the zone phases 0 to 2."),
    _wins("middle", "phase", "Zone phases 3 to 5", "Fights won of those in the zone phases 3 to 5."),
    _wins("late", "phase", "Zone phases from 6 on", "Fights won of those in the zone phases from 6 on."),
    _wins(
        "close", "range", "Closer than 25 m", "Fights won of those with the player's first hit from closer than 25 m."
    ),
    _wins("medium", "range", "25 to 100 m", "Fights won of those with the player's first hit from 25 to 100 m."),
    _wins("long", "range", "100 m and more", "Fights won of those with the player's first hit from 100 m or more."),
    Figure(
        name="first_hit_distance",
        kind="mean",
        total=("first_hit_distance_sum",),
        trials="first_hit_distance_count",
        squares="first_hit_distance_squares",
        unit="m",
        better="neither",
        section="position",
        label="Distance of first hit",
        description="How far away the enemy of the player's first hit of a fight was, on average.",
    ),
    _rate(
        "grouped_rate",
        "grouped",
        "positions_known",
        better="neither",
        section="position",
        label="Grouped",
        description="Fights that began for the player with a team mate within 25 m, where places are known.",
    ),
    _rate(
        "loose_rate",
        "loose",
        "positions_known",
        better="neither",
        section="position",
        label="Loose",
        description="Fights that began for the player with the nearest mate at 25 to 100 m, where places are known.",
    ),
    _rate(
        "isolated_rate",
        "isolated",
        "positions_known",
        better="lower",
        section="position",
        label="Isolated",
        description="Fights that began for the player with no team mate within 100 m, where places are known.",
    ),
    Figure(
        name="mate_distance",
        kind="mean",
        total=("mate_distance_sum",),
        trials="mate_distance_count",
        squares="mate_distance_squares",
        unit="m",
        better="neither",
        section="position",
        label="Distance to nearest mate",
        description="How far away the nearest standing team mate was during a fight, on average.",
    ),
    Figure(
        name="speed",
        kind="mean",
        total=("speed_sum",),
        trials="speed_count",
        squares="speed_squares",
        unit="m/s",
        better="neither",
        section="position",
        label="Speed",
        description="How fast the player moved during a fight, on average.",
    ),
    Figure(
        name="height",
        kind="mean",
        total=("height_sum",),
        trials="height_count",
        squares="height_squares",
        unit="m",
        better="neither",
        section="position",
        label="Height over opponent",
        description="How much higher than the opponent the player was at hits dealt and taken, on average.",
        least=None,
    ),
    _rate(
        "trade_rate",
        "trades_by_self",
        "trade_opportunities",
        better="higher",
        section="coordination",
        label="Trades made",
        description="Knocks of team mates, seen standing, whose knocker the player knocked or killed within 10 s.",
    ),
    _rate(
        "traded_rate",
        "knocks_taken_traded",
        "enemy_knocks_taken",
        better="higher",
        section="coordination",
        label="Traded by mates",
        description="Knocks of the player by enemies whose knocker a team mate knocked or killed within 10 s.",
    ),
    Figure(
        name="focus_share",
        kind="mean",
        total=("focus_share_sum",),
        trials="focus_share_count",
        squares="focus_share_squares",
        unit="share",
        better="higher",
        section="coordination",
        label="Focused damage",
        description="Share of the damage dealt that hit enemies whom a team mate hit within 3 s, on average of fights.",
        most=1.0,
    ),
    _rate(
        "late_join_rate",
        "joined_late",
        "joined_late_known",
        better="neither",
        section="coordination",
        label="Joined late",
        description="Fights that other teams had begun before the player's team joined, of those with a hit.",
    ),
)

BY_NAME: Final = {figure.name: figure for figure in FIGURES}
