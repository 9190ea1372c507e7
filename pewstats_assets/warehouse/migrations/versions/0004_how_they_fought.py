"""How each participant fought, what became of knocks, who played together; profiles per map, mode and match type.

Profiles that there are, are summed again from the fights that there are, with what those say. What was not recorded of
them is unknown until their batch is materialized again: how the participants fought, the fates of knocks, squads.
"""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add columns, tables and views; split the sums of profiles by map, mode, match type and half."""
    sql = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(sql)
