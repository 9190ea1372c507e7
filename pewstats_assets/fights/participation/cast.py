"""Who is in which fight: fights, their teams, their participants, and everybody who is on the roster of such a team.

Players get a number of their own, which is theirs in one match: by account id, and by name where there is none. Within
a fight it is their name that tells participants apart, as in ruleset v2 (rule 21).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from pewstats_assets.fights.batch import MatchFights
from pewstats_assets.telemetry.times import TIME

_FIGHTS: Final = pl.Schema(
    {
        "match_no": pl.Int64(),
        "fight_no": pl.Int32(),
        "start": TIME,
        "end": TIME,
        "teams": pl.List(pl.Int32()),
    }
)
_PARTICIPANTS: Final = pl.Schema(
    {
        "fight": pl.UInt32(),
        "participant_no": pl.Int32(),
        "player_name": pl.String(),
        "player_account_id": pl.String(),
        "team_id": pl.Int32(),
        "killed_at": TIME,
    }
)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is in which fight of some matches; rows, players and teams are known by number.

    Attributes:
        fights: fight, match_no, fight_no, start, end, teams; in the matches' order.
        sides: fight, match_no, team_id, team: one row for each team of a fight.
        teams: match_no, team_id, team: the teams of all fights, numbered.
        participants: participant, fight, match_no, fight_no, participant_no, player_name, player, team_id, killed_at.
        players: match_no, key, player: everybody of these matches whom any frame names.
        members: match_no, team_id, player, is_on_roster: the rosters, and who is on none but seen in a team.
    """

    fights: pl.DataFrame
    sides: pl.DataFrame
    teams: pl.DataFrame
    participants: pl.DataFrame
    players: pl.DataFrame
    members: pl.DataFrame


def player_key(role: str) -> pl.Expr:
    """Tell a player of a match from the others by account id, by name where there is none; empty is nobody."""
    account, name = pl.col(f"{role}_account_id"), pl.col(f"{role}_name")
    return pl.when(is_account(role)).then(account).otherwise(name.fill_null("")).alias("key")


def is_account(role: str) -> pl.Expr:
    """Whether a player is told by account id."""
    return (pl.col(f"{role}_account_id") != "").fill_null(value=False)


def cast_of(
    matches: Sequence[MatchFights], named: Sequence[pl.DataFrame], seen: pl.DataFrame, rosters: pl.DataFrame
) -> Cast:
    """Find out who is in which fight.

    Args:
        matches: with their fights.
        named: frames of `match_no` and `key` (see `player_key`): everybody whom combat events name.
        seen: `match_no`, `key` and `team_id` of everybody who has positions.
        rosters: `match_no` and the columns of `telemetry.frames.ROSTERS`.
    """
    fights = pl.DataFrame(
        [
            (
                match.match_no,
                fight_no,
                fight.fight_start_time,
                fight.fight_end_time,
                [fight.primary_team_1, fight.primary_team_2, *(fight.third_party_teams or ())],
            )
            for match in matches
            for fight_no, fight in enumerate(match.fights, start=1)
        ],
        schema=_FIGHTS,
        orient="row",
    ).with_row_index("fight")
    found = pl.DataFrame(
        [
            (number, participant_no, who.player_name, who.player_account_id, who.team_id, who.killed_at)
            for number, fight in enumerate(fight for match in matches for fight in match.fights)
            for participant_no, who in enumerate(fight.participants, start=1)
        ],
        schema=_PARTICIPANTS,
        orient="row",
    ).with_row_index("participant")
    participants = found.join(
        fights.select("fight", "match_no", "fight_no"), on="fight", how="left", maintain_order="left"
    ).with_columns(player_key("player"))
    listed = rosters.join(fights.select("match_no").unique(), on="match_no", how="semi").select(
        "match_no", "team_id", player_key("player")
    )
    keys = [frame.select("match_no", "key") for frame in (*named, seen, participants, listed)]
    players = pl.concat([frame.unique() for frame in keys]).unique(maintain_order=True).with_row_index("player")
    participants = numbered(participants, players)
    members = (
        pl.concat(
            [
                numbered(listed, players).with_columns(is_on_roster=True),
                *(
                    frame.select("match_no", "team_id", "player", is_on_roster=False)
                    for frame in (numbered(seen, players), participants)
                ),
            ]
        )
        .drop_nulls("team_id")
        .unique(["match_no", "player"], keep="first", maintain_order=True)
    )
    sides = fights.select("fight", "match_no", team_id="teams").explode("team_id")
    teams = sides.select("match_no", "team_id").unique(maintain_order=True).with_row_index("team")
    return Cast(
        fights=fights,
        sides=sides.join(teams, on=["match_no", "team_id"], how="left", maintain_order="left"),
        teams=teams,
        participants=participants.drop("player_account_id"),
        players=players,
        members=members,
    )


def numbered(frame: pl.DataFrame, players: pl.DataFrame) -> pl.DataFrame:
    """Put the number of a player in place of the key of one, in the frame's order."""
    return frame.join(players, on=["match_no", "key"], how="left", maintain_order="left").drop("key")
