"""Players of known true rates through the whole pipeline: files, batches, Dagster's assets, sums, populations, figures.

The league is simulated, so the correlations are those of real combat, not of a textbook: the fights of a match have a
mood and a lobby in common, overlap and share participants; a squad wins and loses together. Nobody can say beforehand
how often a player of certain skills wins, but the skills hold for good, so the player's rate in many other matches is
the truth about the player in a few (see `cases`).

One test, because the league is loaded once; it tells everything that does not hold.
"""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import dagster as dg
import polars as pl
import psycopg

from pewstats_assets.assets.populations import materialize_populations
from pewstats_assets.assets.profiles import materialize_profiles
from pewstats_assets.profiles.playstyle import NOT_ENOUGH_FIGHTS
from pewstats_assets.resources import WarehouseResource
from pewstats_assets.settings import Settings
from pewstats_assets_tests.processes import Pewstats
from pewstats_assets_tests.proof.cases import cases_of, describe, read_sums
from pewstats_assets_tests.proof.loading import SQUADS, load, write_league

MATCHES: Final = 240
BATCH_SIZE: Final = 20
#: The share of intervals of 90 % that cover the truth.
COVERS: Final = (0.85, 0.95)
FEW_FIGHTS: Final = 50
CLOSER: Final = 0.8
CHANCE: Final = 0.01

_SHUFFLE: Final = """
WITH seats AS (
    SELECT match_id, unnest(player_account_ids) AS account FROM match_squads
), shuffled AS (
    SELECT of.match_id, of.account, other.account AS becomes
    FROM (SELECT *, row_number() OVER (PARTITION BY match_id ORDER BY account) AS seat FROM seats) AS of
    JOIN (
        SELECT *, row_number() OVER (PARTITION BY match_id ORDER BY md5(match_id || account)) AS seat FROM seats
    ) AS other USING (match_id, seat)
)
UPDATE fight_participants fp SET player_account_id = becomes
FROM shuffled WHERE shuffled.match_id = fp.match_id AND account = player_account_id
"""


def test_figures_of_a_league_are_what_is_true(settings: Settings, database_url: str, tmp_path: Path) -> None:
    assert list(missed_by_a_league(settings, database_url, tmp_path)) == []


def missed_by_a_league(settings: Settings, database_url: str, home: Path) -> Iterator[str]:
    """Load a league, and say what does not hold of it."""
    write_league(home / "league", MATCHES)
    pewstats = Pewstats(settings.home, database_url)
    load(pewstats, home / "league", BATCH_SIZE)
    with psycopg.connect(database_url, autocommit=True) as connection:
        cases = cases_of(read_sums(connection))
        yield from intervals_cover_the_truth(cases, "league")
        yield from shrunk_values_are_closer(cases)
        yield from the_league_has_findings(connection)
        yield from renamed_players_stay_one(pewstats, connection, home / "league")
        shuffle(connection)
        cases = cases_of(read_sums(connection), are_alike=True)
        # Drawn to the mean of players who are all alike, the other intervals cover the truth nearly always.
        yield from intervals_cover_the_truth(cases, "shuffled", "covered")
        yield from figures_are_not_found(cases)
        yield from nothing_is_found(connection)


def intervals_cover_the_truth(cases: pl.DataFrame, of: str, *intervals: str) -> Iterator[str]:
    """90 % of them do, with 5 points around that."""
    for row in describe(cases, "kind").iter_rows(named=True):
        for interval in intervals or ("covered", "covered_shrunk"):
            if not COVERS[0] <= row[interval] <= COVERS[1]:
                yield f"{of}, {row['kind']}: {interval} in {row[interval]:.3f} of {row['cases']} cases"


def shrunk_values_are_closer(cases: pl.DataFrame) -> Iterator[str]:
    """With few fights, their squared error is at least a fifth lower, on average of the figures."""
    few = describe(cases.filter(pl.col("fights") < FEW_FIGHTS), "kind", "figure")
    for kind, ratio in few.group_by("kind").agg(pl.col("error_ratio").mean()).iter_rows():
        if not ratio <= CLOSER:
            yield f"{kind}: the squared error of shrunk values is {ratio:.3f} of that of raw ones"


