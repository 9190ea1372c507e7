"""`pewstats match`: the fights of one match, in a table or as a picture."""

from pathlib import Path
from typing import Final

import click

from pewstats_assets.cli.batches import connect
from pewstats_assets.cli.pictures import loaded_match, png_option, svg_option, telemetry_of, write_pictures
from pewstats_assets.tables import print_table

_COLUMNS: Final = (
    "fight", "start", "seconds", "teams", "participants", "knocks", "kills", "damage", "outcome", "won_by_team",
)  # fmt: skip


@click.command()
@click.argument("name", metavar="MATCH")
@svg_option
@png_option
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
def match(name: str, svg: Path | None, png: Path | None, *, as_json: bool) -> None:
    """Show the fights of a match. MATCH is its number, or PUBG's id of it.

    As a picture: where on the whole map and when they were, in the colours of the zone's phases. It is drawn from the
    telemetry that the batch's run has left below PEWSTATS_HOME.

    \b
    Examples:
      pewstats match 1
      pewstats match 3b2c71d8-5d7f-4c5e-9f0a-0d1f6d4f2b11 --svg match.svg
    """
    from pewstats_assets.drawing import draw_match, words
    from pewstats_assets.fights.ids import fight_id

    settings, databases = connect()
    with databases.connect() as connection:
        stored = loaded_match(connection, name)
    found = stored.match
    if svg or png:
        frames = telemetry_of(settings, stored, "phases")
        write_pictures(draw_match(found, frames["phases"]), svg, png)
        return
    if not as_json:
        click.echo(f"Match {found.match_no} of {stored.batch}: {words.where(found)}, {found.match_id}")
    rows = [
        (
            fight_id(found.match_no, number),
            fight.fight_start_time,
            round(fight.duration_seconds, 1),
            len(fight.team_ids),
            len(fight.participants),
            fight.total_knocks,
            fight.total_kills,
            round(fight.total_damage, 1),
            fight.outcome.value,
            fight.winning_team_id,
        )
        for number, fight in enumerate(found.fights, start=1)
    ]
    print_table(_COLUMNS, rows, "json" if as_json else "text")
