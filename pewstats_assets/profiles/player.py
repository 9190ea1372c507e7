"""One player in one mode: every figure beside those of the others, by map, and lately against before.

Here: sums of the player, fights of late and what the population is like, made into what a coach reads. Not here: where
they are read (see `warehouse.players`) and what the page looks like (see `cli.player_page`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
import polars as pl

from pewstats_assets.profiles.figures import BY_NAME, FIGURES, Figure
from pewstats_assets.profiles.playstyle import AXES, NOT_ENOUGH_FIGHTS, playstyle_v2
from pewstats_assets.profiles.populations import PopulationFigure, figure_of_players, min_fights_of_playstyle
from pewstats_assets.profiles.reliability import sums_of

#: What is looked at over time; these need nothing but who won, survived, knocked, killed and dealt damage.
TREND: Final = (
    "win_rate",
    "survival_rate",
    "knocks_per_fight",
    "kills_per_fight",
    "damage_dealt_per_fight",
    "damage_taken_per_fight",
)
LAST_FIGHTS: Final = 20
LAST_DAYS: Final = 30
#: A player's fights of late, one row each; the sums that `TREND` is made of come from these columns.
FIGHTS: Final = pl.Schema(
    {
        "fight_start_time": pl.Datetime("us", "UTC"),
        "team_outcome": pl.String(),
        "survived": pl.Boolean(),
        "knocks_dealt": pl.Int64(),
        "kills_dealt": pl.Int64(),
        "damage_dealt": pl.Float64(),
        "damage_taken": pl.Float64(),
    }
)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 90 % interval, and over how many trials; None where it is not known."""

    trials: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class PlayerFigure:
    """A figure of the player.

    Attributes:
        figure: its name.
        estimate: the player's own value.
        shrunk: what is most likely true, with its 90 % interval; None without a population.
        percentile: 0 to 1, among the players of the mode with enough fights; None for who has not enough.
        min_fights: how many are enough; None if the players of the mode do not differ by more than chance, or are too
            few to say.
        is_enough: whether the player has them; if not, the figure is marked.
    """

    figure: str
    estimate: Estimate
    shrunk: float | None
    shrunk_low: float | None
    shrunk_high: float | None
    percentile: float | None
    min_fights: int | None
    is_enough: bool


@dataclass(frozen=True, slots=True)
class MapFigure:
    """How often the player won on a map; its name is null where no file says it."""

    map_name: str | None
    fights: int
    win_rate: Estimate


@dataclass(frozen=True, slots=True)
class Trend:
    """A figure of late and before. `change`: up or down if the intervals of 30 days and before do not even touch."""

    figure: str
    last_fights: Estimate
    last_days: Estimate
    before: Estimate
    change: str | None


@dataclass(frozen=True, slots=True)
class Playstyle:
    """How the player fights. `axes`: percentiles, None where not known; `min_fights`: see `PlayerFigure`."""

    playstyle: str
    playstyle_v2: str
    axes: Mapping[str, float | None]
    min_fights: int | None


@dataclass(frozen=True, slots=True)
class PlayerInMode:
    """A player in the matches of one mode and match type; `players`: with whom the player is compared."""

    game_mode: str | None
    match_type: str | None
    matches: int
    fights: int
    first_fight_at: datetime
    last_fight_at: datetime
    players: int | None
    compared_at: datetime | None
    playstyle: Playstyle
    figures: tuple[PlayerFigure, ...]
    maps: tuple[MapFigure, ...]
    trend: tuple[Trend, ...]


def figures_of(sums: pl.DataFrame, population: Mapping[str, PopulationFigure]) -> tuple[PlayerFigure, ...]:
    """Compute all figures of a player.

    Args:
        sums: one row, with `SUM_COLUMNS`.
        population: what the figures are like among the players of the mode; empty if nobody has found out.
    """
    return tuple(_figure_of(figure, sums, population.get(figure.name)) for figure in FIGURES)


def _figure_of(figure: Figure, sums: pl.DataFrame, population: PopulationFigure | None) -> PlayerFigure:
    fights = sums["fights"].cast(pl.Float64).to_numpy()
    found = figure_of_players(figure, sums_of(figure, sums), fights, population)
    is_enough = bool(found.is_enough[0])
    return PlayerFigure(
        figure=figure.name,
        estimate=Estimate(int(found.trials[0]), _known(found.value), _known(found.low), _known(found.high)),
        shrunk=_known(found.shrunk),
        shrunk_low=_known(found.shrunk_low),
        shrunk_high=_known(found.shrunk_high),
        percentile=_known(found.percentile) if is_enough else None,
        min_fights=None if population is None else population.min_fights,
        is_enough=is_enough,
    )