def the_league_has_findings(connection: psycopg.Connection) -> Iterator[str]:
    """What is not found in shuffled outcomes, is found in others: most figures tell players apart."""
    minimums = connection.execute("SELECT count(min_fights), count(*) FROM population_figures").fetchone()
    named = connection.execute("SELECT count(*) FROM player_playstyles WHERE playstyle <> %s", (NOT_ENOUGH_FIGHTS,))
    if minimums is None or minimums[0] <= minimums[1] / 2:
        yield f"minimums of figures: {minimums}"
    if named.fetchone() != (4 * SQUADS,):
        yield "not every player has a playstyle"


def renamed_players_stay_one(pewstats: Pewstats, connection: psycopg.Connection, folder: Path) -> Iterator[str]:
    """Every player has one profile, under the name of the last match, whatever the names before."""
    truth = folder / "truth"
    names = pl.read_parquet(truth / "appearances.parquet").group_by("account_id").agg(pl.col("name").unique().sort())
    known = connection.execute(
        "SELECT player_account_id, array_agg(DISTINCT player_name ORDER BY player_name) FROM player_names GROUP BY 1"
    )
    if dict(known.fetchall()) != dict(names.iter_rows()):
        yield "the names are not those that were used"
    renamed = names.filter(pl.col("name").list.len() > 1)
    if renamed.is_empty():
        yield "nobody has changed the name"
    accounts = pl.read_parquet(truth / "accounts.parquet").with_columns(pl.col("names").list.last())
    last = dict(accounts.select("account_id", "names").join(renamed, on="account_id", how="semi").iter_rows())
    profiles = connection.execute("SELECT player_account_id, player_name FROM player_profiles").fetchall()
    if len(profiles) != 4 * SQUADS or not last.items() <= dict(profiles).items():
        yield f"the renamed players {last} have these profiles: {profiles}"
    account, used = renamed.row(0)
    pages = [pewstats.json("player", name) for name in used]
    if {page["player_account_id"] for page in pages} != {account}:
        yield f"{account} is not found by each of the names {used}"
    if sorted(name["player_name"] for name in pages[0]["names"]) != used:
        yield f"the page of {account} has the names {pages[0]['names']} instead of {used}"


def shuffle(connection: psycopg.Connection) -> None:
    """Let the players of every match swap seats, by chance, after it is over, and sum and compare them once more.

    Fights and all that ties outcomes together stay as they are; what is lost is who it was, so that players do not
    differ any more but by chance.
    """
    connection.execute(_SHUFFLE.encode())
    log = logging.getLogger(__name__)
    warehouse = WarehouseResource()
    warehouse.setup_for_execution(dg.build_init_resource_context())
    for (batch,) in connection.execute("SELECT batch FROM match_batches ORDER BY batch").fetchall():
        materialize_profiles(log, warehouse, batch)
    materialize_populations(log, warehouse)


def figures_are_not_found(cases: pl.DataFrame) -> Iterator[str]:
    """Hardly any figure tells players apart who do not differ: by chance, one of 700 does."""
    samples = cases.group_by("sample", "figure").agg(pl.col("is_finding").first())
    found = samples.filter("is_finding")
    if found.height > CHANCE * samples.height:
        yield f"shuffled: {found.height} findings in {samples.height} figures: {found['figure'].to_list()}"


def nothing_is_found(connection: psycopg.Connection) -> Iterator[str]:
    """Nobody is compared with players who differ by chance only."""
    compared = connection.execute("SELECT DISTINCT figure FROM player_figures").fetchall()
    named = connection.execute("SELECT * FROM player_playstyles WHERE playstyle <> %s", (NOT_ENOUGH_FIGHTS,)).fetchall()
    if compared or named:
        yield f"shuffled, but compared: {compared}, and named: {named}"
