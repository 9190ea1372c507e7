"""Dagster's instance: its connections."""

import time

import psycopg
import pytest

from pewstats_assets.instance import open_instance
from pewstats_assets.settings import Settings
from pewstats_assets.warehouse import Databases


def test_statements_share_a_connection_and_none_is_left(
    settings: Settings, databases: Databases, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DAGSTER_HOME", "PEWSTATS_DAGSTER_DATABASE_URL"):
        monkeypatch.setenv(name, "")

    def connections() -> int:
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() || '_dagster'"
        ).fetchone()
        assert found
        return int(found[0])

    with open_instance(settings, databases) as instance:
        for _ in range(3):
            instance.get_runs_count()
        assert connections() == 1
    for _ in range(100):  # a server takes a moment to end a session
        if connections() == 0:
            break
        time.sleep(0.05)
    assert connections() == 0
