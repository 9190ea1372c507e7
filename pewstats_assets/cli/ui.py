"""`pewstats ui`: Dagster's webserver and daemon."""

import os
import sys
from typing import Final

import click

from pewstats_assets.cli.batches import connect, open_dagster
from pewstats_assets.cli.terminal import say, serve

DEFAULT_PORT: Final = 3000


@click.command()
@click.option(
    "--port", default=DEFAULT_PORT, show_default=True, type=click.IntRange(1, 65535), help="Where the UI listens."
)
def ui(port: int) -> None:
    """Start Dagster's webserver and daemon on 127.0.0.1, until Ctrl-C.

    \b
    Example:
      pewstats ui --port 3001
    """
    settings, databases = connect()
    with open_dagster(settings, databases):
        pass  # only so that Dagster knows the batches before anybody looks
    say(f"The UI opens on http://127.0.0.1:{port} in a few seconds. Stop it with Ctrl-C.")
    command = [sys.executable, "-m", "dagster", "dev", "-m", "pewstats_assets.definitions", "--log-level", "warning"]
    # `dagster dev` recommends `dg dev` at every start, which needs a project layout of its own.
    environment = (
        {"PEWSTATS_UI_URL": f"http://127.0.0.1:{port}"}
        | os.environ
        | {"PYTHONWARNINGS": "ignore:Function `dev_command` is superseded"}
    )
    serve([*command, "-h", "127.0.0.1", "-p", str(port)], environment)
