"""One whole match: the lobby, the plane, the encounters, the last circle, and the lists that frame them.

Fights are made in `script`; here belongs what surrounds them and what is counted over the match as a whole.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from pewstats_assets.simulation import wire
from pewstats_assets.simulation.match_object import PlayedMatch, match_object
from pewstats_assets.simulation.script import Director, KnownFight, Twist
from pewstats_assets.simulation.stage import Combatant, Stage, Troop
from pewstats_assets.simulation.wire import Body, Event, Recorder
from pewstats_assets.simulation.world import Map, Point, Setting, setting_of, squads_of
from pewstats_assets.simulation.zone import Zone

_SEASON_START: Final = datetime(2026, 7, 1, 18, tzinfo=UTC)
_BETWEEN_MATCHES: Final = timedelta(minutes=37)
_SHORTEST: Final = 835_000
_LONGEST: Final = 970_000
_LOBBY: Final = -60_000
_ON_BOARD: Final = 30
_PLANE_HEIGHT: Final = 150_000.0
_FALLING: Final = 40_000
_STATE_EVERY: Final = 10_000
_LEAVES_THE_SCREEN: Final = 30_000
_BOXERS: Final = 0.3
_REPEATED_LANDINGS: Final = 0.2
"""Shares: of players who box in the lobby, of landings that are reported twice."""

_FIST: Final = 3
"""The attack id of a lobby punch; unlike in the match, it is not unique."""

_TWISTS: Final[tuple[frozenset[Twist], ...]] = (
    frozenset({Twist.GRENADE}),
    frozenset({Twist.THREE_HANDS}),
    frozenset({Twist.RUN_OVER}),
    frozenset({Twist.ZONE_GRENADE}),
    frozenset({Twist.ZONE_FINISH}),
    frozenset({Twist.LATE_BLEED_OUT}),
    frozenset({Twist.KNOCK_REVIVE_KNOCK}),
    frozenset({Twist.TEAM_KILL}),
    frozenset({Twist.SUICIDE}),
    frozenset({Twist.STRANGER}),
)
"""The twists of a match, by its index modulo their number."""


@dataclass(frozen=True, slots=True)
class SimulatedMatch:
    """A match with everything that is known about it.

    Attributes:
        match_id: Its uuid.
        events: Its telemetry, in wire order.
        match_object: What the API's match endpoint answers.
        truth: The fights that ruleset v2 has to find, by start time.
    """

    match_id: str
    events: list[Event]
    match_object: Event
    truth: list[KnownFight]


def simulate_match(seed: int, match_index: int, *, squads: int = 16) -> SimulatedMatch:
    """Simulate one match of a season.

    Args:
        seed: The season. Its accounts are the same in all of its matches.
        match_index: Which match of it, from 0; decides map, mode, start time and twists.
        squads: How many squads of four take part.
    """
    rng = Random(f"{seed}/{match_index}")
    setting = setting_of(match_index)
    start = _SEASON_START + _BETWEEN_MATCHES * match_index + timedelta(milliseconds=rng.randrange(1000))
    match_id = str(UUID(int=rng.getrandbits(128), version=4))
    twists = _TWISTS[match_index % len(_TWISTS)]
    duration = rng.randrange(_SHORTEST, _LONGEST)
    zone = Zone(setting.map, duration, rng)
    # Files of custom matches leave missing objects out; the others write null.
    recorder = Recorder(start, zone, writes_nulls=setting.match_type != "custom")
    rosters = squads_of(seed, match_index, squads, rng, stranger=Twist.STRANGER in twists)
    stage = Stage(recorder, zone, rosters, rng)

    _lobby(stage, setting.map)
    _flight(stage, setting.map)
    _start(stage, setting)
    director = Director(stage, duration, twists, rng)
    director.play()
    end = _last_circle(stage, duration)
    ranks = _ranks(stage)
    _zone_events(stage, end)
    _farewell(stage, ranks, end)

    events = [_definition(setting, match_id, start, rng), *recorder.events()]
    count_the_living(events, {troop.team_id: len(troop.members) for troop in stage.troops})
    truth = sorted(director.fights, key=lambda fight: fight.start_time)
    answer = match_object(PlayedMatch(match_id, setting, start, end, stage.troops, ranks), rng)
    return SimulatedMatch(match_id, events, answer, truth)


def _definition(setting: Setting, match_id: str, start: datetime, rng: Random) -> Event:
    """The first element of a file; stamped when the match begins, after the lobby events that follow it."""
    name = f"match.bro.{setting.match_type}.pc-2018-36.steam.{setting.mode}.eu.{start:%Y.%m.%d.%H}.{match_id}"
    stamp = f"{start:%Y-%m-%dT%H:%M:%S}.{start.microsecond // 1000:03d}{rng.randrange(10_000):04d}Z"
    return {"MatchId": name, "PingQuality": "", "_D": stamp, "_T": "LogMatchDefinition"}


def _announced(stage: Stage) -> list[Combatant]:
    return [member for troop in stage.troops for member in troop.members if member.player.in_roster]


def _lobby(stage: Stage, game_map: Map) -> None:
    """Everybody gathers on the spawn island; they box and run about, but nobody gets hurt."""
    island = Point(game_map.size * 0.93, game_map.size * 0.06, 600)
    rng, recorder = stage.rng, stage.recorder
    for member in _announced(stage):
        joined = _LOBBY + rng.randrange(20_000)
        place = island.moved(rng.uniform(-8_000, 8_000), rng.uniform(-8_000, 8_000))
        here = Body(member.player, member.health, knocked=False, place=place)
        if not member.player.is_bot:
            recorder.write(joined, "LogPlayerLogin", {"accountId": member.player.account_id})
        recorder.write(joined + 15, "LogPlayerCreate", {"character": wire.character(here)})
        moment = joined + rng.randrange(5_000, 35_000)
        if rng.random() < _BOXERS:
            nothing = wire.item("", "", "", 0)
            recorder.write(moment, "LogPlayerAttack", wire.attack(_FIST, 0, here, nothing))
        there = Body(member.player, member.health, knocked=False, place=place.moved(300, 200))
        recorder.write(moment + 400, "LogPlayerPosition", wire.position(there, moment, None))


def _flight(stage: Stage, game_map: Map) -> None:
    """The squads board the plane, jump one after the other, and land spread over the map."""
    rng, recorder = stage.rng, stage.recorder
    edge = Point(0, game_map.size * rng.uniform(0.3, 0.7), _PLANE_HEIGHT)
    far_edge = Point(game_map.size, game_map.size * rng.uniform(0.3, 0.7), _PLANE_HEIGHT)
    for troop in stage.troops:
        share = rng.uniform(0.15, 0.85)
        jump = 5_000 + round(share * 50_000)
        exit_point = edge.towards(far_edge, share)
        room = game_map.size * 0.28
        ground = rng.uniform(300, 4_000)
        target = Point(exit_point.x + rng.uniform(-room, room) / 2, exit_point.y + rng.uniform(-room, room), ground)
        landed = jump + _FALLING
        troop.way = [(_ON_BOARD, edge), (jump, exit_point), (landed, stage.zone.blue(landed).pull_in(target, 0.5))]
        troop.ride = wire.PLANE
        _board(stage, troop.members, _ON_BOARD, "LogVehicleRide")
        stage.advance(troop, jump)
        _board(stage, troop.members, jump, "LogVehicleLeave")
        troop.ride = None
        for member in troop.members:
            moment = landed + rng.randrange(3_000)
            character = wire.character(stage.body(member, moment))
            landing = {"character": character, "distance": rng.randrange(20_000, 90_000) / 8}
            for _ in range(2 if rng.random() < _REPEATED_LANDINGS else 1):
                recorder.write(moment, "LogParachuteLanding", landing)
        troop.free_from = landed + 15_000


def _board(stage: Stage, members: list[Combatant], at: int, kind: str) -> None:
    for member in members:
        build = wire.ride if kind == "LogVehicleRide" else wire.leave
        stage.recorder.write(at, kind, build(stage.body(member, at), wire.PLANE, 0, []))


def _start(stage: Stage, setting: Setting) -> None:
    wrappers = []
    for member in _announced(stage):
        place = stage.body(member, _ON_BOARD).place
        wrappers.append(wire.wrapper(Body(member.player, member.health, knocked=False, place=place, in_vehicle=True)))
    custom = setting.match_type == "custom"
    body = wire.match_start(setting.map.name, setting.map.weather, setting.mode, wrappers, custom=custom)
    stage.recorder.write(0, "LogMatchStart", body)
    # No parser can know every type: there is always a new one.
    stage.recorder.write(90_000, "LogTacticalMarkerPlaced", {"markerId": 1, "placedBy": wrappers[0]["character"]})


def _last_circle(stage: Stage, duration: int) -> int:
    """One squad gets into the last circle, the blue takes the others. Returns when the match is over."""
    final = stage.zone.phases[-1]
    alive = [troop for troop in stage.troops if troop.standing]

    def preference(troop: Troop) -> tuple[int, int]:
        return -len(troop.standing), troop.free_from + troop.travel_time(final.white.center)

    winner = min(alive, key=preference)
    for troop in alive:
        if troop is not winner:
            if troop.here.distance(final.white.center) < final.white.radius * 3:
                _walk_out(stage, troop, final.white.radius * 6)
            stage.advance(troop, duration * 2)
    deaths = [member.figures.died_at or 0 for troop in stage.troops for member in troop.members]
    end = max(final.announced, *deaths) + 4_000
    stage.travel(winner, final.white.center, winner.free_from)
    stage.advance(winner, end)
    return end


def _walk_out(stage: Stage, troop: Troop, distance: float) -> None:
    spot = troop.here.moved(distance, 0)
    stage.travel(troop, spot, troop.free_from)


def _ranks(stage: Stage) -> dict[int, int]:
    """The final rank of every team: who lives longer is ahead."""

    def survived_until(troop: Troop) -> float:
        return max(member.figures.died_at or float("inf") for member in troop.members)

    ordered = sorted(stage.troops, key=lambda troop: (-survived_until(troop), troop.team_id))
    return {troop.team_id: rank for rank, troop in enumerate(ordered, start=1)}


def _zone_events(stage: Stage, end: int) -> None:
    """The state of the match every ten seconds, and every phase twice: announced, and closing."""
    zone, recorder = stage.zone, stage.recorder
    players = len(_announced(stage))
    for at in range(_STATE_EVERY, end, _STATE_EVERY):
        state = wire.game_state(at, zone.blue(at), zone.white(at), len(stage.troops), players)
        recorder.write(at + 4, "LogGameStatePeriodic", state)
    for phase in zone.phases:
        for at in (phase.announced, phase.closing):
            if at < end:
                inside = [
                    member.player.account_id
                    for member in _announced(stage)
                    if not _dead_by(member, at) and phase.white.holds(member.troop.place(at))
                ]
                # Announcements still carry the state before.
                stamp = at - 1 if at == phase.announced else at
                recorder.write(stamp, "LogPhaseChange", {"phase": phase.number, "playersInWhiteCircle": inside})


def _dead_by(member: Combatant, at: int) -> bool:
    died_at = member.figures.died_at
    return died_at is not None and died_at <= at


def _farewell(stage: Stage, ranks: dict[int, int], end: int) -> None:
    """The results, and everybody's way out. The list of results is not the last element of a file."""
    rng, recorder = stage.rng, stage.recorder
    wrappers, winners = [], []
    for member in _announced(stage):
        rank = ranks[member.troop.team_id]
        died_at = member.figures.died_at
        place = Point(0, 0) if died_at is not None else stage.body(member, end).place
        wrappers.append(wire.wrapper(Body(member.player, member.health, knocked=False, place=place), rank))
        if rank == 1:
            winners.append(wire.game_result(member.player, rank, member.figures.kills))
        if not member.player.is_bot and member.figures.death_type != "logout":
            leaves = (end if died_at is None else died_at) + rng.randrange(2_000, _LEAVES_THE_SCREEN)
            recorder.write(leaves, "LogPlayerLogout", {"accountId": member.player.account_id})
    recorder.write(end, "LogMatchEnd", wire.match_end(wrappers, winners))


def count_the_living(events: list[Event], team_sizes: dict[int, int]) -> None:
    """Fill in how many are alive, and the rank of each team that is out, once the order of events is known."""
    alive = dict(team_sizes)
    for event in events:
        if event["_T"] == "LogPlayerPosition":
            event["numAlivePlayers"] = sum(alive.values())
        elif event["_T"] == "LogGameStatePeriodic":
            event["gameState"]["numAliveTeams"] = sum(1 for count in alive.values() if count)
            event["gameState"]["numAlivePlayers"] = event["gameState"]["numJoinPlayers"] = sum(alive.values())
        elif event["_T"] == "LogPlayerKillV2":
            team = event["victim"]["teamId"]
            alive[team] -= 1
            if not alive[team]:
                rank = sum(1 for count in alive.values() if count) + 1
                event["victimGameResult"]["rank"] = event["victim"]["ranking"] = rank
