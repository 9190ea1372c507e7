"""`pewstats worker`: a Celery worker that executes runs, on this machine or on others."""

import os
import socket
import sys
from importlib.util import find_spec

import click

from pewstats_assets.cli.batches import connect, open_dagster
from pewstats_assets.cli.terminal import fail, say, serve


@click.command()
@click.option("--runs", default=1, show_default=True, type=click.IntRange(min=1), help="Runs at once.")
@click.option("--name", default="pewstats", show_default=True, help="Tells workers on one machine apart.")
def worker(runs: int, name: str) -> None:
    """Execute runs that the daemon hands out by Celery, until Ctrl-C.

    The run in progress is done first.

    \b
    Example:
      PEWSTATS_BROKER_URL=redis://broker:6379/0 pewstats worker --runs 2
    """
    if find_spec("dagster_celery") is None:
        fail("Celery is not installed: pip install 'pewstats-assets[celery]'.")
    settings, databases = connect()
    if settings.broker_url is None:
        fail("PEWSTATS_BROKER_URL is not set: where do the runs come from? See docs/celery.md.")
    from pewstats_assets.celery_launcher import WorkerRunLauncher

    with open_dagster(settings, databases) as instance:
        if not isinstance(instance.run_launcher, WorkerRunLauncher):
            fail(f"Runs do not go to workers: copy deploy/celery/dagster.yaml to {os.environ['DAGSTER_HOME']}.")
        queue = instance.run_launcher.default_queue
    say(f"The worker {name}@{socket.gethostname()} takes {runs} runs at once. Stop it with Ctrl-C.")
    command = [sys.executable, "-m", "celery", "-A", "pewstats_assets.celery_worker", "--quiet", "worker"]
    serve([*command, "-Q", queue, "-c", str(runs), "-n", f"{name}@%h", "--loglevel", "warning"], os.environ)
