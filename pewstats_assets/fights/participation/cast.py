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
    }
)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is in which fight of some matches; rows, players and teams are known by number.

    Attributes:
        fights: fight, match_no, fight_no, start, end, teams; in the matches' order.
        sides: fight, match_no, team_id, team: one row for each team of a fight.
        teams: match_no, team_id, team: the teams of all fights, numbered.
        participants: participant, fight, match_no, fight_no, participant_no, player_name, player, team_id.
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
    numbered_fights = [
        (match.match_no, no, fight) for match in matches for no, fight in enumerate(match.fights, start=1)
    ]
    fights = pl.DataFrame(
        {
            "match_no": [match_no for match_no, _, _ in numbered_fights],
            "fight_no": [fight_no for _, fight_no, _ in numbered_fights],
            "start": [fight.fight_start_time for _, _, fight in numbered_fights],
            "end": [fight.fight_end_time for _, _, fight in numbered_fights],
            "teams": [fight.ranking for _, _, fight in numbered_fights],
        },
        schema=_FIGHTS,
    ).with_row_index("fight")
    people = [who for _, _, fight in numbered_fights for who in fight.participants]
    found = pl.DataFrame(
        {
            "fight": [fight for fight, (_, _, one) in enumerate(numbered_fights) for _ in one.participants],
            "participant_no": [no for _, _, one in numbered_fights for no, _ in enumerate(one.participants, start=1)],
            "player_name": [who.player_name for who in people],
            "player_account_id": [who.player_account_id for who in people],
            "team_id": [who.team_id for who in people],
        },
        schema=_PARTICIPANTS,
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
