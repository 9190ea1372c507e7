"""The trickiest rules once more, written plainly and slowly: players replay what was seen of them, event by event."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import dist
from typing import Any, Final

from pewstats_assets.fights import Fight
from pewstats_assets.telemetry import MatchTelemetry

Row = dict[str, Any]
Key = tuple[datetime, int]
Place = tuple[float, float, float]

UP_AFTER: Final = timedelta(seconds=5)
MAX_GAP: Final = timedelta(seconds=15)
SECOND: Final = timedelta(seconds=1)


@dataclass
class Sighting:
    key: Key
    place: Place | None
    victim_of: str | None = None
    has_health: bool = False


@dataclass
class Player:
    team: int
    sightings: list[Sighting] = field(default_factory=list)

    def replay(self, seen: list[Sighting]) -> str:
        """Tell the state after these sightings."""
        state, down, was_killed, is_up = "standing", None, False, True
        for one in seen:
            is_sign = one.has_health or (one.victim_of is not None and was_killed)
            if is_sign and not is_up and down is not None and one.key[0] >= down + UP_AFTER:
                state, is_up = "standing", True
            if one.victim_of in ("knock", "kill"):
                state = "knocked" if one.victim_of == "knock" else "dead"
                down, was_killed, is_up = one.key[0], one.victim_of == "kill", False
            elif one.victim_of == "revive":
                state = "standing"
        return state

    def state_before(self, key: Key) -> str:
        return self.replay([one for one in self.sightings if one.key < key])

    def state_as_victim(self, key: Key) -> str:
        """Tell the state just before an event of which the player is the victim: to be one is a sign of life."""
        hit = [Sighting(one.key, None, "damage") for one in self.sightings if one.key == key][:1]
        return self.replay([*(one for one in self.sightings if one.key < key), *hit])

    def place(self, before: list[Sighting], after: list[Sighting], time: datetime) -> Place | None:
        since = next((one for one in reversed(before) if one.place), None)
        until = next((one for one in after if one.place), None)
        for one in (since, until):
            if one and one.key[0] == time:
                return one.place
        if since is None or until is None or until.key[0] - since.key[0] > MAX_GAP:
            return None
        assert since.place
        assert until.place
        if dist(since.place, until.place) > 100 * 100 * max((until.key[0] - since.key[0]).total_seconds(), 1):
            return None
        share = (time - since.key[0]) / (until.key[0] - since.key[0])
        x, y, z = (one + share * (other - one) for one, other in zip(since.place, until.place, strict=True))
        return x, y, z

    def place_before(self, key: Key) -> Place | None:
        before = [one for one in self.sightings if one.key < key]
        return self.place(before, self.sightings[len(before) :], key[0])

    def on_grid(self, time: datetime, start: Key) -> tuple[str, Place | None] | None:
        """Tell state and place at a moment; None while the player is not seen before and after it."""
        is_first = bool(self.sightings) and self.sightings[0].key[0] == time
        before = [one for one in self.sightings if one.key[0] < time or (time == start[0] and one.key < start)]
        if is_first and not before:
            before = self.sightings[:1]
        after = self.sightings[len(before) :]
        if not before or not after:
            return None
        exact = next((one.place for one in [before[-1], *after] if one.key[0] == time and one.place), None)
        return self.replay(before), exact or self.place(before, after, time)


class Reference:
    """One match, and how the participants of its fights fought."""

    def __init__(self, telemetry: MatchTelemetry) -> None:
        self.events = sorted(telemetry.combat.to_dicts(), key=_key)
        self.players: dict[str, Player] = {}
        sightings: list[tuple[str, Sighting]] = []
        for row in telemetry.positions.to_dicts():
            account = row["player_account_id"]
            self.players.setdefault(account, Player(row["team_id"]))
            sightings.append((account, Sighting(_key(row), _place(row, ""), has_health=(row["health"] or 0) > 0)))
        for row in self.events:
            for side in ("actor", "victim"):
                account = row[f"{side}_account_id"]
                self.players.setdefault(account, Player(row[f"{side}_team_id"]))
                kind = row["kind"] if side == "victim" else None
                sightings.append((account, Sighting(_key(row), _place(row, f"{side}_"), kind)))
        for account, one in sorted(sightings, key=lambda numbered: numbered[1].key):
            self.players[account].sightings.append(one)
        self.rostered = {row["player_account_id"] for row in telemetry.rosters.to_dicts()}
        for row in telemetry.rosters.to_dicts():
            self.players.setdefault(row["player_account_id"], Player(row["team_id"]))
        self.has_positions = telemetry.positions.height > 0
        self.seen = set(telemetry.positions["player_account_id"])

    def mates(self, account: str, participants: set[str]) -> list[str]:
        return [
            other
            for other, player in self.players.items()
            if other != account
            and player.team == self.players[account].team
            and other in self.rostered | participants | self.seen
        ]

    def stands(self, account: str, key: Key) -> bool:
        sightings = self.players[account].sightings
        later = any(one.key >= key for one in sightings)
        lately = any(one.key < key and key[0] - one.key[0] <= MAX_GAP for one in sightings)
        is_there = later or lately or not self.has_positions
        return is_there and self.players[account].state_before(key) == "standing"

    def describe(self, fight: Fight, participants: set[str]) -> dict[str, Row]:
        """Describe how everybody fought, by account; `participants` are those of any fight of the match."""
        teams = {fight.primary_team_1, fight.primary_team_2, *(fight.third_party_teams or ())}
        window = [
            row
            for row in self.events
            if fight.fight_start_time <= row["time"] <= fight.fight_end_time
            and row["actor_team_id"] in teams
            and row["victim_team_id"] in teams
        ]
        start = min(_key(row) for row in self.events if row["time"] == fight.fight_start_time)
        hits = [row for row in window if row["kind"] == "damage" and row["damage"] > 0 and _of_two_teams(row)]
        knocks = [row for row in window if row["kind"] == "knock"]
        return {
            who.player_account_id: {
                **self.first_hit(who.player_account_id, hits),
                **self.damage(who.player_account_id, hits),
                **self.trades(who.player_account_id, knocks),
                **self.position(who.player_account_id, hits, participants),
                **self.grid(who.player_account_id, fight, start, participants),
            }
            for who in fight.participants
            if who.player_account_id
        }

    def first_hit(self, account: str, hits: list[Row]) -> Row:
        own = next((row for row in hits if account in _sides(row)), None)
        first = hits[0] if hits else None
        return {
            "first_hit_at": own and own["time"],
            "dealt_first_hit": first and first["actor_account_id"] == account,
            "took_first_hit": first and first["victim_account_id"] == account,
        }

    def damage(self, account: str, hits: list[Row]) -> Row:
        dealt = [row for row in hits if row["actor_account_id"] == account]
        to_knocked = [
            row["damage"]
            for row in dealt
            if self.players[row["victim_account_id"]].state_as_victim(_key(row)) == "knocked"
        ]
        focused = [
            row["damage"]
            for row in dealt
            if any(
                other["victim_account_id"] == row["victim_account_id"]
                and other["actor_team_id"] == row["actor_team_id"]
                and other["actor_account_id"] != account
                and abs(other["time"] - row["time"]) <= timedelta(seconds=3)
                for other in hits
            )
        ]
        return {
            "damage_to_standing": sum(row["damage"] for row in dealt) - sum(to_knocked),
            "damage_to_knocked": sum(to_knocked),
            "focused_damage": sum(focused),
        }

    def trader(self, knock: Row) -> str | None:
        """Find who traded a knock by an enemy."""
        for row in self.events:
            if (
                _key(row) > _key(knock)
                and row["time"] - knock["time"] <= timedelta(seconds=10)
                and row["kind"] in ("knock", "kill")
                and row["victim_account_id"] == knock["actor_account_id"]
                and row["actor_team_id"] == knock["victim_team_id"]
                and row["actor_account_id"] != knock["victim_account_id"]
            ):
                return str(row["actor_account_id"])
        return None

    def trades(self, account: str, knocks: list[Row]) -> Row:
        by_enemies = [row for row in knocks if _of_two_teams(row)]
        chances = [
            row
            for row in by_enemies
            if row["victim_team_id"] == self.players[account].team
            and row["victim_account_id"] != account
            and self.players[account].state_before(_key(row)) == "standing"
        ]
        traders = [self.trader(row) for row in chances]
        taken = [row for row in by_enemies if row["victim_account_id"] == account]
        return {
            "trade_opportunities": len(chances),
            "trades_by_self": traders.count(account),
            "trades_by_team": len(traders) - traders.count(account) - traders.count(None),
            "enemy_knocks_taken": len(taken),
            "knocks_taken_traded": sum(self.trader(row) is not None for row in taken),
        }

    def position(self, account: str, hits: list[Row], participants: set[str]) -> Row:
        nothing = {"mate_distance_first_hit_m": None, "mates_within_50m": None}
        own = next((row for row in hits if account in _sides(row)), None)
        if own is None:
            return nothing
        key = _key(own)
        here = self.players[account].place_before(key)
        mates = [mate for mate in self.mates(account, participants) if self.stands(mate, key)]
        distances = [_metres(here, self.players[mate].place_before(key)) for mate in mates]
        known = [one for one in distances if one is not None]
        return {
            "mate_distance_first_hit_m": min(known, default=None),
            "mates_within_50m": None
            if here is None or len(known) < len(distances)
            else sum(one <= 50 for one in known),
        }

    def grid(self, account: str, fight: Fight, start: Key, participants: set[str]) -> Row:
        nearest: list[float] = []
        way: list[float] = []
        last: Place | None = None
        time = fight.fight_start_time
        while time <= fight.fight_end_time:
            state, place = self.players[account].on_grid(time, start) or ("unseen", None)
            if state == "standing":
                others = [self.players[mate].on_grid(time, start) for mate in self.mates(account, participants)]
                known = [_metres(place, other[1]) for other in others if other and other[0] == "standing"]
                nearest += sorted(one for one in known if one is not None)[:1]
            here = place if state in ("standing", "knocked") else None
            if last and here:
                way.append(dist(last, here) / 100)
            last = here
            time += SECOND
        return {
            "mate_distance_mean_m": sum(nearest) / len(nearest) if nearest else None,
            "distance_moved_m": sum(way) if way else None,
            "mean_speed_mps": sum(way) / len(way) if way else None,
        }


def _key(row: Row) -> Key:
    return row["time"], row["event_index"]


def _place(row: Row, prefix: str) -> Place | None:
    return None if row[f"{prefix}x"] is None else (row[f"{prefix}x"], row[f"{prefix}y"], row[f"{prefix}z"])


def _sides(row: Row) -> tuple[str, str]:
    return row["actor_account_id"], row["victim_account_id"]


def _of_two_teams(row: Row) -> bool:
    return bool(row["actor_team_id"] != row["victim_team_id"])


def _metres(one: Place | None, other: Place | None) -> float | None:
    return None if one is None or other is None else dist(one, other) / 100
