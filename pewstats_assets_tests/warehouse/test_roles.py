"""Who may do what: every role, on every table and view that there is, on a real server."""

from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

import dagster as dg
import psycopg
import pytest
from psycopg import errors, sql

from pewstats_assets.settings import Settings
from pewstats_assets.warehouse import DatabaseError, connect_databases
from pewstats_assets.warehouse.roles import Roles, lacking, roles_of, set_up
from pewstats_assets_tests.conftest import SAMPLE
from pewstats_assets_tests.processes import Pewstats

RELATIONS = """
SELECT relname, relkind IN ('r', 'p') FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
ORDER BY 1
"""
FIRST_COLUMN = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1"
WRITES = {
    "INSERT": "INSERT INTO {table} DEFAULT VALUES",
    "UPDATE": "UPDATE {table} SET {column} = {column} WHERE false",
    "DELETE": "DELETE FROM {table} WHERE false",
}
CHANGES = {
    "TRUNCATE": "TRUNCATE {table} CASCADE",
    "ALTER": "ALTER TABLE {table} ADD COLUMN new integer",
    "INDEX": "CREATE INDEX ON {table} ({column})",
    "TRIGGER": "CREATE TRIGGER new BEFORE UPDATE ON {table} FOR EACH ROW"
    " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "DROP": "DROP TABLE {table} CASCADE",
}


@pytest.fixture
def roles(settings: Settings) -> Roles:
    """The roles of the test's own warehouse, which was copied from one with roles of another name."""
    connect_databases(settings, upgrade=True)
    return roles_of(urlsplit(settings.database_url or "").path.removeprefix("/"))


@pytest.fixture
def users(roles: Roles, connection: psycopg.Connection) -> dict[str, str]:
    """Users that log in, by the one role that each has; `nobody` has none."""
    names = {kind: f"{role}_user" for kind, role in asdict(roles).items()} | {"nobody": f"{roles.owner}_nobody"}
    for kind, name in names.items():
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name)))
        if kind in asdict(roles):
            role = sql.Identifier(asdict(roles)[kind])
            connection.execute(sql.SQL("GRANT {} TO {}").format(role, sql.Identifier(name)))
    return names


def url_of(settings: Settings, user: str) -> str:
    return (settings.database_url or "").replace("//postgres:", f"//{user}:")


