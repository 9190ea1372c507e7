"""What a run does when the database fails it: roll back, wait, try again a few times, then fail loudly."""

import logging
import time
from collections.abc import Callable
from typing import Final, TypeVar

import psycopg

from pewstats_assets.errors import first_line
from pewstats_assets.resources import WarehouseResource

T = TypeVar("T")

MAX_RETRIES: Final = 3
WAIT_S: Final = 2.0
#: Classes of SQLSTATE that may be over the next time: connection, rollback by conflict, resources, locks, operators.
PASSING: Final = frozenset({"08", "40", "53", "55", "57"})


def in_warehouse(log: logging.Logger, warehouse: WarehouseResource, work: Callable[[psycopg.Connection], T]) -> T:
    """Do work in one transaction, and again after an error that may pass; one of data or code is not tried again.

    Work that is tried again starts over: what it wrote before the error has been rolled back.

    Raises:
        psycopg.Error: what the database said, the last time.
    """
    for retry in range(1, MAX_RETRIES + 1):
        try:
            return _once(warehouse, work)
        except psycopg.errors.QueryCanceled:
            raise  # what took too long would do so again
        except psycopg.OperationalError as error:
            if error.sqlstate is not None and error.sqlstate[:2] not in PASSING:
                raise
            reason = first_line(str(error))
            log.warning("The database failed (%s): retry %d of %d in %.0f s.", reason, retry, MAX_RETRIES, WAIT_S)
            time.sleep(WAIT_S)
    return _once(warehouse, work)


def _once(warehouse: WarehouseResource, work: Callable[[psycopg.Connection], T]) -> T:
    with warehouse.connect() as connection:
        return work(connection)
