"""What is to happen in a match: its encounters, their twists, and the fights that have to be found in them.

An encounter keeps to itself, so that what it is worth follows from its script alone: its teams take part in nothing
else until at least `SILENCE` after it, others that run at the same time are more than `APART` away, nothing inside of
it pauses for longer than 45 s, and it is over within 240 s. How single deeds turn into events belongs in `stage`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random
from typing import Final

from pewstats_assets.simulation import wire
from pewstats_assets.simulation.stage import Blow, BlowKind, Combatant, Stage, Troop
from pewstats_assets.simulation.wire import Means
from pewstats_assets.simulation.world import Point

SILENCE: Final = 75_000
"""Milliseconds between the last blow of an encounter and the first one of the next with the same team."""

APART: Final = 115_000
"""Centimetres between the places of simultaneous encounters: more than a kilometre, as each of them takes some room."""

FIRST_ENCOUNTER: Final = 140_000
LAST_ENCOUNTER_SHARE: Final = 0.78
_PLACES_TO_TRY: Final = 12
_LONG_ENOUGH: Final = 185_000
_LONGEST: Final = 240_000
_FIRST_AID: Final = 60.0
_LATER: Final = 5_000

_GRENADE: Final = Means("Damage_Explosion_Grenade", "ProjGrenade_C")
_ZONE_GRENADE: Final = Means("Damage_BlueZoneGrenade", "BP_BluezoneGrenadeEffect_C")
_RUN_OVER: Final = Means("Damage_VehicleHit", wire.CAR.vehicle_id)
_CRASH: Final = Means("Damage_VehicleCrashHit", wire.CAR.vehicle_id)


class Kind(StrEnum):
    """The kinds of encounters, and the mishaps of a single squad."""

    WIPE = "wipe"
    DRAW = "draw"
    SINGLE_KNOCK = "single_knock"
    THIRD_PARTY = "third_party"
    MARGINAL = "marginal"
    RETREAT = "retreat"
    LONG = "long"
    STRAY_HIT = "stray_hit"
    LONE_KILL = "lone_kill"
    HARD_LANDING = "hard_landing"
    DEADLY_FALL = "deadly_fall"
    LOGOUT = "logout"


class Twist(StrEnum):
    """Oddities of real telemetry that an encounter takes in where it fits; see the package's table."""

    GRENADE = "grenade hits several teams and the own one"
    THREE_HANDS = "knocker, finisher and killer of three teams"
    RUN_OVER = "run over by a car"
    ZONE_GRENADE = "blue-zone grenade with a human attacker"
    ZONE_FINISH = "knocked by a player, finished by the zone"
    LATE_BLEED_OUT = "dies of a knock long after the fight"
    KNOCK_REVIVE_KNOCK = "knocked, revived, knocked again"
    TEAM_KILL = "finished by a mate"
    SUICIDE = "dies of the own grenade"
    STRANGER = "an account that no roster knows"


@dataclass(frozen=True, slots=True)
class KnownFight:
    """A fight that ruleset v2 has to find, with the figures that it has to give it."""

    kind: str
    start_time: str
    end_time: str
    team_ids: list[int]
    knocks: int
    kills: int
    total_damage: float
    participants: list[str]
    outcome: str
    winning_team_id: int | None
    losing_team_id: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """How an encounter is meant to end."""

    outcome: str
    winner: Troop | None = None
    loser: Troop | None = None


_DRAWN: Final = Result("DRAW")

_NEEDS: Final[dict[Kind, tuple[int, ...]]] = {
    Kind.WIPE: (3, 2),
    Kind.DRAW: (3, 3),
    Kind.SINGLE_KNOCK: (3, 3),
    Kind.THIRD_PARTY: (3, 3, 3),
    Kind.MARGINAL: (3, 3),
    Kind.RETREAT: (2, 3),
    Kind.LONG: (3, 4),
    Kind.STRAY_HIT: (1, 1),
    Kind.LONE_KILL: (1, 1),
    Kind.HARD_LANDING: (2,),
    Kind.DEADLY_FALL: (2,),
    Kind.LOGOUT: (2,),
}
"""How many members each side has to have standing at the least."""


