"""`pewstats quarantine`: the matches that cannot be used."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from pewstats_assets.cli.batches import (
    compare_players,
    connect,
    fail_if_any_failed,
    load,
    open_dagster,
    require_registered,
)
from pewstats_assets.cli.terminal import fail, json_option, progress_bar, say
from pewstats_assets.tables import print_records, printable

if TYPE_CHECKING:
    from pewstats_assets.backfill import LoadedBatch
    from pewstats_assets.warehouse.quarantine import MatchInQuarantine


@click.group()
def quarantine() -> None:
    """See which matches cannot be used and why; load them once their files are replaced."""


@quarantine.command("list")
@click.argument("batches", nargs=-1, metavar="[BATCH]...")
@json_option
def list_quarantined(batches: tuple[str, ...], *, as_json: bool) -> None:
    """List quarantined matches: why, and where their files are broken.

    Those of BATCH..., or of all batches. byte_offset counts from 0: for broken_json in the inflated JSON, for
    broken_gzip in the file.

    \b
    Examples:
      pewstats quarantine list batch_00007
      pewstats quarantine list --json | jq -r '.[] | select(.reason == "broken_gzip").file'
    """
    from pewstats_assets.warehouse.matches import batches as registered_batches
    from pewstats_assets.warehouse.quarantine import MatchInQuarantine, in_quarantine

    _, databases = connect()
    with databases.connect() as connection:
        require_registered(batches, registered_batches(connection))
        matches = in_quarantine(connection, batches)
    _print_matches(MatchInQuarantine, matches, as_json=as_json)


@quarantine.command()
@click.argument("matches", nargs=-1, metavar="[MATCH]...")
@click.option("--no-load", is_flag=True, help="Only put the matches back: `pewstats backfill` loads them later.")
@json_option
def retry(matches: tuple[str, ...], *, no_load: bool, as_json: bool) -> None:
    """Put quarantined matches back into their batches, and load these batches again.

    A MATCH is a match id or a match_no; without one: all that are quarantined. Their files are registered as they are
    now. The exit code is 1 if one of them is left in quarantine.

    \b
    Examples:
      pewstats quarantine retry
      pewstats quarantine retry 1042 3b2c71d8-5d7f-4c5e-9f0a-0d1f6d4f2b11
    """
    from pewstats_assets.quarantine import put_back_matches
    from pewstats_assets.warehouse.quarantine import RetriedMatch, in_quarantine, retried_matches

    settings, databases = connect()
    with databases.connect() as connection:
        chosen = _choose(in_quarantine(connection), matches)
    with progress_bar("Looking at files") as progress:
        put_back = put_back_matches(databases, settings, chosen, progress.track)
    for one in put_back:
        say(f"Match {one.match.match_no} of {one.match.batch}: {printable(one.sentence)}")
    loaded: Sequence[LoadedBatch] = []
    not_compared: Sequence[str] = []
    batches = sorted({one.match.batch for one in put_back if one.is_put_back})
    if batches and not no_load:
        with open_dagster(settings, databases) as instance:
            loaded = load(instance, batches)
            not_compared = compare_players(instance)
    with databases.connect() as connection:
        retried = retried_matches(connection, [match.match_no for match in chosen])
    _print_matches(RetriedMatch, retried, as_json=as_json)
    fail_if_any_failed(loaded, not_compared)
    left = [match for match in retried if match.status == "quarantined"]
    if left:
        fail(f"{len(left)} of {len(retried)} matches are quarantined still.")


def _choose(quarantined: "list[MatchInQuarantine]", names: Sequence[str]) -> "list[MatchInQuarantine]":
    """The matches of these ids and numbers; all without a name."""
    by_name = {str(match.match_no): match for match in quarantined}
    by_name |= {match.match_id: match for match in quarantined if match.match_id is not None}
    unknown = [name for name in names if name.lower() not in by_name]
    if unknown:
        msg = f"{', '.join(unknown)}: no quarantined match has this id or number. See `pewstats quarantine list`."
        raise click.BadParameter(msg, param_hint="MATCH")
    chosen = {match.match_no: match for match in (by_name[name.lower()] for name in names)}
    return list(chosen.values()) if names else quarantined


def _print_matches(columns_of: type, matches: Sequence[Any], *, as_json: bool) -> None:
    if matches or as_json:
        print_records(columns_of, matches, "json" if as_json else "text")
    else:
        say("No match is quarantined.")
