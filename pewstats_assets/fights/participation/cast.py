"""Who is in which fight: fights, their teams, their participants, and everybody who is on the roster of such a team.

Within a fight it is their name that tells participants apart, as in ruleset v2 (rule 21).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
import polars as pl

from pewstats_assets.fights.batch import MatchFights
from pewstats_assets.fights.participation.ordered import (
    NO_ROW,
    Numbers,
    begins_of,
    by_group,
    places_in_groups,
    rows_of_ranges,
)
from pewstats_assets.fights.participation.players import Players
from pewstats_assets.telemetry.times import TIME

_FIGHTS: Final = pl.Schema({"match_no": pl.Int64(), "fight_no": pl.Int32(), "start": TIME, "end": TIME})
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Members:
    """Who is in which of the fights' teams: by rosters, and who is on none but seen in a team.

    Attributes:
        team: the number of a team; sorted.
        player: the number of one of its players.
    """

    team: Numbers
    player: Numbers

    def of_teams(self, teams: Numbers) -> tuple[Numbers, Numbers]:
        """List the members of teams, one team after the other.

        Returns:
            For each member, the place of the team in `teams`, and the player's number.
        """
        first, behind = (np.searchsorted(self.team, teams, side) for side in ("left", "right"))
        place, row = rows_of_ranges(first, behind)
        return place, self.player[row]


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is in which fight of some matches; rows, players and teams are known by number.

    Attributes:
        fights: fight, match_no, fight_no, start, end; in the matches' order.
        sides: side, fight, match_no, team_id, team: one row for each team of a fight.
        teams: match_no, team_id, team: the teams of all fights, numbered in this order.
        participants: participant, fight, match_no, fight_no, participant_no, player_name, player, team_id, side, team.
        members: of the teams.
        with_roster: the matches that have a roster.
    """

    fights: pl.DataFrame
    sides: pl.DataFrame
    teams: pl.DataFrame
    participants: pl.DataFrame
    members: Members
    with_roster: Numbers

    def of_participants(self, found: pl.DataFrame) -> pl.DataFrame:
        """Put what was found, by `participant`, beside each participant; null where nothing was.

        What was found of who is none, under `NO_ROW`, is left out.
        """
        rows = np.full(self.participants.height + 1, NO_ROW)  # the last place is that of `NO_ROW` itself
        rows[found["participant"].to_numpy()] = np.arange(found.height)
        row = pl.lit(pl.Series(rows[:-1]))
        return found.select(pl.exclude("participant").gather(pl.when(row != NO_ROW).then(row)))

    def sums_of_participants(self, found: pl.DataFrame) -> pl.DataFrame:
        """Put sums that were found, by `participant`, beside each participant; 0 where there is none."""
        sums = np.zeros((self.participants.height + 1, found.width - 1))
        sums[found["participant"].to_numpy()] = found.drop("participant").to_numpy()
        return pl.DataFrame(sums[:-1], schema=found.columns[1:])

    def participants_of_sides(self, fight: Numbers, team: Numbers) -> tuple[Numbers, Numbers]:
        """List who takes part in fights for a team, one pair of fight and team after the other.

        Returns:
            For each participant, the place of the pair, and the participant's number.
        """
        teams = self.teams.height
        sides = self.participants["fight"].to_numpy() * teams + self.participants["team"].to_numpy()
        by_side = np.argsort(sides, kind="stable")
        first, behind = (np.searchsorted(sides[by_side], fight * teams + team, side) for side in ("left", "right"))
        place, row = rows_of_ranges(first, behind)
        return place, by_side[row]


