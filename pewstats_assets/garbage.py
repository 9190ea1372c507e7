"""Python's search for garbage, which is to pass over what stays.

Every now and then Python looks through all objects there are for cycles that nobody holds any more. What is imported
stays: 50,000 objects in a process that decodes, a quarter of a million beside Dagster. To look through them takes 3 %
of a batch's time.
"""

import gc
from functools import cache


@cache
def pass_over_imported() -> None:
    """Let Python look for garbage only among what is made from now on, once for each process."""
    gc.freeze()
