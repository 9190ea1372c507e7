"""One player: by map, and lately against before."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import polars as pl
import pytest

from pewstats_assets.profiles.player import FIGHTS, TREND, Estimate, Trend, figures_of, maps_of, trend_of
from pewstats_assets.profiles.populations import SUM_COLUMNS

LAST: Final = datetime(2026, 7, 31, 20, tzinfo=UTC)


def fight(days_ago: float, outcome: str = "WON", **other: Any) -> dict[str, Any]:
    return {
        "fight_start_time": LAST - timedelta(days=days_ago),
        "team_outcome": outcome,
        "survived": outcome == "WON",
        "knocks_dealt": 1,
        "kills_dealt": 0,
        "damage_dealt": 100.0,
        "damage_taken": 50.0,
    } | other


def sums(**some: float) -> pl.DataFrame:
    return pl.DataFrame(dict.fromkeys(SUM_COLUMNS, 0.0) | some)


def trends(fights: list[dict[str, Any]], /, **total: float) -> dict[str, Trend]:
    return {one.figure: one for one in trend_of(pl.DataFrame(fights, schema=FIGHTS), sums(**total), {})}


def values(trend: Trend) -> list[tuple[int, float | None]]:
    return [(one.trials, one.value) for one in (trend.last_fights, trend.last_days, trend.before)]


def test_lately_is_the_last_fights_and_the_last_days_against_all_before() -> None:
    fights = [fight(0.1 * number, "WON" if number < 20 else "LOST") for number in range(25)]
    fights.append(fight(29.9, "DRAW"))
    found = trends(fights, fights=126, wins=40, survivals=50, knocks_dealt=226, damage_dealt=12_600.0)
    assert found.keys() == set(TREND)
    assert values(found["win_rate"]) == [(20, 1.0), (26, 20 / 26), (100, 0.2)]
    assert values(found["knocks_per_fight"]) == [(20, 1.0), (26, 1.0), (100, 2.0)]
    assert values(found["damage_dealt_per_fight"]) == [(20, 100.0), (26, 100.0), (100, 100.0)]
    assert (found["win_rate"].change, found["knocks_per_fight"].change) == ("up", "down")
    assert found["survival_rate"].change == "up"


def test_what_is_30_days_old_is_before_and_the_last_fights_may_be_older() -> None:
    fights = [fight(0), fight(30), fight(400, "LOST")]
    found = trends(fights, fights=3, wins=2, survivals=2, knocks_dealt=3, damage_dealt=300.0)
    assert values(found["win_rate"]) == [(3, 2 / 3), (1, 1.0), (2, 0.5)]
    assert found["win_rate"].change is None


def test_without_a_time_before_there_is_nothing_to_compare_with() -> None:
    found = trends([fight(0), fight(1)], fights=2, wins=2, survivals=2, knocks_dealt=2)
    assert found["win_rate"].before == Estimate(0, None, None, None)
    assert found["win_rate"].change is None
    assert trends([]) == {}


def test_maps_come_by_fights_and_one_that_no_file_names_is_one_of_them() -> None:
    by_map = pl.concat(
        [
            sums(fights=4, wins=1).with_columns(map_name=pl.lit("Kiki_Main")),
            sums(fights=10, wins=5).with_columns(map_name=pl.lit(None, pl.String)),
        ]
    )
    found = maps_of(by_map, {})
    assert [(one.map_name, one.fights, one.win_rate.value) for one in found] == [
        (None, 10, 0.5),
        ("Kiki_Main", 4, 0.25),
    ]


def test_without_a_population_there_are_values_and_nothing_is_enough() -> None:
    found = {one.figure: one for one in figures_of(sums(fights=10, wins=4, survivals=10), {})}
    won = found["win_rate"]
    assert (won.estimate.trials, won.estimate.value) == (10, 0.4)
    assert won.estimate.low == pytest.approx(0.178, abs=0.01)
    assert (won.shrunk, won.percentile, won.min_fights, won.is_enough) == (None, None, None, False)
    # Nobody died: there is no K/D to speak of.
    assert found["kills_per_death"].estimate == Estimate(0, None, None, None)
    assert found["survival_rate"].estimate.high == 1.0