def may(connection: psycopg.Connection, statement: sql.Composed) -> bool:
    """Whether the server lets the user do it; nothing of it stays. That a row breaks a constraint is another matter."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement)
    except errors.InsufficientPrivilege:
        return False
    except (errors.IntegrityError, errors.FeatureNotSupported):
        return True
    return True


def rights(url: str) -> dict[tuple[str, str], bool]:
    """What a user may do with every table and view."""
    found = {}
    with psycopg.connect(url) as connection:
        relations = connection.execute(RELATIONS).fetchall()
        for name, is_table in relations:
            table = sql.Identifier(name)
            (first,) = connection.execute(FIRST_COLUMN, (name,)).fetchone() or ("",)
            column = sql.Identifier(first)
            found[name, "SELECT"] = may(connection, sql.SQL("SELECT FROM {} LIMIT 1").format(table))
            for what, statement in (WRITES | CHANGES).items() if is_table else ():
                found[name, what] = may(connection, sql.SQL(statement).format(table=table, column=column))
        for what, statement in {
            "TABLE": "CREATE TABLE new (n integer)",
            "SCHEMA": "CREATE SCHEMA new",
            "FUNCTION": "CREATE OR REPLACE FUNCTION refuse_to_change_a_closed_batch() RETURNS trigger"
            " LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        }.items():
            found["", what] = may(connection, sql.SQL(statement).format())
    assert len(relations) > 18
    return found


def expected(url: str, *, writes: bool, changes: bool) -> dict[tuple[str, str], bool]:
    with psycopg.connect(url) as connection:
        relations = connection.execute(RELATIONS).fetchall()
    rights = {("", "TABLE"): changes, ("", "SCHEMA"): False, ("", "FUNCTION"): changes}
    for name, is_table in relations:
        rights[name, "SELECT"] = True
        if is_table:
            rights |= {(name, what): writes and (changes or name != "alembic_version") for what in WRITES}
            rights |= {(name, what): changes for what in CHANGES}
    return rights


def test_the_reader_reads_everything_and_writes_nothing(settings: Settings, users: dict[str, str]) -> None:
    url = url_of(settings, users["reader"])
    assert rights(url) == expected(url, writes=False, changes=False)


def test_the_writer_writes_all_but_the_revision_and_changes_no_schema(
    settings: Settings, users: dict[str, str]
) -> None:
    url = url_of(settings, users["writer"])
    assert rights(url) == expected(url, writes=True, changes=False)


def test_the_owner_changes_the_schema(settings: Settings, users: dict[str, str]) -> None:
    url = url_of(settings, users["owner"])
    assert rights(url) == expected(url, writes=True, changes=True)


def test_who_has_no_role_does_nothing(settings: Settings, users: dict[str, str]) -> None:
    assert set(rights(url_of(settings, users["nobody"])).values()) == {False}


def test_tables_of_later_are_covered_whoever_makes_them(
    settings: Settings, users: dict[str, str], connection: psycopg.Connection
) -> None:
    connection.execute("CREATE TABLE of_a_later_migration (n integer); CREATE VIEW of_later AS TABLE matches")
    with psycopg.connect(url_of(settings, users["reader"])) as reader:
        reader.execute("TABLE of_a_later_migration")
        reader.execute("TABLE of_later")
    with psycopg.connect(url_of(settings, users["owner"])) as owner:
        owner.execute("CREATE TABLE of_a_member (n integer)")
    # A migration is followed by this.
    connect_databases(settings_of(settings, users["owner"]), upgrade=True)
    with psycopg.connect(url_of(settings, users["writer"])) as writer:
        writer.execute("INSERT INTO of_a_member VALUES (1)")
        writer.execute("INSERT INTO of_a_later_migration VALUES (1)")


def settings_of(settings: Settings, user: str) -> Settings:
    return settings.model_copy(update={"database_url": url_of(settings, user)})


def test_two_warehouses_on_one_server_have_roles_of_their_own(
    settings: Settings, users: dict[str, str], template: str
) -> None:
    assert roles_of(template) != roles_of("another")
    other = url_of(settings, users["writer"]).rpartition("/")[0]
    with (
        psycopg.connect(f"{other}/{template}") as connection,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        connection.execute("TABLE matches")


def test_names_that_are_too_long_are_cut_before_the_role_is_told(connection: psycopg.Connection) -> None:
    names = asdict(roles_of("ü" * 31)).values()
    assert len(set(names)) == 3
    assert max(len(name.encode()) for name in names) <= 63
    with connection.transaction(force_rollback=True):
        set_up(connection, "ü" * 31)
        assert lacking(connection, "ü" * 31) == []


def test_all_commands_that_only_read_need_the_reader_alone(
    settings: Settings, roles: Roles, users: dict[str, str], instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    del roles
    writer = Pewstats(settings.home, url_of(settings, users["writer"]))
    # Dagster's tables were made by another user; the writer's own Dagster finds and fills them.
    writer.run("register", str(SAMPLE), "--batch-size", "7")
    writer.run("backfill")
    writer.run("quarantine", "list")
    assert instance.get_runs_count() > 0
    reader = Pewstats(tmp_path / "reader", url_of(settings, users["reader"]))
    assert len(reader.json("status")["batches"]) == 2
    assert all(rule["passed"] for rule in reader.json("verify") if rule["severity"] == "ERROR")
    (name,) = reader.run("sql", "--csv", "SELECT player_name FROM player_names LIMIT 1")[0].split()[1:]
    assert reader.json("player", name)["player_name"] == name
    assert reader.json("match", "1")
    assert reader.json("fight", "1001")["id"] == 1001
    reader.run("export", "--out", str(tmp_path / "export"))
    for refused in (("register", str(SAMPLE)), ("backfill", "batch_00001")):
        assert "permission denied" in reader.run(*refused, exit_code=1)[1]


def test_a_writer_alone_cannot_make_a_warehouse_and_is_told(
    settings: Settings, users: dict[str, str], connection: psycopg.Connection
) -> None:
    connection.execute("UPDATE alembic_version SET version_num = '0006'")
    writer = settings_of(settings, users["writer"])
    with pytest.raises(DatabaseError, match="run `pewstats migrate`"):
        connect_databases(writer)
    with pytest.raises(DatabaseError, match=r"permission denied for table alembic_version|must be owner"):
        connect_databases(writer, upgrade=True)
    connect_databases(settings_of(settings, users["owner"]), upgrade=True)
    connect_databases(writer)


def test_who_may_make_no_roles_has_a_warehouse_without_until_somebody_makes_them(
    settings: Settings, users: dict[str, str], connection: psycopg.Connection, server_url: str, tmp_path: Path
) -> None:
    database, user = f"managed_{connection.info.dbname}", users["nobody"]
    for name in (database, f"{database}_dagster"):
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(user)))
    pewstats = Pewstats(tmp_path / "managed", f"{url_of(settings, user).rpartition('/')[0]}/{database}")
    pewstats.run("register", str(SAMPLE))
    pewstats.run("backfill")
    statements = [
        f'CREATE ROLE "{database}_owner"',
        f'CREATE ROLE "{database}_writer"',
        f'CREATE ROLE "{database}_reader"',
        f'GRANT "{database}_owner" TO "{user}"',
    ]
    assert f"let somebody who may make roles run {'; '.join(statements)}; then run" in pewstats.run("migrate")[1]
    (found,) = [finding for finding in pewstats.json("doctor") if finding["about"] == "roles"]
    assert found["state"] == "warn"
    assert "; ".join(statements) in found["mend"]
    for statement in statements:
        connection.execute(statement.encode())
    assert pewstats.run("migrate")[1] == ""
    (found,) = [finding for finding in pewstats.json("doctor") if finding["about"] == "roles"]
    assert found["state"] == "ok"
    for name in (database, f"{database}_dagster"):
        with psycopg.connect(f"{server_url}/{name}") as admin:
            owners = admin.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'").fetchall()
            assert owners == [(f"{database}_owner",)]
            admin.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(f"{database}_writer")))
            admin.execute("DELETE FROM runs" if name.endswith("dagster") else "DELETE FROM fight_knocks")
            admin.rollback()
    pewstats.run("backfill", "batch_00001")
    with psycopg.connect(f"{server_url}/postgres", autocommit=True) as admin:
        for name in (database, f"{database}_dagster"):
            admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))