class Encounter:
    """One encounter being played: its sides, and the moment it has come to."""

    def __init__(self, stage: Stage, sides: Sequence[Troop], start: int, twists: frozenset[Twist]) -> None:
        """Begin at a moment; the sides are in place already."""
        self.stage = stage
        self.rng = stage.rng
        self.sides = sides
        self.start = start
        self.now = start
        self.twists = twists
        self._mark = len(stage.blows)

    @property
    def blows(self) -> list[Blow]:
        """What has been dealt so far."""
        return self.stage.blows[self._mark :]

    def wait(self, shortest: int, longest: int) -> None:
        """Let some milliseconds pass."""
        self.now += self.rng.randrange(shortest, longest)
        for side in self.sides:
            self.stage.advance(side, self.now)

    def someone(self, side: Troop) -> Combatant:
        """Any standing member."""
        return self.rng.choice(side.standing)

    def harass(self, side: Troop, target_side: Troop) -> None:
        """Hit the healthiest enemy, but bring nobody down."""
        target = max(target_side.standing, key=lambda member: member.health)
        if target.health < _FIRST_AID:
            self.stage.heal(self.now, target, _FIRST_AID)
        self.wait(900, 2_500)
        points = min(self.rng.uniform(18, 38), target.health - 15)
        self.stage.shoot(self.now, self.someone(side), target, points)

    def trade(self, left: Troop, right: Troop, rounds: int) -> None:
        """Exchange hits evenly."""
        for _ in range(rounds):
            self.harass(left, right)
            self.wait(500, 4_000)
            self.harass(right, left)
            self.wait(500, 4_000)

    def take_down(self, side: Troop, victim: Combatant) -> None:
        """Shoot at somebody until they fall."""
        while victim.standing:
            self.wait(250, 1_200)
            self.stage.shoot(self.now, self.someone(side), victim)

    def finish(self, side: Troop, victim: Combatant, killer: Combatant | None = None) -> None:
        """Finish a knocked player after a moment."""
        self.wait(1_500, 6_000)
        self.stage.finish(self.now, self.someone(side), victim, killer)

    def wipe_out(self, side: Troop, losers: Troop) -> None:
        """Bring down everybody who stands; every other one is finished before the last falls."""
        for order, victim in enumerate(losers.standing):
            self.take_down(side, victim)
            if order % 2 == 0 and victim.knock:
                self.finish(side, victim)
            self.wait(1_000, 9_000)

    def help_up(self) -> None:
        """What follows a fight: whoever lies on the ground is revived by a mate."""
        for side in self.sides:
            for victim in side.knocked:
                self.wait(10_000, 13_000)
                self.stage.revive(self.now, side.standing[0], victim)


def _wipe(scene: Encounter) -> Result:
    winners, losers = scene.sides
    scene.trade(winners, losers, 2)
    if Twist.RUN_OVER in scene.twists:
        _run_over(scene, winners.standing[0], losers.standing[0])
    scene.wipe_out(winners, losers)
    return Result("DECISIVE_WIN", winners, losers)


def _run_over(scene: Encounter, driver: Combatant, victim: Combatant) -> None:
    driver.troop.ride = wire.CAR
    scene.stage.strike(scene.now, driver, victim, _RUN_OVER, victim.health)
    scene.wait(400, 900)
    scene.stage.strike(scene.now, driver, driver, _CRASH, 6.5)
    driver.troop.ride = None


def _draw(scene: Encounter) -> Result:
    left, right = scene.sides
    scene.trade(left, right, 4)
    if Twist.ZONE_GRENADE in scene.twists:
        _zone_grenade(scene, scene.someone(left), scene.someone(right))
    if Twist.SUICIDE in scene.twists:
        _suicide(scene, left, right)
    scene.trade(left, right, 1)
    return _DRAWN


def _zone_grenade(scene: Encounter, thrower: Combatant, victim: Combatant) -> None:
    grenade = replace(_ZONE_GRENADE, attack_id=scene.stage.throw(scene.now, thrower, "Item_Weapon_BluezoneGrenade_C"))
    scene.wait(2_500, 3_500)
    for _ in range(4):
        scene.wait(1_000, 1_001)
        scene.stage.strike(scene.now, thrower, victim, grenade, min(3.0, victim.health - 5))


