"""Populations in PostgreSQL: made of sums alone, in one transaction, and the same as when they are computed by hand."""

from datetime import UTC, datetime
from typing import Final

import numpy as np
import polars as pl
import psycopg
import pytest
from polars.testing import assert_frame_equal

from pewstats_assets.profiles.figures import FIGURES
from pewstats_assets.profiles.populations import (
    PLAYER_FIGURES,
    PLAYER_PLAYSTYLES,
    PlayerSums,
    describe_population,
    player_figures,
    player_playstyles,
)
from pewstats_assets.warehouse.bulk import copy_frame, read_frame
from pewstats_assets.warehouse.populations import Mode, begin, sums_of_mode, write_population
from pewstats_assets_tests.profiles.leagues import League, play

SQUAD: Final = Mode("squad-fpp", "official")
DUO: Final = Mode("duo", "official")


def store(connection: psycopg.Connection, league: League, mode: Mode, batch: str = "batch_00001") -> None:
    """Write the sums of a league, as a batch adds them."""
    sums = league.sums.with_columns(
        batch=pl.lit(batch),
        game_mode=pl.lit(mode.game_mode),
        match_type=pl.lit(mode.match_type),
        player_name=pl.lit("somebody"),
        first_fight_at=pl.lit("2026-07-01 18:00Z"),
        last_fight_at=pl.lit("2026-07-01 19:00Z"),
        matches=pl.lit(1),
        losses=pl.col("fights") - pl.col("wins"),
        draws=pl.lit(0),
        knocks_dealt_squares=pl.lit(0),
        kills_dealt_squares=pl.lit(0),
    )
    copy_frame(connection, "player_profile_sums", sums)


def materialize(connection: psycopg.Connection) -> list[Mode]:
    with connection.transaction():
        modes = begin(connection)
        for mode in modes:
            players = PlayerSums(sums_of_mode(connection, mode))
            population = describe_population(players)
            figures = player_figures(population, players)
            write_population(connection, mode, population, figures, player_playstyles(population, players))
    return modes


def stored(connection: psycopg.Connection, table: str, schema: pl.Schema, mode: Mode) -> pl.DataFrame:
    columns = psycopg.sql.SQL(", ").join(map(psycopg.sql.Identifier, schema))
    query = psycopg.sql.SQL("SELECT {} FROM {} WHERE (game_mode, match_type) = ({}, {}) ORDER BY 1, 2").format(
        columns,
        psycopg.sql.Identifier(table),
        psycopg.sql.Literal(mode.game_mode),
        psycopg.sql.Literal(mode.match_type),
    )
    return read_frame(connection, query, schema)


def test_every_mode_is_a_population_of_its_own(connection: psycopg.Connection) -> None:
    leagues = {SQUAD: play(300, 1), DUO: play(200, 2)}
    for mode, league in leagues.items():
        store(connection, league, mode)
    assert materialize(connection) == [DUO, SQUAD]
    for mode, league in leagues.items():
        players = PlayerSums(league.sums)
        population = describe_population(players)
        figures = pl.concat(player_figures(population, players)).sort("player_account_id", "figure")
        assert figures.height > 100
        assert_frame_equal(stored(connection, "player_figures", PLAYER_FIGURES, mode), figures, rel_tol=1e-9)
        playstyles = player_playstyles(population, players)
        assert playstyles.height == players.accounts.len()
        assert_frame_equal(stored(connection, "player_playstyles", PLAYER_PLAYSTYLES, mode), playstyles)
        rows = connection.execute(
            "SELECT figure, players, min_fights, prior_a, quantiles FROM population_figures WHERE game_mode = %s",
            [mode.game_mode],
        ).fetchall()
        assert len(rows) == len(FIGURES)
        for figure, number, min_fights, prior_a, quantiles in rows:
            of = population.figures[figure]
            assert (number, min_fights) == (of.players, of.min_fights)
            assert prior_a == (None if of.prior is None else pytest.approx(of.prior.a))
            assert quantiles == (None if of.quantiles is None else pytest.approx(of.quantiles.tolist()))


def test_batches_maps_and_halves_are_added_up(connection: psycopg.Connection) -> None:
    league = play(150, 3)
    fair = np.arange(league.sums.height) % 3 == 0
    for batch, chosen in (("batch_00001", fair), ("batch_00002", ~fair)):
        for map_name in ("Baltic_Main", "Desert_Main"):
            sums = league.sums.filter(chosen).with_columns(map_name=pl.lit(map_name))
            store(connection, League(sums, league.truth, league.fights), SQUAD, batch)
    with connection.transaction():
        begin(connection)
        sums = sums_of_mode(connection, SQUAD)
    numbers = pl.selectors.numeric().exclude("half")
    twice = league.sums.with_columns(numbers.cast(pl.Float64) * 2).sort("player_account_id", "half")
    assert_frame_equal(
        sums.sort("player_account_id", "half"), twice.select(sums.columns), check_dtypes=False, rel_tol=1e-9
    )


def test_making_them_again_replaces_them_and_a_failure_leaves_them_as_they_were(
    connection: psycopg.Connection,
) -> None:
    store(connection, play(100, 4), SQUAD)
    materialize(connection)
    before = stored(connection, "player_playstyles", PLAYER_PLAYSTYLES, SQUAD)
    materialize(connection)
    assert_frame_equal(stored(connection, "player_playstyles", PLAYER_PLAYSTYLES, SQUAD), before)
    with pytest.raises(psycopg.errors.DivisionByZero), connection.transaction():
        fail_on_the_way(connection)
    assert_frame_equal(stored(connection, "player_playstyles", PLAYER_PLAYSTYLES, SQUAD), before)


def fail_on_the_way(connection: psycopg.Connection) -> None:
    begin(connection)
    connection.execute("SELECT 1 / 0")


def test_fights_of_an_unknown_mode_are_of_no_population(connection: psycopg.Connection) -> None:
    store(connection, play(50, 5), SQUAD)
    connection.execute("UPDATE player_profile_sums SET game_mode = NULL")
    assert materialize(connection) == []
    assert connection.execute("SELECT count(*) FROM population_figures").fetchone() == (0,)


def test_rows_come_back_as_they_went(connection: psycopg.Connection) -> None:
    connection.execute(
        "CREATE TABLE odd (name text, number double precision, sure boolean, at timestamptz, all_ text[])"
    )
    frame = pl.DataFrame(
        {
            "name": ['a,"b"\nc', "\\N", "", None, "\u202e<b>", " x "],
            "number": [0.1 + 0.2, 5e-324, -0.0, None, 1e308, 1 / 3],
            "sure": [True, False, None, None, True, False],
            "at": [
                *(datetime(2026, 7, 1, 18, 0, second, micros, tzinfo=UTC) for second, micros in ((0, 0), (59, 123457))),
                *(None, None, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)),
            ],
            "all_": [["a"], ['b"\\,{', "", "\u202e\n"], [], None, ["NULL", "t"], ["'"]],
        },
        schema_overrides={"at": pl.Datetime("us", "UTC")},
    )
    copy_frame(connection, "odd", frame)
    query = psycopg.sql.SQL("SELECT name, number, sure, at, to_json(all_) FROM odd")
    assert_frame_equal(read_frame(connection, query, frame.schema), frame, check_exact=True)
    assert connection.execute("SELECT count(*) FROM odd WHERE name IS NULL AND number IS NULL").fetchone() == (1,)
