"""The process that worker processes are forked from: it has imported what they need, so that each begins at once.

It is no copy of the run: it knows neither Dagster nor the run's connections. Starting it early costs the run nothing,
for it imports on another core; so nothing slow is imported here.
"""

import multiprocessing
import multiprocessing.forkserver
from multiprocessing.context import ForkServerContext
from typing import Final

_PRELOADED: Final = [
    "pewstats_assets.worker_process",
    "pewstats_assets.telemetry.workers",
    "pewstats_assets.fights",
    # Every worker runs the script of the run's process once more, which imports the command line.
    "pewstats_assets.cli",
]


def worker_context() -> ForkServerContext:
    """Return what starts worker processes, whatever their work: a process has one such server, the first one's."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context


def prepare_workers() -> None:
    """Start the server, if it does not run, and go on while it imports."""
    worker_context()
    multiprocessing.forkserver.ensure_running()