def _suicide(scene: Encounter, side: Troop, enemies: Troop) -> None:
    victim = scene.someone(side)
    grenade = replace(_GRENADE, attack_id=scene.stage.throw(scene.now, victim, "Item_Weapon_Grenade_C"))
    scene.wait(3_000, 4_500)
    scene.stage.strike(scene.now, victim, victim, grenade, victim.health)
    scene.trade(side, enemies, 1)
    scene.wait(8_000, 12_000)
    scene.stage.bleed_out(scene.now, victim)


def _single_knock(scene: Encounter) -> Result:
    left, right = scene.sides
    scene.trade(left, right, 5)
    victim = scene.someone(right)
    scene.take_down(left, victim)
    if Twist.ZONE_FINISH in scene.twists:
        scene.wait(6_000, 9_000)
        scene.stage.die(scene.now, victim, wire.BLUE_ZONE)
    scene.trade(left, right, 1)
    return _DRAWN


def _third_party(scene: Encounter) -> Result:
    first, victims, third = scene.sides
    scene.trade(first, victims, 3)
    scene.wait(8_000, 15_000)
    scene.harass(third, victims)
    if Twist.GRENADE in scene.twists:
        _grenade(scene, first.standing[0], [first.standing[1], victims.standing[0], third.standing[0]])
    opener = victims.standing[0]
    scene.take_down(first, opener)
    scene.finish(third, opener, _outsider(scene) if Twist.THREE_HANDS in scene.twists else None)
    scene.harass(first, third)
    scene.wipe_out(third, victims)
    return Result("THIRD_PARTY", third, victims)


def _grenade(scene: Encounter, thrower: Combatant, victims: Sequence[Combatant]) -> None:
    grenade = replace(_GRENADE, attack_id=scene.stage.throw(scene.now, thrower, "Item_Weapon_Grenade_C"))
    scene.wait(3_000, 4_500)
    for victim in victims:
        points = min(scene.rng.uniform(12, 40), victim.health - 5)
        scene.stage.strike(scene.now, thrower, victim, grenade, points)


def _outsider(scene: Encounter) -> Combatant:
    """Somebody of a team that has nothing to do with the encounter, but is credited by the game."""
    others = [member for troop in scene.stage.troops if troop not in scene.sides for member in troop.standing]
    return scene.rng.choice(others)


def _marginal(scene: Encounter) -> Result:
    winners, losers = scene.sides
    scene.trade(winners, losers, 2)
    for side, victim in ((winners, losers.standing[0]), (losers, winners.standing[0]), (winners, losers.standing[1])):
        scene.take_down(side, victim)
        scene.finish(side, victim)
    scene.trade(winners, losers, 1)
    return Result("MARGINAL_WIN", winners, losers)


def _retreat(scene: Encounter) -> Result:
    winners, losers = scene.sides
    scene.trade(winners, losers, 2)
    survivor, *victims = losers.standing
    # The one who gets away has to be seen, or the team would count as eliminated.
    scene.stage.shoot(scene.now, survivor, winners.standing[0], 10.0)
    for order, victim in enumerate(victims):
        scene.take_down(winners, victim)
        if order == 0 and Twist.TEAM_KILL in scene.twists and victim.knock:
            scene.finish(survivor.troop, victim, victim.knock.maker)
        else:
            scene.finish(winners, victim)
    return Result("DECISIVE_WIN", winners, losers)


def _long(scene: Encounter) -> Result:
    winners, losers = scene.sides
    opener = losers.standing[0]
    scene.trade(winners, losers, 2)
    if Twist.KNOCK_REVIVE_KNOCK in scene.twists:
        scene.take_down(winners, opener)
        scene.trade(winners, losers, 1)
        scene.wait(8_000, 10_000)
        scene.stage.revive(scene.now, losers.standing[0], opener)
    while scene.now < scene.start + _LONG_ENOUGH:
        scene.trade(winners, losers, 1)
        scene.wait(2_000, 8_000)
    for victim in (opener, losers.standing[-1]):
        scene.take_down(winners, victim)
        scene.finish(winners, victim)
    return Result("DECISIVE_WIN", winners, losers)


def _stray_hit(scene: Encounter) -> None:
    shooters, others = scene.sides
    target = max(others.standing, key=lambda member: member.health)
    scene.stage.shoot(scene.now, scene.someone(shooters), target, min(20.0, target.health - 5))


