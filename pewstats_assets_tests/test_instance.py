"""Dagster's instance: its connections."""

import time
from importlib.resources import files
from pathlib import Path

import psycopg
import pytest
import yaml

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


def test_the_instance_for_celery_is_the_usual_one_and_more() -> None:
    """Two files are kept by hand; what one machine needs, several need as well."""
    usual = yaml.safe_load((files("pewstats_assets") / "dagster.yaml").read_text(encoding="utf-8"))
    celery = (Path(__file__).parents[1] / "deploy" / "celery" / "dagster.yaml").read_text(encoding="utf-8")
    more = {"run_launcher", "run_monitoring", "run_retries"}
    assert {name: part for name, part in yaml.safe_load(celery).items() if name not in more} == usual
