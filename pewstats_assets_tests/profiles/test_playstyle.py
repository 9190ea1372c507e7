"""Playstyles: the earlier system's classes at their thresholds, and names of what is most pronounced about a player."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pewstats_assets.profiles.figures import BY_NAME
from pewstats_assets.profiles.page import page
from pewstats_assets.profiles.playstyle import AXES, LEADING, NOT_ENOUGH_FIGHTS, STYLES, Style, names_of, playstyle_v2
from pewstats_assets.profiles.populations import PlayerSums, describe_population, player_playstyles
from pewstats_assets.warehouse.dictionary import PLAYER_PLAYSTYLES
from pewstats_assets_tests.profiles.leagues import play

#: Knocks per fight, survival in percent, damage per fight.
CLASSES = [
    (1.5, 65, 0, "Elite Fragger"),
    (1.49, 65, 0, "Calculated Aggressive"),
    (1.5, 64.9, 0, "Balanced Fighter"),
    (1.5, 59.9, 0, "High Risk Aggressive"),
    (1.2, 59.9, 0, "High Risk Aggressive"),
    (1.2, 60, 0, "Balanced Fighter"),
    (0.8, 65, 0, "Calculated Aggressive"),
    (0.79, 65, 0, "Balanced Fighter"),
    (0.79, 70, 0, "Defensive/Survivor"),
    (1.19, 54.9, 120, "Heavy Trader"),
    (1.19, 54.9, 119.9, "Balanced Fighter"),
    (0.5, 55, 120, "Balanced Fighter"),
    (0.49, 54.9, 119.9, "Passive/Struggling"),
    (0.49, 54.9, 120, "Heavy Trader"),
    (0.0, 0, 0, "Passive/Struggling"),
    (0.0, 70, 0, "Defensive/Survivor"),
]


@pytest.mark.parametrize(("knocks", "survival", "damage", "expected"), CLASSES)
def test_the_earlier_classes_are_the_first_that_fit(
    knocks: float, survival: float, damage: float, expected: str
) -> None:
    found = playstyle_v2(np.array([knocks]), np.array([survival / 100]), np.array([damage], dtype=float))
    assert found.tolist() == [expected]


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_who_is_far_along_a_combination_has_its_name(style: Style) -> None:
    axes = {axis.name: np.array([0.5 + np.sign(style.axes[axis.name]) * 0.4]) for axis in AXES}
    assert names_of(axes, axes).tolist() == [style.name]


def test_every_axis_counts_and_without_a_leading_one_there_is_no_name() -> None:
    for style in STYLES:
        assert style.axes.keys() == {axis.name for axis in AXES}
    likely = {axis.name: np.array([0.9]) for axis in AXES}
    for unknown in AXES:
        axes = likely | {unknown.name: np.array([np.nan])}
        has_name = names_of(likely, axes).tolist() != [NOT_ENOUGH_FIGHTS]
        assert has_name == (unknown.name not in LEADING)


def test_axes_are_made_of_figures_and_described_as_in_the_tables() -> None:
    descriptions = {column.name: column.meaning for column in PLAYER_PLAYSTYLES.columns}
    for axis in AXES:
        assert axis.figures.keys() <= BY_NAME.keys()
        assert axis.description in descriptions[axis.name]


def test_players_who_cannot_be_told_apart_have_no_name_but_a_class() -> None:
    players = PlayerSums(play(200, 1, differ=0.0).sums)
    population = describe_population(players)
    playstyles = player_playstyles(population, players)
    assert population.min_fights_of_playstyle is None
    assert playstyles["playstyle"].unique().to_list() == [NOT_ENOUGH_FIGHTS]
    assert playstyles.select(pl.col([axis.name for axis in AXES]).count()).sum_horizontal().item() == 0
    assert playstyles["playstyle_v2"].n_unique() > 1


def test_the_page_about_profiles_is_that_of_the_figures() -> None:
    """`make docs` writes it."""
    committed = Path(__file__).parents[2] / "docs" / "player-profiles.md"
    assert committed.read_text(encoding="utf-8") == page()
