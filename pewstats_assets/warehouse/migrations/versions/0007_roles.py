"""Roles for who changes the schema, who changes rows, and who reads: see `warehouse.roles`."""

import psycopg
from alembic import op

from pewstats_assets.warehouse import roles

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the roles, if the user may; those of today, whatever tables there are."""
    connection = op.get_bind().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    roles.set_up(connection, connection.info.dbname)
