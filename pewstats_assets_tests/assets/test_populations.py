"""The asset `player_populations` in real runs of Dagster: what it says of itself, and that a failure is loud."""

import dagster as dg
import psycopg

from pewstats_assets.backfill import compare_players
from pewstats_assets_tests.profiles.leagues import play
from pewstats_assets_tests.warehouse.test_populations import DUO, SQUAD, store

KEY = dg.AssetKey("player_populations")


def test_a_run_compares_the_players_and_says_how_many(
    instance: dg.DagsterInstance, connection: psycopg.Connection
) -> None:
    store(connection, play(300, 1), SQUAD)
    store(connection, play(25, 2, fights=3), DUO)
    assert compare_players(instance) == []
    event = instance.get_latest_materialization_event(KEY)
    assert event is not None
    assert event.asset_materialization is not None
    metadata = event.asset_materialization.metadata
    rows = connection.execute("SELECT count(*) FROM player_figures").fetchone()
    assert rows is not None
    assert rows[0] > 100
    assert (metadata["modes"].value, metadata["players"].value) == (2, 325)
    assert metadata["figures_of_players"].value == metadata["dagster/row_count"].value == rows[0]
    table = metadata["by_mode"]
    assert isinstance(table, dg.TableMetadataValue)
    duo, squad = (record.data for record in table.records)
    minimum = connection.execute(
        "SELECT min_fights FROM population_figures WHERE figure = 'win_rate' ORDER BY game_mode"
    ).fetchall()
    assert [duo["min_fights_of_win_rate"], squad["min_fights_of_win_rate"]] == [one for (one,) in minimum]
    assert (duo["players"], squad["players"]) == (25, 300)
    assert (duo["figures_with_a_minimum"], squad["figures_with_a_minimum"]) == (0, 3)
    chart = str(metadata["players_by_playstyle"].value)
    assert "not enough fights      325  ████████████████████" in chart


def test_without_profiles_there_is_nobody_to_compare(instance: dg.DagsterInstance) -> None:
    assert compare_players(instance) == []
    event = instance.get_latest_materialization_event(KEY)
    assert event is not None
    assert event.asset_materialization is not None
    assert event.asset_materialization.metadata["players"].value == 0


def test_a_failure_is_named_and_leaves_what_was_there(
    instance: dg.DagsterInstance, connection: psycopg.Connection
) -> None:
    store(connection, play(60, 3), SQUAD)
    assert compare_players(instance) == []
    before = connection.execute("SELECT * FROM player_playstyles ORDER BY 1").fetchall()
    store(connection, play(60, 4), SQUAD, "batch_00002")
    connection.execute("ALTER TABLE player_playstyles ADD CHECK (fights < 1) NOT VALID")
    (failure,) = compare_players(instance)
    assert "player_playstyles" in failure
    assert connection.execute("SELECT * FROM player_playstyles ORDER BY 1").fetchall() == before
