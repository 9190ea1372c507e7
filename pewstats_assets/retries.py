"""What a run does when the database fails it: roll back, wait, try again a few times, then fail loudly."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import dagster as dg
import psycopg

MAX_RETRIES: Final = 3
WAIT_S: Final = 2.0
#: Classes of SQLSTATE that may be over the next time: connection, rollback by conflict, resources, locks, operators.
PASSING: Final = frozenset({"08", "40", "53", "55", "57"})


@contextmanager
def retry_database_errors() -> Iterator[None]:
    """Ask Dagster to try the step again after an error that may pass; one of data or code is not tried again.

    A step that is tried again starts over; what a batch wrote before the error has been rolled back.
    """
    try:
        yield
    except psycopg.OperationalError as error:
        if error.sqlstate is not None and error.sqlstate[:2] not in PASSING:
            raise
        raise dg.RetryRequested(max_retries=MAX_RETRIES, seconds_to_wait=WAIT_S) from error
