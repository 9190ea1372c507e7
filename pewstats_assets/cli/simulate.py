"""`pewstats simulate`: a season of telemetry in which nobody is real."""

import os
from pathlib import Path

import click

from pewstats_assets.cli.terminal import expand_home, json_option, progress_bar
from pewstats_assets.tables import print_table


@click.command()
@click.option("--matches", required=True, type=click.IntRange(min=1), help="How many matches.")
@click.option("--seed", default=1, show_default=True, help="Which season; a longer one begins with the same matches.")
@click.option(
    "--out",
    "folder",
    required=True,
    type=click.Path(path_type=Path),
    callback=expand_home,
    help="The folder, made if it is not there.",
)
@click.option(
    "--size",
    default="full",
    show_default=True,
    type=click.Choice(["small", "full"]),
    help="full: as the CDN has it, 40 MB of JSON a match; small: the same combat in a tenth of that.",
)
@click.option(
    "--league",
    type=click.IntRange(2, 600),
    metavar="SQUADS",
    help="A league of so many squads alone, 16 a match: each of 64 players has 1.8 fights a match.",
)
@click.option(
    "--processes",
    default=os.cpu_count() or 1,
    show_default="cores",
    type=click.IntRange(min=1),
    help="How many work at once.",
)
@json_option
def simulate(  # noqa: PLR0913 one per option
    matches: int, seed: int, folder: Path, size: str, processes: int, *, league: int | None, as_json: bool
) -> None:
    """Write a season of simulated telemetry into a folder. Nobody in it is real.

    The truth about it goes into `truth` below the folder. What is written can be registered while more is being
    written.

    \b
    Examples:
      pewstats simulate --matches 1200 --size small --out data/season
      pewstats simulate --matches 20 --seed 7 --out /tmp/season
      pewstats simulate --matches 150 --size small --league 16 --out data/league
    """
    from pewstats_assets.simulation.season import Size, write_season

    total = {"matches": 0, "events": 0, "json_bytes": 0, "gzip_bytes": 0}
    with progress_bar("Simulating matches") as progress:
        task = progress.add_task("", total=matches)
        for match in write_season(matches, seed, folder, Size(size), processes, league=league):
            progress.advance(task)
            total["matches"] += 1
            for name in ("events", "json_bytes", "gzip_bytes"):
                total[name] += getattr(match, name)
    print_table(list(total), [list(total.values())], "json" if as_json else "text")
