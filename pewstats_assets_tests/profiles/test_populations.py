"""Figures with their intervals, priors, minimums and percentiles, on leagues whose true rates are known."""

import numpy as np
import polars as pl
import pytest

from pewstats_assets.profiles.figures import FIGURES, Figure
from pewstats_assets.profiles.populations import (
    SUM_COLUMNS,
    FigureOfPlayers,
    PlayerSums,
    PopulationFigure,
    describe_figure,
    figure_of_players,
)
from pewstats_assets.profiles.reliability import MIN_PLAYERS, Floats, Sums, variation_of
from pewstats_assets_tests.profiles.leagues import COUNT, MEAN, RATE, League, play

KINDS = pytest.mark.parametrize("figure", [RATE, COUNT, MEAN], ids=lambda figure: figure.kind)


def describe(league: League, figure: Figure) -> tuple[PopulationFigure, FigureOfPlayers]:
    return compare(PlayerSums(league.sums), figure)


def compare(players: PlayerSums, figure: Figure) -> tuple[PopulationFigure, FigureOfPlayers]:
    population = describe_figure(figure, players)
    return population, figure_of_players(figure, players.halves(figure).players(), players.fights, population)


def share(inside: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]") -> float:
    return float(np.mean(inside))


@KINDS
@pytest.mark.parametrize("together", [0.0, 0.3])
def test_intervals_cover_the_truth_whether_or_not_fights_of_a_match_are_alike(figure: Figure, together: float) -> None:
    raw, shrunk, raw_of_few, shrunk_of_few = [], [], [], []
    for seed in range(4):
        league = play(400, seed, together=together)
        _, players = describe(league, figure)
        truth, few = league.truth[figure.name], league.fights < 50
        in_raw = (players.low <= truth) & (truth <= players.high)
        in_shrunk = (players.shrunk_low <= truth) & (truth <= players.shrunk_high)
        raw.append(in_raw)
        shrunk.append(in_shrunk)
        raw_of_few.append(in_raw[few])
        shrunk_of_few.append(in_shrunk[few])
    for inside in (raw, shrunk, raw_of_few, shrunk_of_few):
        assert 0.85 <= share(np.concatenate(inside)) <= 0.95


@KINDS
def test_shrunk_values_are_closer_to_the_truth(figure: Figure) -> None:
    league = play(600, 7)
    _, players = describe(league, figure)
    truth, few = league.truth[figure.name], league.fights < 50
    error_of_raw = np.mean((players.value - truth)[few] ** 2)
    error_of_shrunk = np.mean((players.shrunk - truth)[few] ** 2)
    assert error_of_shrunk <= 0.8 * error_of_raw
    assert np.mean((players.shrunk - truth)[~few] ** 2) <= np.mean((players.value - truth)[~few] ** 2)


@KINDS
def test_the_mean_of_players_and_the_variance_between_them_are_recovered(figure: Figure) -> None:
    league = play(2_000, 3, fights=30)
    variation = variation_of(figure, PlayerSums(league.sums).halves(figure))
    assert variation is not None
    truth = league.truth[figure.name]
    assert variation.mean == pytest.approx(truth.mean(), rel=0.05)
    assert variation.between**0.5 == pytest.approx(truth.std(), rel=0.15)


@KINDS
def test_what_fights_of_a_match_have_in_common_widens_intervals(figure: Figure) -> None:
    dispersions = []
    for together in (0.0, 0.4):
        population, _ = describe(play(800, 5, together=together, fights=30), figure)
        assert population.prior is not None
        dispersions.append(population.prior.dispersion)
    assert dispersions[0] == pytest.approx(1.0, abs=0.12)
    assert dispersions[1] > 1.25


@KINDS
def test_the_minimum_is_where_the_reliability_reaches_one_half(figure: Figure) -> None:
    population, players = describe(play(2_000, 11, fights=30), figure)
    minimum = population.min_fights
    assert minimum is not None
    # The correlation of what is seen with the truth, squared, is the reliability: of players with that many fights.
    seen = []
    for seed in range(3):
        league = play(1_000, 100 + seed, fights=minimum, spread=0.01)
        truth = league.truth[figure.name]
        sums = PlayerSums(league.sums).halves(figure).players()
        seen.append(np.corrcoef(sums.total / sums.trials, truth)[0, 1] ** 2)
    assert np.mean(seen) == pytest.approx(0.5, abs=0.07)
    assert population.reliability == pytest.approx(100 / (100 + minimum), abs=0.02)
    assert not players.is_enough[players.trials < minimum - 1].any()
    assert players.is_enough[players.trials >= minimum].all()


