"""Fixtures of all tests: a PostgreSQL of the tests' own, a migrated database per test, small telemetry to load.

The embedded server itself is what the command line's tests use.
"""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import dagster as dg
import psycopg
import pytest

from pewstats_assets.instance import open_instance
from pewstats_assets.places import ObjectUrl
from pewstats_assets.settings import Settings
from pewstats_assets.warehouse import Databases, connect_databases
from pewstats_assets_tests.object_stores import ObjectServer, object_server
from pewstats_assets_tests.servers import own_server

TEMPLATE = "template_of_tests"
SAMPLE = Path(__file__).parents[1] / "data" / "sample"

_numbers = count(1)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """URL of a PostgreSQL 16 on 127.0.0.1, without a database."""
    with own_server() as server:
        yield server.url


@pytest.fixture(scope="session")
def template(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Name of a database with the newest schema; that name and `_dagster` is one with Dagster's tables."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PEWSTATS_DATABASE_URL", f"{server_url}/{TEMPLATE}")
        environment.setenv("PEWSTATS_HOME", str(tmp_path_factory.mktemp("template")))
        settings = Settings.from_environment()
        with open_instance(settings, connect_databases(settings)) as instance:
            instance.get_runs_count()
        environment.delenv("DAGSTER_HOME")
    return TEMPLATE


@pytest.fixture
def database_url(server_url: str, template: str) -> str:
    """URL of a new database with the newest schema, with one for Dagster beside it."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(f"{server_url}/postgres", autocommit=True) as server:
        for suffix in ("", "_dagster"):
            server.execute(f'CREATE DATABASE "{name}{suffix}" TEMPLATE "{template}{suffix}"'.encode())
    return f"{server_url}/{name}"


@pytest.fixture
def settings(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of the environment: a home and databases of the test's own."""
    monkeypatch.setenv("PEWSTATS_DATABASE_URL", database_url)
    monkeypatch.setenv("PEWSTATS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    return Settings.from_environment()


@pytest.fixture
def databases(settings: Settings) -> Databases:
    """The test's own databases."""
    return connect_databases(settings)


@pytest.fixture
def connection(databases: Databases) -> Iterator[psycopg.Connection]:
    """A connection to the test's own warehouse that commits at once."""
    with psycopg.connect(databases.warehouse, autocommit=True) as connection:
        yield connection


@pytest.fixture
def instance(settings: Settings, databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """A Dagster instance with PostgreSQL storage."""
    # `open_instance` sets these for the processes it starts; here they end with the test.
    for name in ("DAGSTER_HOME", "PEWSTATS_DAGSTER_DATABASE_URL"):
        monkeypatch.setenv(name, "")
    with open_instance(settings, databases) as instance:
        assert urlsplit(databases.dagster_url).hostname == "127.0.0.1"
        yield instance


@pytest.fixture(scope="session")
def object_server_of_tests() -> Iterator[ObjectServer]:
    """A server that speaks S3, without a bucket."""
    with object_server() as server:
        yield server


@pytest.fixture
def server(object_server_of_tests: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> ObjectServer:
    """That server, which the environment names, with credentials that nobody may see."""
    for name, text in object_server_of_tests.environment.items():
        monkeypatch.setenv(name, text)
    return object_server_of_tests


@pytest.fixture
def bucket(server: ObjectServer) -> ObjectUrl:
    """A bucket of the test's own."""
    return server.make_bucket(f"bucket-{next(_numbers)}")