def _lone_kill(scene: Encounter) -> None:
    hunters, prey = scene.sides
    scene.take_down(hunters, prey.standing[0])


def _hard_landing(scene: Encounter) -> None:
    """A knock that nobody made. One per squad: under v2, a second one soon after would make a fight of the two."""
    victim = scene.someone(scene.sides[0])
    scene.stage.strike(scene.now, None, victim, wire.FALL, victim.health)


def _deadly_fall(scene: Encounter) -> None:
    scene.stage.die(scene.now, scene.someone(scene.sides[0]), wire.FALL)


def _logout(scene: Encounter) -> None:
    victim = scene.someone(scene.sides[0])
    scene.stage.recorder.write(scene.now, "LogPlayerLogout", {"accountId": victim.player.account_id})
    scene.wait(1_000, 2_000)
    scene.stage.die(scene.now, victim, wire.DISCONNECTED)


_FIGHTS: Final[dict[Kind, Callable[[Encounter], Result]]] = {
    Kind.WIPE: _wipe,
    Kind.DRAW: _draw,
    Kind.SINGLE_KNOCK: _single_knock,
    Kind.THIRD_PARTY: _third_party,
    Kind.MARGINAL: _marginal,
    Kind.RETREAT: _retreat,
    Kind.LONG: _long,
}
_NO_FIGHTS: Final[dict[Kind, Callable[[Encounter], None]]] = {
    Kind.STRAY_HIT: _stray_hit,
    Kind.LONE_KILL: _lone_kill,
    Kind.HARD_LANDING: _hard_landing,
    Kind.DEADLY_FALL: _deadly_fall,
    Kind.LOGOUT: _logout,
}


@dataclass(frozen=True, slots=True)
class _Slot:
    start: int
    end: int
    place: Point