@KINDS
def test_players_who_are_all_alike_give_no_findings(figure: Figure) -> None:
    beyond = []
    for seed in range(6):
        population, players = describe(play(500, 40 + seed, differ=0.0), figure)
        assert population.min_fights is None
        assert population.reliability is None
        assert population.quantiles is None
        assert not players.is_enough.any()
        assert np.isnan(players.percentile).all()
        assert population.prior is not None
        mean = population.prior.mean(figure)
        beyond.append((players.shrunk_low > mean) | (players.shrunk_high < mean))
    # Of intervals of 90 % that know nothing of the others, 10 % would be.
    assert share(np.concatenate(beyond)) < 0.01


@KINDS
def test_outcomes_that_are_shuffled_between_players_give_no_findings(figure: Figure) -> None:
    for seed in range(6):
        assert describe(play(500, seed), figure)[0].min_fights is not None
        population, players = describe(play(500, seed, shuffled=True), figure)
        assert population.min_fights is None
        assert not players.is_enough.any()
        assert population.prior is not None
        mean = population.prior.mean(figure)
        assert share((players.shrunk_low > mean) | (players.shrunk_high < mean)) < 0.01


@KINDS
def test_percentiles_are_places_among_those_with_enough_fights(figure: Figure) -> None:
    _, players = describe(play(1_500, 2), figure)
    percentiles = players.percentile[players.is_enough]
    assert percentiles.size > 100
    assert (np.diff(percentiles[np.argsort(players.shrunk[players.is_enough])]) >= 0).all()
    assert share(percentiles < 0.25) == pytest.approx(0.25, abs=0.02)
    assert (percentiles.min(), percentiles.max()) == (0.0, 1.0)


def of(figure: Figure, rows: list[dict[str, object]]) -> tuple[PopulationFigure, FigureOfPlayers]:
    nothing = dict.fromkeys(SUM_COLUMNS, 0)
    return compare(PlayerSums(pl.DataFrame([nothing | row for row in rows])), figure)


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_one_player_is_no_population_but_has_a_value(figure: Figure) -> None:
    sums = dict.fromkeys(figure.columns, 1) | {figure.trials: 4, "fights": 4}
    population, players = of(figure, [{"player_account_id": "account.a", "half": 0, **sums}])
    assert (population.players, population.prior, population.min_fights, population.quantiles) == (1, None, None, None)
    assert players.value.tolist() == [len(figure.total) / 4]
    assert players.low[0] <= players.value[0] <= players.high[0]
    assert np.isnan(players.shrunk[0])
    assert not players.is_enough[0]


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_nothing_but_zeros_is_known_to_be_little_and_nothing_breaks(figure: Figure) -> None:
    rows: list[dict[str, object]] = [
        {"player_account_id": f"account.{number}", "half": half, "fights": 3, figure.trials: 3}
        for number in range(MIN_PLAYERS)
        for half in (0, 1)
    ]
    population, players = of(figure, rows)
    assert population.prior is not None
    assert population.min_fights is None
    assert players.value.tolist() == [0.0] * MIN_PLAYERS
    assert np.isfinite([players.low, players.high, players.shrunk, players.shrunk_low, players.shrunk_high]).all()
    assert players.shrunk == pytest.approx(0.0, abs=0.01)


@KINDS
def test_no_trials_are_no_value_and_the_population_is_all_that_is_known(figure: Figure) -> None:
    population, _ = describe(play(300, 9), figure)
    nothing: Floats = np.zeros(1)
    player = figure_of_players(figure, Sums(nothing, nothing, nothing), nothing, population)
    assert np.isnan([player.value[0], player.low[0], player.high[0]]).all()
    assert player.shrunk_low[0] < player.shrunk[0] < player.shrunk_high[0]
    assert not player.is_enough[0]


@KINDS
def test_nobody_is_no_population(figure: Figure) -> None:
    population, players = of(figure, [{"player_account_id": "account.a", "half": 1}])
    assert (population.players, population.fights, population.prior) == (0, 0, None)
    assert np.isnan(players.value[0])


def test_no_figure_is_described_twice_and_each_is_made_of_sums() -> None:
    assert len({figure.name for figure in FIGURES}) == len({figure.label for figure in FIGURES}) == len(FIGURES)
    for figure in FIGURES:
        assert figure.description.endswith(".")
        assert (figure.squares is not None) == (figure.kind == "mean")
