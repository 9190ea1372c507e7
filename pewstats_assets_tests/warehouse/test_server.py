"""Which server is used, and what is said when it cannot be."""

import logging
import signal
import subprocess
import sys
from dataclasses import replace
from urllib.parse import unquote

import dagster as dg
import psycopg
import pytest
from alembic import command

from pewstats_assets.resources import WarehouseResource
from pewstats_assets.retries import in_warehouse
from pewstats_assets.settings import Settings, SettingsError
from pewstats_assets.warehouse import DatabaseError, Databases, connect_databases, migrate
from pewstats_assets_tests.servers import PASSWORD


def test_missing_databases_are_made_and_migrated(
    server_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    del settings  # for its environment
    monkeypatch.setenv("PEWSTATS_DATABASE_URL", f"{server_url}/made_by_first_use")
    databases = connect_databases(Settings.from_environment())
    with databases.connect() as connection:
        assert connection.execute("SELECT count(*) FROM fight_participants").fetchone() == (0,)
    with psycopg.connect(f"{server_url}/made_by_first_use_dagster") as dagster:
        assert dagster.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize(
    "url", ["mysql://localhost/pewstats", "localhost", "postgresql://localhost:5432", "://", "a b"]
)
def test_a_malformed_url_is_an_error_that_names_the_setting(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    del settings  # for its environment
    monkeypatch.setenv("PEWSTATS_DATABASE_URL", url)
    with pytest.raises(SettingsError, match="PEWSTATS_DATABASE_URL"):
        connect_databases(Settings.from_environment())


def test_an_unreachable_server_is_an_error_without_the_password(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    del settings  # for its environment
    monkeypatch.setenv("PEWSTATS_DATABASE_URL", f"postgresql://postgres:{PASSWORD}@127.0.0.1:9/pewstats")
    with pytest.raises(DatabaseError, match="cannot be used") as caught:
        connect_databases(Settings.from_environment())
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize("name", ["with%20space", "caf%C3%A9"])
def test_an_escaped_name_means_the_same_to_everybody(
    server_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    del settings  # for its environment
    url = f"{server_url}/{name}".replace("postgresql://", "postgres://")
    monkeypatch.setenv("PEWSTATS_DATABASE_URL", url)
    with connect_databases(Settings.from_environment()).connect() as connection:
        assert connection.execute("SELECT current_database()").fetchone() == (unquote(name),)


def test_a_user_without_rights_is_an_error_of_one_sentence(
    settings: Settings, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.execute("DROP ROLE IF EXISTS nobody_special")
    connection.execute("CREATE ROLE nobody_special LOGIN")
    url = (settings.database_url or "").replace("postgres:", "nobody_special:")
    monkeypatch.setenv("PEWSTATS_DATABASE_URL", url)
    with pytest.raises(DatabaseError, match=r"permission denied for table alembic_version$"):
        connect_databases(Settings.from_environment())


def test_an_unknown_parameter_of_the_url_is_said(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEWSTATS_DATABASE_URL", f"{settings.database_url}?sslmod=require")
    with pytest.raises(DatabaseError, match="sslmod") as caught:
        connect_databases(Settings.from_environment())
    assert PASSWORD not in str(caught.value)


def test_every_session_is_in_utc(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGTZ", "Asia/Tokyo")
    monkeypatch.setenv("PEWSTATS_DATABASE_URL", f"{settings.database_url}?options=-c%20work_mem%3D8MB")
    with connect_databases(Settings.from_environment()).connect() as connection:
        assert connection.execute("SHOW TimeZone").fetchone() == ("UTC",)
        assert connection.execute("SHOW work_mem").fetchone() == ("8MB",)


def test_a_statement_ends_at_the_setting_and_is_not_tried_again(
    settings: Settings, databases: Databases, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    warehouse = WarehouseResource()
    with monkeypatch.context() as short:
        short.setenv("PEWSTATS_STATEMENT_TIMEOUT_SECONDS", "1")
        warehouse.setup_for_execution(dg.build_init_resource_context())
    with pytest.raises(psycopg.errors.QueryCanceled, match="statement timeout"):
        in_warehouse(
            logging.getLogger(__name__), warehouse, lambda connection: connection.execute("SELECT pg_sleep(9)")
        )
    assert not caplog.records
    with connect_databases(settings).connect() as connection:
        assert connection.execute("SHOW statement_timeout").fetchone() == ("1h",)
    with replace(databases, statement_timeout_s=0).connect() as connection:
        assert connection.execute("SHOW statement_timeout").fetchone() == ("0",)


@pytest.mark.parametrize(("of_user", "in_force"), [("0", "1h"), ("90s", "90s"), ("2h", "1h"), ("100ms", "100ms")])
def test_the_lower_limit_of_the_user_stays(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, of_user: str, in_force: str
) -> None:
    url = f"{settings.database_url}?options=-c%20statement_timeout%3D{of_user}"
    monkeypatch.setenv("PEWSTATS_DATABASE_URL", url)
    with connect_databases(Settings.from_environment()).connect() as connection:
        assert connection.execute("SHOW statement_timeout").fetchone() == (in_force,)


def test_secrets_stay_out_of_representations(settings: Settings) -> None:
    assert PASSWORD in (settings.database_url or "")
    assert PASSWORD not in repr(settings)
    assert PASSWORD not in repr(connect_databases(settings))


def test_an_older_schema_is_refused_until_it_is_upgraded_with_its_rows(
    server_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    del settings  # for its environment
    monkeypatch.setenv("PEWSTATS_DATABASE_URL", f"{server_url}/with_the_first_schema")
    settings = Settings.from_environment()
    upgrade = command.upgrade
    with monkeypatch.context() as first_software:
        first_software.setattr(command, "upgrade", lambda config, _: upgrade(config, "0001"))
        first_software.setattr(migrate, "write_comments", lambda _: None)
        connect_databases(settings)
    with psycopg.connect(f"{server_url}/with_the_first_schema", autocommit=True) as connection:
        connection.execute(
            "INSERT INTO matches (match_no, batch, file, status, reason)"
            " VALUES (1, 'batch_00001', '/a.json', 'quarantined', 'broken_json')"
        )
        with pytest.raises(DatabaseError, match="older than this software: run `pewstats migrate`"):
            connect_databases(settings)
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
        connect_databases(settings, upgrade=True)
        assert connection.execute("SELECT file, byte_offset FROM matches").fetchall() == [("/a.json", None)]
        batches = connection.execute("SELECT batch, closed_at IS NOT NULL, awaits_run FROM match_batches").fetchall()
        assert batches == [("batch_00001", True, False)]


def test_a_newer_schema_is_refused(settings: Settings, connection: psycopg.Connection) -> None:
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseError, match="newer than this software"):
        connect_databases(settings)


def test_the_embedded_server_stops_with_its_last_process_even_if_another_was_killed(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("embedded") / "postgres"
    use = f"""
import os, pathlib
from pewstats_assets.warehouse.embedded import start_server
start_server(pathlib.Path({str(folder)!r}))
"""
    killed = subprocess.run([sys.executable, "-c", f"{use}os.kill(os.getpid(), 9)"], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert (folder / "postmaster.pid").exists()
    subprocess.run([sys.executable, "-c", use], check=True)
    assert not (folder / "postmaster.pid").exists()


def test_a_home_with_spaces_cannot_hold_the_embedded_server(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PEWSTATS_DATABASE_URL")
    monkeypatch.setenv("PEWSTATS_HOME", f"{settings.home}/with spaces")
    with pytest.raises(SettingsError, match="PEWSTATS_HOME to a path without spaces"):
        connect_databases(Settings.from_environment())
