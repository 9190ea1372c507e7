"""`pewstats settings`: what is set, and where it comes from."""

import click

from pewstats_assets.cli.terminal import json_option
from pewstats_assets.tables import print_records


@click.command()
@json_option
def settings(*, as_json: bool) -> None:
    """Print every setting, its value and its origin. Secrets are masked.

    \b
    Example:
      PEWSTATS_BATCH_SIZE=50 pewstats settings --json | jq '.[] | select(.origin == "environment")'
    """
    from pewstats_assets.settings import Settings, ShownSetting, show

    shown = show(Settings.from_environment())
    print_records(ShownSetting, shown, "json" if as_json else "text")
