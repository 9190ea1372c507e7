"""What is drawn of a fight, in metres and seconds: who stood where, who hit whom, what happened when.

Here: choosing among events, by the rules of the fight's ruleset. Not here: pixels.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import polars as pl

from pewstats_assets.drawing.maps import FARTHEST_M
from pewstats_assets.drawing.square import Metres
from pewstats_assets.fights import Fight, Participant

Kind = Literal["knock", "kill", "revive"]
_KINDS: Final = ("damage", "knock", "kill", "revive")
_CM: Final = 100.0


@dataclass(frozen=True, slots=True)
class Player:
    """A participant.

    Attributes:
        number: its `participant_no`.
        place: mean of its positions in the fight; None if there is none.
        track: where it was, by time.
    """

    number: int
    participant: Participant
    place: Metres | None
    track: list[Metres]


@dataclass(frozen=True, slots=True)
class Moment:
    """A knock, a kill or a revive: who did it to whom, by `participant_no`, and where.

    Attributes:
        seconds: since the fight began.
        team: whose it is.
        actor: None for somebody who is no participant; `victim` likewise.
        place: of the victim; None if the telemetry has none.
    """

    seconds: float
    kind: Kind
    team: int
    actor: int | None
    victim: int | None
    place: Metres | None


@dataclass(frozen=True, slots=True)
class Link:
    """The damage in HP that a participant dealt to another, both by `participant_no`."""

    actor: int
    victim: int
    damage: float


@dataclass(frozen=True, slots=True)
class Scene:
    """A fight as it is drawn.

    Attributes:
        teams: by importance: the primary teams, then the third parties by score.
        damage: seconds since the fight began, team that dealt it, and HP, by time.
    """

    fight: Fight
    teams: list[int]
    players: list[Player]
    links: list[Link]
    moments: list[Moment]
    damage: list[tuple[float, int, float]]

    def of_team(self, team: int) -> list[Player]:
        """The players of a team."""
        return [player for player in self.players if player.participant.team_id == team]

    def fall_of(self, player: Player) -> Moment | None:
        """What ended a player's part in the fight: its kill, else its last knock; None if it never fell."""
        return self._last("kill", player) or self._last("knock", player)

    def _last(self, kind: Kind, player: Player) -> Moment | None:
        return next(
            (moment for moment in reversed(self.moments) if moment.kind == kind and moment.victim == player.number),
            None,
        )


def scene_of(fight: Fight, combat: pl.DataFrame, positions: pl.DataFrame) -> Scene:
    """Choose what is drawn of a fight.

    That is what its figures are made of (v2 rules 16 to 19): events between its teams in its window, kills and knocks
    within a team included, damage within one not. Revives, which no rule knows, are added.

    Args:
        fight: the fight.
        combat: the combat events of its match (the columns of `telemetry.frames.COMBAT`), in file order.
        positions: where its players were (the columns of `telemetry.frames.POSITIONS`); may be empty.
    """
    number_of = {participant.player_name: number for number, participant in enumerate(fight.participants, start=1)}
    events = _events(fight, combat)
    links: defaultdict[tuple[int, int], float] = defaultdict(float)
    moments: list[Moment] = []
    damage: list[tuple[float, int, float]] = []
    for event in events:
        seconds = (event["time"] - fight.fight_start_time).total_seconds()
        actor, victim = number_of.get(event["actor_name"]), number_of.get(event["victim_name"])
        if event["kind"] != "damage":
            place = _place(event["victim_x"], event["victim_y"])
            moments.append(Moment(seconds, event["kind"], event["actor_team_id"], actor, victim, place))
            continue
        damage.append((seconds, event["actor_team_id"], event["damage"]))
        if actor is not None and victim is not None:
            links[actor, victim] += event["damage"]
    tracks = _tracks(fight, events, positions)
    return Scene(
        fight=fight,
        teams=_by_importance(fight),
        players=[
            Player(
                number, participant, _place(participant.position_center_x, participant.position_center_y), tracks[name]
            )
            for number, participant in enumerate(fight.participants, start=1)
            for name in [participant.player_name]
        ],
        links=[Link(actor, victim, total) for (actor, victim), total in links.items()],
        moments=moments,
        damage=damage,
    )


def _events(fight: Fight, combat: pl.DataFrame) -> list[dict[str, Any]]:
    kind, damage = pl.col("kind").cast(pl.String), pl.col("damage")
    actor_team, victim_team = pl.col("actor_team_id"), pl.col("victim_team_id")
    teams = fight.ranking
    return (
        combat.filter(
            pl.col("time").is_between(fight.fight_start_time, fight.fight_end_time),
            kind.is_in(_KINDS),
            actor_team.is_in(teams) & victim_team.is_in(teams),
            (kind != "damage") | ((actor_team != victim_team) & (damage > 0) & damage.is_finite()),
        )
        .with_columns(kind)
        .sort("time", maintain_order=True)
        .to_dicts()
    )


def _tracks(fight: Fight, events: Sequence[dict[str, Any]], positions: pl.DataFrame) -> defaultdict[str, list[Metres]]:
    names = [participant.player_name for participant in fight.participants]
    between = positions.filter(
        pl.col("time").is_between(fight.fight_start_time, fight.fight_end_time), pl.col("player_name").is_in(names)
    )
    dated = [*_seen(events), *between.select("time", "player_name", "x", "y").iter_rows()]
    tracks: defaultdict[str, list[Metres]] = defaultdict(list)
    for _, name, x, y in sorted(dated, key=lambda row: row[0]):
        place = _place(x, y)
        if place is not None and tracks[name][-1:] != [place]:
            tracks[name].append(place)
    return tracks


def _seen(events: Sequence[dict[str, Any]]) -> Iterator[tuple[datetime, str, float | None, float | None]]:
    for event in events:
        for role in ("actor", "victim"):
            yield event["time"], event[f"{role}_name"], event[f"{role}_x"], event[f"{role}_y"]


def _place(x: float | None, y: float | None) -> Metres | None:
    """A place in metres; None where there is none, or none that a map could have."""
    if x is None or y is None or not (abs(x) <= FARTHEST_M * _CM and abs(y) <= FARTHEST_M * _CM):
        return None
    return x / _CM, y / _CM


def _by_importance(fight: Fight) -> list[int]:
    """The teams that have a participant, by score."""
    return [team for team in dict.fromkeys([*fight.ranking, *fight.team_ids]) if team in fight.team_ids]
