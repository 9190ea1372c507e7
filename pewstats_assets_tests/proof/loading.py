"""Whole loads of simulated telemetry, as a person does them: files, register, backfill."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from pewstats_assets.simulation.season import Size, write_season
from pewstats_assets_tests.processes import Pewstats

#: A season in which four of the league's 64 players change their name, after 20, 107, 165 and 190 matches.
SEED = 21
SQUADS = 16


def write_league(folder: Path, matches: int) -> None:
    """Write a league of 64 players who meet in every match."""
    for _ in write_season(matches, SEED, folder, Size.SMALL, league=SQUADS):
        pass


def load(pewstats: Pewstats, folder: Path, batch_size: int) -> None:
    """Load a folder of telemetry, through all assets and their checks, and compare its players."""
    pewstats.run("register", str(folder), "--batch-size", str(batch_size))
    # It takes as long as it takes.
    backfill = pewstats.start("backfill")
    _, err = backfill.communicate()
    assert backfill.returncode == 0, err


@contextmanager
def new_database(server_url: str, template: str, name: str) -> Iterator[str]:
    """URL of one more database with the newest schema."""
    with psycopg.connect(f"{server_url}/postgres", autocommit=True) as server:
        for suffix in ("", "_dagster"):
            server.execute(f'CREATE DATABASE "{name}{suffix}" TEMPLATE "{template}{suffix}"'.encode())
    yield f"{server_url}/{name}"
