"""`pewstats fight`: one fight, in words or as a picture."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from pewstats_assets.cli.batches import connect
from pewstats_assets.cli.pictures import loaded_match, png_option, svg_option, telemetry_of, write_pictures
from pewstats_assets.cli.terminal import fail
from pewstats_assets.tables import print_table, to_json

if TYPE_CHECKING:
    from pewstats_assets.fights import Fight

#: The first fight of the first match.
_FIRST_ID: Final = 1001
_COLUMNS: Final = (
    "no", "team", "outcome", "player", "knocks", "kills", "damage_dealt", "damage_taken", "knocked_at_s", "killed_at_s",
)  # fmt: skip


@click.command()
@click.argument("fight_id", metavar="FIGHT", type=click.IntRange(min=_FIRST_ID))
@svg_option
@png_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON: the fight with its participants.")
def fight(fight_id: int, svg: Path | None, png: Path | None, *, as_json: bool) -> None:
    """Show a fight: who took part, with what result. FIGHT is its id in the table team_fights.

    As a picture: who stood where on the map, who hit, knocked and killed whom, and when. It is drawn from the
    telemetry that the batch's run has left below PEWSTATS_HOME.

    \b
    Examples:
      pewstats fight 1004
      pewstats fight 1004 --png fight.png
    """
    from pewstats_assets.drawing import draw_fight, words
    from pewstats_assets.fights import ids
    from pewstats_assets.fights.serialize import fight_to_json

    settings, databases = connect()
    match_no, fight_no = ids.match_and_fight_no(fight_id)
    with databases.connect() as connection:
        stored = loaded_match(connection, str(match_no))
    match = stored.match
    if not 1 <= fight_no <= len(match.fights):
        first, last = (ids.fight_id(match_no, number) for number in (1, len(match.fights)))
        known = f"they are {first} to {last}" if match.fights else "it has no fights at all"
        fail(f"Match {match_no} has no fight {fight_id}: {known}.")
    found = match.fights[fight_no - 1]
    if svg or png:
        frames = telemetry_of(settings, stored, "combat", "positions")
        write_pictures(draw_fight(match, fight_no, frames["combat"], frames["positions"]), svg, png)
    elif as_json:
        of_match = ("match_no", "match_id", "map_name", "game_mode", "match_type", "match_datetime")
        values = {name: getattr(match, name) for name in of_match}
        click.echo(to_json({"id": fight_id, "batch": stored.batch, **values, **fight_to_json(found)}))
    else:
        click.echo(f"Fight {fight_id}: {words.outcome(found)}")
        click.echo(words.facts(match, found))
        click.echo(found.fight_reason)
        _print_participants(found)


def _print_participants(fight: "Fight") -> None:
    def seconds(time: datetime | None) -> float | None:
        return None if time is None else round((time - fight.fight_start_time).total_seconds(), 1)

    rows = [
        (
            number,
            participant.team_id,
            fight.team_outcomes[participant.team_id].value,
            participant.player_name,
            participant.knocks_dealt,
            participant.kills_dealt,
            round(participant.damage_dealt, 1),
            round(participant.damage_taken, 1),
            seconds(participant.knocked_at),
            seconds(participant.killed_at),
        )
        for number, participant in enumerate(fight.participants, start=1)
    ]
    print_table(_COLUMNS, rows)