class Director:
    """Casts and plays the encounters of a match, one after the other by start."""

    def __init__(self, stage: Stage, duration: int, twists: frozenset[Twist], rng: Random) -> None:
        """Take over a stage whose squads have landed."""
        self._stage = stage
        self._last_start = round(duration * LAST_ENCOUNTER_SHARE)
        self._twists = twists
        self._rng = rng
        self._slots: list[_Slot] = []
        self.fights: list[KnownFight] = []

    def play(self) -> None:
        """Play as much of the agenda as time and the living allow."""
        agenda = self._agenda()
        start = FIRST_ENCOUNTER
        while agenda and start < self._last_start:
            kind = next((kind for kind in agenda if self._stage_one(kind, start)), None)
            if kind is None:
                start += _LATER
            else:
                agenda.remove(kind)
                pause = (self._last_start - start) / (len(agenda) + 1)
                start += round(pause * self._rng.uniform(0.3, 1.1))

    def _agenda(self) -> list[Kind]:
        """Every kind once and some wipes; those that need full squads early, the one that needs a survivor late."""
        early = [Kind.LONG, Kind.THIRD_PARTY, Kind.DRAW, Kind.SINGLE_KNOCK, Kind.RETREAT, Kind.MARGINAL, Kind.STRAY_HIT]
        early += [Kind.HARD_LANDING, self._rng.choice((Kind.DEADLY_FALL, Kind.LOGOUT))]
        early.sort(key=lambda _: self._rng.random())
        late = [Kind.WIPE] * 4 + [Kind.DRAW, Kind.SINGLE_KNOCK, Kind.LONE_KILL, Kind.STRAY_HIT]
        late.sort(key=lambda _: self._rng.random())
        return [*early, Kind.WIPE, *late]

    def _stage_one(self, kind: Kind, start: int) -> bool:
        for pivot in sorted(self._stage.troops, key=lambda _: self._rng.random()):
            sides = self._cast(kind, pivot, start)
            if sides is None:
                continue
            place = self._place(sides, start)
            if place is not None:
                self._run(kind, sides, place, start)
                return True
        return False

    def _cast(self, kind: Kind, pivot: Troop, start: int) -> list[Troop] | None:
        """The pivot and its nearest neighbours, if all of them are up to their parts."""
        needs = _NEEDS[kind]
        free = [troop for troop in self._stage.troops if troop.free_from + _LATER < start and troop is not pivot]
        if pivot.free_from + _LATER >= start or len(pivot.standing) < needs[0]:
            return None
        sides = [pivot]
        for need in needs[1:]:
            fit = [
                troop
                for troop in free
                if troop not in sides
                and len(troop.standing) >= need
                and (kind is not Kind.LONE_KILL or len(troop.standing) == 1)
            ]
            if not fit:
                return None
            sides.append(min(fit, key=lambda troop: troop.here.distance(pivot.here)))
        return sides

    def _place(self, sides: Sequence[Troop], start: int) -> Point | None:
        """A place that the blue leaves alone, that is far from all others in use, and that the sides can reach."""
        blue = self._stage.zone.blue(start + _LONGEST)
        middle = sides[0].here.towards(sides[-1].here, 0.5)
        for _ in range(_PLACES_TO_TRY):
            place = blue.pull_in(middle, 0.7)
            if self._is_free(place, start) and self._can_come(sides, place, start):
                return place
            middle = middle.moved(self._rng.uniform(-APART, APART), self._rng.uniform(-APART, APART))
        return None

    def _is_free(self, place: Point, start: int) -> bool:
        return all(slot.end < start or slot.place.distance(place) > APART for slot in self._slots)

    def _can_come(self, sides: Sequence[Troop], place: Point, start: int) -> bool:
        return all(troop.free_from + troop.travel_time(place) * 1.2 + _LATER < start for troop in sides)

    def _run(self, kind: Kind, sides: Sequence[Troop], place: Point, start: int) -> None:
        distance = self._rng.uniform(2_500, 4_500)
        spots = (place.moved(-distance, 0), place.moved(distance, distance / 3), place.moved(0, distance * 1.8))
        for side, spot in zip(sides, spots, strict=False):
            self._stage.travel(side, spot, start - _LATER)
            self._stage.advance(side, start)
            side.fighting = True
        scene = Encounter(self._stage, sides, start, self._twists)
        fight = _FIGHTS.get(kind)
        result = fight(scene) if fight else _NO_FIGHTS[kind](scene)
        if result:
            self.fights.append(self._known_fight(kind, scene.blows, result))
        self._slots.append(_Slot(start, scene.now, place))
        self._leave(kind, scene)

    def _leave(self, kind: Kind, scene: Encounter) -> None:
        over = scene.now
        if kind is Kind.SINGLE_KNOCK and Twist.LATE_BLEED_OUT in self._twists:
            for victim in scene.sides[1].knocked:
                scene.wait(62_000, 80_000)
                scene.stage.bleed_out(scene.now, victim)
                over = scene.now
        scene.help_up()
        for side in scene.sides:
            side.fighting = False
            side.free_from = max(over + SILENCE, scene.now)

    def _known_fight(self, kind: Kind, blows: Sequence[Blow], result: Result) -> KnownFight:
        """Add a fight up the way v2 does: its own blows give the window, the window gives the figures."""
        own = [blow for blow in blows if _crosses_teams(blow) and (blow.kind is not BlowKind.DAMAGE or blow.points > 0)]
        start, end = min(blow.at for blow in own), max(blow.at for blow in own)
        counted = [
            (blow, blow.actor)
            for blow in blows
            if blow.actor and start <= blow.at <= end and (blow.kind is not BlowKind.DAMAGE or _crosses_teams(blow))
        ]
        players = {player for blow, actor in counted for player in (actor, blow.victim)}
        return KnownFight(
            kind=kind.value,
            start_time=self._stage.recorder.clock(start),
            end_time=self._stage.recorder.clock(end),
            team_ids=sorted({player.team_id for player in players}),
            knocks=sum(blow.kind is BlowKind.KNOCK for blow, _ in counted),
            kills=sum(blow.kind is BlowKind.KILL for blow, _ in counted),
            total_damage=sum(blow.points for blow, _ in counted),
            participants=sorted(player.name for player in players),
            outcome=result.outcome,
            winning_team_id=result.winner.team_id if result.winner else None,
            losing_team_id=result.loser.team_id if result.loser else None,
        )


def _crosses_teams(blow: Blow) -> bool:
    return blow.actor is not None and blow.actor.team_id != blow.victim.team_id