def cast_of(matches: Sequence[MatchFights], players: Players, seen: pl.DataFrame, rosters: pl.DataFrame) -> Cast:
    """Find out who is in which fight.

    Args:
        matches: with their fights.
        players: numbers players.
        seen: `match_no`, `player` and `team_id` of everybody who has positions.
        rosters: `match_no` and the columns of `telemetry.frames.ROSTERS`, of matches with fights.
    """
    numbered_fights = [
        (match.match_no, no, fight) for match in matches for no, fight in enumerate(match.fights, start=1)
    ]
    fights = pl.DataFrame(
        {
            "match_no": [match_no for match_no, _, _ in numbered_fights],
            "fight_no": [fight_no for _, fight_no, _ in numbered_fights],
            "start": [_microseconds(fight.fight_start_time) for _, _, fight in numbered_fights],
            "end": [_microseconds(fight.fight_end_time) for _, _, fight in numbered_fights],
        },
        schema=_FIGHTS,
    ).pipe(_numbered, "fight")
    rankings = [fight.ranking for _, _, fight in numbered_fights]
    of_sides = np.repeat(np.arange(fights.height), [len(ranking) for ranking in rankings])
    sides = (
        fights["fight", "match_no"][of_sides]
        .with_columns(pl.Series("team_id", [team for ranking in rankings for team in ranking], pl.Int32))
        .pipe(_numbered, "side")
    )
    teams = sides.select("match_no", "team_id").unique().sort("match_no", "team_id").pipe(_numbered, "team")
    sides = sides.with_columns(pl.Series("team", numbers_of_teams(teams, sides["match_no"], sides["team_id"])))
    people = [who for _, _, fight in numbered_fights for who in fight.participants]
    of_people = np.repeat(np.arange(fights.height), [len(fight.participants) for _, _, fight in numbered_fights])
    participants = (
        fights["fight", "match_no", "fight_no"][of_people]
        .with_columns(
            pl.Series("participant_no", places_in_groups(of_people) + 1),
            pl.Series("player_name", [who.player_name for who in people], pl.String),
            pl.Series("player_account_id", [who.player_account_id for who in people], pl.String),
            pl.Series("team_id", [who.team_id for who in people], pl.Int32),
        )
        .pipe(_numbered, "participant")
    )
    participants = participants.with_columns(players.number(participants, "player")).join(
        sides.select("fight", "team_id", "side", "team"), on=["fight", "team_id"], how="left", maintain_order="left"
    )
    listed = rosters.select("match_no", "team_id", players.number(rosters, "player")).drop_nulls("team_id")
    members = (
        pl.concat([frame.select("match_no", "team_id", "player") for frame in (listed, seen, participants)])
        .drop_nulls("team_id")
        .unique("player", keep="first", maintain_order=True)
        .join(teams, on=["match_no", "team_id"])
        .sort("team", "player")
    )
    return Cast(
        fights=fights,
        sides=sides,
        teams=teams,
        participants=participants.drop("player_account_id"),
        members=Members(members["team"].to_numpy(), members["player"].to_numpy()),
        with_roster=np.unique(listed["match_no"].to_numpy()),
    )


def seen_of(positions: pl.DataFrame) -> pl.DataFrame:
    """List in which teams players are seen, each team of a player once, in order.

    Args:
        positions: `match_no` and the columns of `telemetry.frames.POSITIONS`, and `player`, its number.

    Returns:
        Rows of positions.
    """
    player, team_id = positions["player"].to_numpy(), positions["team_id"].fill_null(0).to_numpy()
    row = by_group(player)
    # Hardly anybody changes his team: what is left is short.
    row = row[
        begins_of(player[row]) | begins_of(team_id[row]) | begins_of(positions["team_id"].is_null().to_numpy()[row])
    ]
    return positions[row].unique(["player", "team_id"], keep="first", maintain_order=True)


def _microseconds(time: datetime) -> int:
    """Count from 1970; polars needs three times as long to read a time."""
    return (time - _EPOCH) // _MICROSECOND


def _numbered(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    return frame.with_columns(pl.int_range(pl.len()).alias(name))


def numbers_of_teams(teams: pl.DataFrame, match_no: pl.Series, team_id: pl.Series) -> Numbers:
    """Find the numbers of teams by match and team id among those of all fights; `NO_ROW` for others."""
    known = _team_key(teams["match_no"], teams["team_id"])
    asked = _team_key(match_no, team_id.fill_null(0))
    place = np.searchsorted(known, asked)
    is_known = np.append(known, NO_ROW)[place] == asked
    return np.where(is_known & team_id.is_not_null().to_numpy(), place, NO_ROW)


def _team_key(match_no: pl.Series, team_id: pl.Series) -> Numbers:
    """Make one number of a match and a team, in the order of both."""
    key: Numbers = match_no.to_numpy() * 2**32 + team_id.to_numpy()
    return key
