"""Fixtures of the long tests: registered batches, and what an undisturbed load makes of the same."""

import time
from pathlib import Path

import psycopg
import pytest

from pewstats_assets_tests.hard.loads import Undisturbed, register_sample, rows_of, write_sample
from pewstats_assets_tests.processes import Pewstats


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The telemetry of four batches."""
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder)
    return folder


@pytest.fixture(scope="session")
def undisturbed(server_url: str, template: str, sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """What a load gives that nothing disturbs."""
    with psycopg.connect(f"{server_url}/postgres", autocommit=True) as server:
        for suffix in ("", "_dagster"):
            server.execute(f'CREATE DATABASE "undisturbed{suffix}" TEMPLATE "{template}{suffix}"'.encode())
    database_url = f"{server_url}/undisturbed"
    pewstats = Pewstats(tmp_path_factory.mktemp("undisturbed"), database_url)
    register_sample(pewstats, sample)
    start = time.monotonic()
    pewstats.run("backfill")
    seconds = time.monotonic() - start
    pewstats.run("verify")
    return Undisturbed(rows_of(database_url), seconds)


@pytest.fixture
def pewstats(sample: Path, tmp_path: Path, database_url: str) -> Pewstats:
    """Four batches are registered."""
    pewstats = Pewstats(tmp_path / "home", database_url)
    register_sample(pewstats, sample)
    return pewstats
