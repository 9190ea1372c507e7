"""`pewstats clean`: remove what pewstats has written."""

import sys

import click

from pewstats_assets.cli.terminal import fail, say


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def clean(*, yes: bool) -> None:
    """Remove what pewstats has written below PEWSTATS_HOME, after asking.

    That are the embedded databases, whose server is stopped, the telemetry as Parquet, and Dagster's home. Telemetry
    files, and whatever else is there, stay; and so do databases on a server of yours, and what PEWSTATS_PARQUET names,
    be it a folder or a bucket. `make clean` does this, too.
    """
    from pewstats_assets.clean import remove, written
    from pewstats_assets.settings import Settings
    from pewstats_assets.tables import printable

    settings = Settings.from_environment()
    paths = written(settings.home)
    if settings.database_url:
        say("The databases of PEWSTATS_DATABASE_URL stay: drop them there.")
    if settings.parquet:
        say(f"The telemetry in {printable(str(settings.parquet))} stays: remove it there.")
    if not paths:
        say(f"There is nothing of pewstats below {settings.home}.")
        return
    parts = dict.fromkeys(path.relative_to(settings.home).parts[0] for path in paths)
    say("What pewstats has written there will be removed, all fights and profiles with it:")
    say("\n".join(f"  {printable(str(settings.home / part))}" for part in parts))
    if not yes:
        if not sys.stdin.isatty():
            fail("Nothing was removed, for nobody can be asked: say so by --yes, or by `make clean FORCE=1`.")
        if not click.confirm("Remove them?", err=True):
            fail("Nothing was removed.")
    remove(settings.home)
    say(f"Removed all that pewstats has written below {printable(str(settings.home))}.")
