"""What the assets and checks need from outside: the warehouse and the telemetry store, by the environment's settings.

Nothing here is configured in the UI: a URL in run configuration would show its password.
"""

from contextlib import AbstractContextManager

import dagster as dg
import psycopg
from pydantic import PrivateAttr

from pewstats_assets.code_version import refuse_other_code
from pewstats_assets.settings import Settings
from pewstats_assets.telemetry import TelemetryStore
from pewstats_assets.warehouse import Databases, connect_databases


class WarehouseResource(dg.ConfigurableResource["WarehouseResource"]):
    """PostgreSQL with matches, fights, participants and profiles."""

    _databases: Databases = PrivateAttr()

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Connect once per run; this is where an unreachable database fails it, and a worker with other code."""
        refuse_other_code(context.run.tags if context.run else {})
        self._databases = connect_databases(Settings.from_environment())

    def connect(self) -> AbstractContextManager[psycopg.Connection]:
        """Open a connection: committed at the end, rolled back on an error."""
        return self._databases.connect()


class TelemetryStoreResource(dg.ConfigurableResource["TelemetryStoreResource"]):
    """The Parquet folders of the batches."""

    def store(self) -> TelemetryStore:
        """Return the store that the settings name."""
        return TelemetryStore(Settings.from_environment().parquet_root)
