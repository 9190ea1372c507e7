"""`pewstats detect`: the fights of single files, without a database."""

import sys

import click

from pewstats_assets.cli.terminal import progress_bar
from pewstats_assets.tables import to_json


@click.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--ruleset", default="v2", show_default=True, help="The rules that say what a fight is.")
def detect(files: tuple[str, ...], ruleset: str) -> None:
    """Print the fights of telemetry FILES, one JSON line per file; no database is touched.

    FILES are paths or URLs. A file that cannot be read gives a line with "file" and "error", and the exit code 1; the
    others go on.

    \b
    Example:
      pewstats detect 3b2c….json.gz | jq '.fights | length'
    """
    from pewstats_assets.fights import RULESETS, TooMuchCombatError, detect_fights
    from pewstats_assets.fights.serialize import fight_to_json
    from pewstats_assets.places import PlaceError, given_place
    from pewstats_assets.settings import Settings
    from pewstats_assets.telemetry import BrokenTelemetryError, ObjectStoreError, decode_combat, read_bytes

    if ruleset not in RULESETS:
        msg = f"{ruleset!r} is none of {', '.join(RULESETS)}."
        raise click.BadParameter(msg, param_hint="--ruleset")
    limits = Settings.from_environment().limits
    failed = False
    # Lines on the same terminal are progress enough.
    with progress_bar("Detecting fights", disable=sys.stdout.isatty()) as progress:
        for file in progress.track(files):
            line: dict[str, object]
            try:
                path = given_place(file)
                telemetry = decode_combat(read_bytes(path, limits), path, limits)
                fights = detect_fights(telemetry.combat, ruleset)
                line = {"match_id": telemetry.match_id, "fights": [fight_to_json(fight) for fight in fights]}
            except (BrokenTelemetryError, TooMuchCombatError, ObjectStoreError, PlaceError) as error:
                failed = True
                line = {"file": file, "error": str(error)}
            click.echo(to_json(line))
    if failed:
        sys.exit(1)
