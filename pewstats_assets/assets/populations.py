"""The asset `player_populations`: what players of each mode are like, and where each of them stands.

It has no partitions: it is about all players together, and reads the sums of all batches, never a fight.
"""

import logging
import time
from typing import Final

import dagster as dg
import psycopg

from pewstats_assets.assets import metadata
from pewstats_assets.assets.metadata import ComparedMode, Metadata
from pewstats_assets.labels import GROUP, OWNERS, PERSONAL_DATA, RULESET
from pewstats_assets.resources import WarehouseResource
from pewstats_assets.retries import in_warehouse
from pewstats_assets.warehouse import dictionary

TABLES: Final = (dictionary.POPULATION_FIGURES, dictionary.PLAYER_FIGURES, dictionary.PLAYER_PLAYSTYLES)


@dg.asset(
    deps=["player_profiles"],
    group_name=GROUP,
    owners=OWNERS,
    tags=RULESET | PERSONAL_DATA,
    kinds={"python", "polars", "postgres"},
    description="What the players of each mode are like, and where each stands among them: priors, minimums and"
    " percentiles of every figure, playstyles.",
    metadata=metadata.of_tables(TABLES),
)
def player_populations(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    """Compare the players of each mode, by the sums of all batches, in one transaction."""
    return dg.MaterializeResult(metadata=materialize_populations(context.log, warehouse))


def materialize_populations(log: logging.Logger, warehouse: WarehouseResource) -> Metadata:
    """Compare the players of each mode; what came out, for the materialization."""
    start = time.monotonic()
    compared = in_warehouse(log, warehouse, lambda connection: _replace(log, connection))
    return metadata.of_populations(compared, time.monotonic() - start)


def _replace(log: logging.Logger, connection: psycopg.Connection) -> list[ComparedMode]:
    # SciPy takes longer to import than most commands run, and nothing else needs it.
    from pewstats_assets.profiles.populations import (  # noqa: PLC0415
        PlayerSums,
        describe_population,
        player_figures,
        player_playstyles,
    )
    from pewstats_assets.warehouse.populations import begin, sums_of_mode, write_population  # noqa: PLC0415

    compared = []
    for mode in begin(connection):
        players = PlayerSums(sums_of_mode(connection, mode))
        population = describe_population(players)
        playstyles = player_playstyles(population, players)
        written = write_population(connection, mode, population, player_figures(population, players), playstyles)
        log.info("%s, %s: compared %d players", mode.game_mode, mode.match_type, playstyles.height)
        compared.append(
            ComparedMode(
                game_mode=mode.game_mode,
                match_type=mode.match_type,
                players=playstyles.height,
                figures=written,
                figures_with_a_minimum=sum(one.min_fights is not None for one in population.figures.values()),
                min_fights_of_win_rate=population.figures["win_rate"].min_fights,
                min_fights_of_playstyle=population.min_fights_of_playstyle,
                playstyles=dict(playstyles["playstyle"].value_counts().iter_rows()),
            )
        )
    return compared
