"""`pewstats player`: what a coach asks about one player."""

from typing import TYPE_CHECKING

import click

from pewstats_assets.cli.batches import connect
from pewstats_assets.cli.terminal import fail
from pewstats_assets.tables import print_records, printable, to_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pewstats_assets.player_report import ModeInBrief
    from pewstats_assets.warehouse.players import FoundPlayer


@click.command()
@click.argument("player", metavar="NAME|ACCOUNT")
@click.option("--mode", help="Only this game mode: squad-fpp, say. Without it: the one with most fights.")
@click.option("--type", "match_type", help="Only this match type: official, competitive, custom, ...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: all modes that fit.")
def player(player: str, mode: str | None, match_type: str | None, *, as_json: bool) -> None:
    """Show how a player fights, how well, with whom, and compared with whom.

    A player goes by account id, or by a name that the player has used; several players with one name are listed. What
    the figures mean, and what a mark says: docs/player-profiles.md.

    \b
    Examples:
      pewstats player Kasumi_77
      pewstats player account.5d1c… --mode squad-fpp --type competitive --json | jq '.modes[0].figures'
    """
    from pewstats_assets.cli.player_page import print_page
    from pewstats_assets.player_report import report_on
    from pewstats_assets.warehouse.players import find_players

    _, databases = connect()
    with databases.connect() as connection:
        found = find_players(connection, player)
        if not found:
            fail(f"No player with a fight is called {printable(player)}, or has that account id.")
        exact = [one for one in found if one.player_account_id == player]
        if len(exact or found) > 1:
            _list(player, found, as_json=as_json)
        report = report_on(connection, (exact or found)[0], mode, match_type)
    if not report.modes:
        fail(f"{printable(report.player_name)} has no fight in such matches: {_where(report.all_modes)}.")
    if as_json:
        click.echo(to_json(report))
    else:
        print_page(report)


def _list(player: str, found: "Sequence[FoundPlayer]", *, as_json: bool) -> None:
    print_records(type(found[0]), found, "json" if as_json else "text")
    fail(f"{len(found)} players have been called {printable(player)}: give one by account id.")


def _where(modes: "Sequence[ModeInBrief]") -> str:
    return ", ".join(printable(f"{mode.fights} in {mode.game_mode} {mode.match_type}") for mode in modes)
