"""Why a step or a run of Dagster failed, in words."""

from typing import Final

from dagster_postgres.utils import DagsterPostgresException
from dagster_shared.error import SerializableErrorInfo
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from pewstats_assets.errors import first_line

#: What Dagster raises where its own storage, in PostgreSQL, is away or fails.
STORAGE_ERRORS: Final = (SQLAlchemyError, DagsterPostgresException)


def cause(error: SerializableErrorInfo | None) -> str:
    """Return the first line of the error that started it all."""
    while error is not None and error.cause is not None:
        error = error.cause
    return first_line(error.message) if error is not None else "no reason was recorded"


def cause_of_exception(error: BaseException) -> str:
    """Return the first line of what PostgreSQL's driver said, without the statement and its values."""
    while error.__cause__ is not None and not isinstance(error, DBAPIError):
        error = error.__cause__
    return first_line(str(error.orig if isinstance(error, DBAPIError) else error))