def estimate(figure: Figure, sums: pl.DataFrame, population: Mapping[str, PopulationFigure]) -> Estimate:
    """Compute a figure of a player of these sums: one row, with `fights` and the figure's columns."""
    return _figure_of(figure, sums, population.get(figure.name)).estimate


def maps_of(by_map: pl.DataFrame, population: Mapping[str, PopulationFigure]) -> tuple[MapFigure, ...]:
    """Compute how often the player won on each map, most fights first.

    Args:
        by_map: one row per map: `map_name`, and columns of `SUM_COLUMNS`.
        population: as of `figures_of`.
    """
    return tuple(
        MapFigure(row["map_name"][0], int(row["fights"][0]), estimate(BY_NAME["win_rate"], row, population))
        for row in by_map.sort("fights", "map_name", descending=[True, False], nulls_last=True).iter_slices(1)
    )


def trend_of(fights: pl.DataFrame, sums: pl.DataFrame, population: Mapping[str, PopulationFigure]) -> tuple[Trend, ...]:
    """Compare the last fights and the last days before the player's last fight with all that was before these days.

    Args:
        fights: of late, the last one first, with the columns of `FIGHTS`; all of the last days, and at least
            `LAST_FIGHTS` if there are as many.
        sums: of all fights: one row, with `SUM_COLUMNS`.
        population: as of `figures_of`.
    """
    if fights.is_empty():
        return ()
    since = fights["fight_start_time"][0] - timedelta(days=LAST_DAYS)
    last, late = _sum(fights.head(LAST_FIGHTS)), _sum(fights.filter(pl.col("fight_start_time") > since))
    before = sums.select(pl.col(name) - late[name] for name in late.columns)
    return tuple(_trend(BY_NAME[name], last, late, before, population) for name in TREND)


def _trend(
    figure: Figure,
    last: pl.DataFrame,
    late: pl.DataFrame,
    before: pl.DataFrame,
    population: Mapping[str, PopulationFigure],
) -> Trend:
    of_last, of_late, of_before = (estimate(figure, sums, population) for sums in (last, late, before))
    change = None
    if None not in (of_late.low, of_late.high, of_before.low, of_before.high):
        change = "up" if of_late.low > of_before.high else "down" if of_late.high < of_before.low else None  # type: ignore[operator]
    return Trend(figure.name, of_last, of_late, of_before, change)


def _sum(fights: pl.DataFrame) -> pl.DataFrame:
    """Sum fights as profiles are summed, as far as `TREND` needs it."""
    damage = pl.col("damage_dealt", "damage_taken")
    return fights.select(
        pl.len().alias("fights"),
        (pl.col("team_outcome") == "WON").sum().alias("wins"),
        pl.col("survived").sum().alias("survivals"),
        pl.col("knocks_dealt", "kills_dealt").sum(),
        damage.sum(),
        (damage**2).sum().name.suffix("_squares"),
    ).cast(pl.Float64)


def playstyle_of(
    row: Mapping[str, Any] | None, sums: pl.DataFrame, population: Mapping[str, PopulationFigure]
) -> Playstyle:
    """Tell how the player fights.

    Args:
        row: of `player_playstyles`; None if the players have not been compared since the player's first fight.
        sums: as of `figures_of`.
        population: as of `figures_of`.
    """
    total = {name: float(sums[name][0]) for name in ("fights", "survivals", "knocks_dealt", "damage_dealt")}
    per_fight = (np.array([total[name] / total["fights"]]) for name in ("knocks_dealt", "survivals", "damage_dealt"))
    return Playstyle(
        playstyle=NOT_ENOUGH_FIGHTS if row is None else row["playstyle"],
        playstyle_v2=str(playstyle_v2(*per_fight)[0]),
        axes={axis.name: None if row is None else row[axis.name] for axis in AXES},
        min_fights=min_fights_of_playstyle(population),
    )


def _known(values: "np.ndarray[Any, np.dtype[np.float64]]") -> float | None:
    value = float(values[0])
    return None if np.isnan(value) else value
