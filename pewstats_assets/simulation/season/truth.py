"""The truth about a season: what the simulation knows and telemetry does not tell.

Five tables, written as Parquet into the folder `truth` beside the telemetry:

- `accounts`: every account's skills, the rates that follow from them, names, and group.
- `matches`: what was played where.
- `appearances`: who played in which match, under which name, in which team.
- `hostilities`: which two squads fought each other, from when to when, where, and who took part.
- `downs`: every knock, by whom, from how far, and what became of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import polars as pl

from pewstats_assets.simulation.match_object import Heading
from pewstats_assets.simulation.season.battle import Battle, headshot_rate, seconds_between_bursts
from pewstats_assets.simulation.season.population import accounts_of

_TIME: Final = pl.Datetime("ms", "UTC")

#: Skills are standard normal over the accounts. `headshot_rate`: of the bullets that hit a standing player, the share
#: that hits the head. `seconds_between_bursts`: on average, of a player in a fight who is busy with nothing else.
#: `group`: which four accounts play together. `renamed_from`: the first match (counted from 0) under the last name.
ACCOUNTS: Final = pl.Schema(
    {
        "account_id": pl.String(),
        "names": pl.List(pl.String()),
        "renamed_from": pl.Int32(),
        "group": pl.Int32(),
        "aim": pl.Float64(),
        "aggression": pl.Float64(),
        "survival": pl.Float64(),
        "support": pl.Float64(),
        "reach": pl.Float64(),
        "headshot_rate": pl.Float64(),
        "seconds_between_bursts": pl.Float64(),
    }
)

#: One row per match. `is_aborted`: the server gave up before somebody had won.
MATCHES: Final = pl.Schema(
    {
        "match_id": pl.String(),
        "match_index": pl.Int32(),
        "match_type": pl.String(),
        "game_mode": pl.String(),
        "map_name": pl.String(),
        "started_at": _TIME,
        "ended_at": _TIME,
        "is_aborted": pl.Boolean(),
    }
)

#: One row per match and participant. `gun` is what the player carries, as damage events spell it.
APPEARANCES: Final = pl.Schema(
    {
        "match_id": pl.String(),
        "account_id": pl.String(),
        "name": pl.String(),
        "team_id": pl.Int32(),
        "is_bot": pl.Boolean(),
        "gun": pl.String(),
        "lives": pl.Int32(),
        "kills": pl.Int32(),
        "knocks": pl.Int32(),
        "revives": pl.Int32(),
        "damage": pl.Float64(),
        "died_at": _TIME,
        "team_rank": pl.Int32(),
    }
)

#: One row each time that two squads shot at each other. Coordinates in cm; `account_ids`: who hit or was hit.
HOSTILITIES: Final = pl.Schema(
    {
        "match_id": pl.String(),
        "team_1": pl.Int32(),
        "team_2": pl.Int32(),
        "began_at": _TIME,
        "ended_at": _TIME,
        "x": pl.Float64(),
        "y": pl.Float64(),
        "hits": pl.Int32(),
        "account_ids": pl.List(pl.String()),
    }
)

#: One row per knock. `maker_id` is null for the environment, `ender_id` (who finished or revived) if nobody did;
#: `outcome`: `died`, `revived`, `self-revived`, or `open` at the end of the match. Distance in cm.
DOWNS: Final = pl.Schema(
    {
        "match_id": pl.String(),
        "dbno_id": pl.Int64(),
        "victim_id": pl.String(),
        "maker_id": pl.String(),
        "knocked_at": _TIME,
        "distance": pl.Float64(),
        "means": pl.String(),
        "outcome": pl.String(),
        "ended_at": _TIME,
        "ender_id": pl.String(),
    }
)

TABLES: Final = {
    "accounts": ACCOUNTS,
    "matches": MATCHES,
    "appearances": APPEARANCES,
    "hostilities": HOSTILITIES,
    "downs": DOWNS,
}


@dataclass(frozen=True, slots=True)
class MatchTruth:
    """The rows of one match, in the order of the columns."""

    match: tuple[Any, ...]
    appearances: Sequence[tuple[Any, ...]]
    hostilities: Sequence[tuple[Any, ...]]
    downs: Sequence[tuple[Any, ...]]


def truth_of(heading: Heading, match_index: int, battle: Battle) -> MatchTruth:
    """Write down what is known about a match that has been played."""
    match_id, start = heading.match_id, heading.start

    def moment(at: int | None) -> datetime | None:
        return None if at is None else start + timedelta(milliseconds=at)

    match = (
        match_id,
        match_index,
        heading.match_type,
        heading.mode,
        heading.map_name,
        start,
        moment(battle.end),
        battle.is_aborted,
    )
    appearances = [
        (
            match_id,
            who.account_id,
            who.name,
            squad.team_id,
            who.is_bot,
            who.gun.causer,
            who.lives,
            who.figures.kills,
            who.figures.knocks,
            who.figures.revives,
            who.figures.damage,
            moment(who.died_at),
            squad.rank,
        )
        for squad in battle.squads
        for who in squad.members
    ]
    hostilities = [
        (
            match_id,
            one.one.team_id,
            one.other.team_id,
            moment(one.began),
            moment(battle.end if one.ended is None else one.ended),
            one.x * 100,
            one.y * 100,
            one.hits,
            sorted(who.account_id for who in one.involved),
        )
        for one in battle.hostilities
    ]
    downs = [
        (
            match_id,
            knock.knock_id,
            victim.account_id,
            knock.maker.account_id if knock.maker else None,
            moment(knock.at),
            knock.distance * 100,
            knock.means.causer,
            knock.outcome,
            moment(knock.ended),
            knock.ender.account_id if knock.ender else None,
        )
        for victim, knock in battle.knocks
    ]
    return MatchTruth(match, appearances, hostilities, downs)


def tables_of(seed: int, truths: Iterable[MatchTruth], league: int | None = None) -> dict[str, pl.DataFrame]:
    """Put the truth about a season, or a league of so many groups, together, as the frames of `TABLES`."""
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in TABLES}
    for truth in truths:
        rows["matches"].append(truth.match)
        rows["appearances"] += truth.appearances
        rows["hostilities"] += truth.hostilities
        rows["downs"] += truth.downs
    rows["accounts"] = [
        (
            account.account_id,
            list(account.names),
            account.renamed_at,
            account.group,
            account.aim,
            account.aggression,
            account.survival,
            account.support,
            account.reach,
            headshot_rate(account.aim),
            seconds_between_bursts(account.aggression),
        )
        for account in accounts_of(seed)
        if league is None or account.group < league
    ]
    return {name: pl.DataFrame(rows[name], schema=schema, orient="row") for name, schema in TABLES.items()}
