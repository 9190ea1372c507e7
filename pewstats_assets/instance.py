"""Dagster's instance below the home: its configuration, its storage, and the environment of its processes."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

import dagster as dg
from dagster_postgres import PostgresEventLogStorage, PostgresRunStorage, PostgresScheduleStorage

from pewstats_assets.home import DAGSTER_FOLDER
from pewstats_assets.settings import DAGSTER_DATABASE_URL, Settings
from pewstats_assets.warehouse import Databases

_CONFIG: Final = "dagster.yaml"
#: How long a connection to Dagster's storage is used again: no longer, so that nobody is left with one to a server that
#: has been restarted.
_CONNECTION_S: Final = 1


def _prepare_environment(settings: Settings, databases: Databases) -> None:
    """Point this process, and those it starts, at the Dagster instance and at the same home.

    A `DAGSTER_HOME` that is set is respected. Otherwise it is `<home>/dagster`, and gets our `dagster.yaml` once.
    """
    os.environ["PEWSTATS_HOME"] = str(settings.home)
    os.environ[DAGSTER_DATABASE_URL] = databases.dagster_url
    if not os.environ.get("DAGSTER_HOME"):
        home = settings.home / DAGSTER_FOLDER
        home.mkdir(parents=True, exist_ok=True)
        if not (home / _CONFIG).exists():
            with as_file(files("pewstats_assets") / _CONFIG) as template:
                shutil.copyfile(template, home / _CONFIG)
        os.environ["DAGSTER_HOME"] = str(home)


def is_ours(folder: Path) -> bool:
    """Whether a folder is a Dagster home that was set up here: nobody else takes its storage from our variable."""
    config = folder / _CONFIG
    return config.is_file() and DAGSTER_DATABASE_URL in config.read_text(encoding="utf-8", errors="replace")


@contextmanager
def open_instance(settings: Settings, databases: Databases) -> Iterator[dg.DagsterInstance]:
    """Open the Dagster instance."""
    _prepare_environment(settings, databases)
    with dg.DagsterInstance.get() as instance:
        # By default every statement has a connection of its own: more than 200 in the run of a batch.
        instance.optimize_for_webserver(statement_timeout=0, pool_recycle=_CONNECTION_S, max_overflow=-1)
        try:
            yield instance
        finally:
            for storage in (instance.run_storage, instance.event_log_storage, instance.schedule_storage):
                if isinstance(storage, PostgresRunStorage | PostgresEventLogStorage | PostgresScheduleStorage):
                    storage._engine.dispose()  # noqa: SLF001 nothing else closes the connections that are left
