"""How squads meet, fight, and leave the match: the combat of a season's matches.

Nothing is scripted. Squads land, loot, and rotate towards the next white circle; who gets near somebody else may be
seen, and then both shoot: every member at the pace, with the aim and from behind the cover of the player's own skills.
Gunfire draws third parties. Whoever is knocked is revived, finished or bleeds out; squads push when they are ahead,
flee when they are behind, lose sight of each other, and may meet again.

The constants below are calibrated together: `test_season_calibration.py` says on what, and how well they meet it.
Times are milliseconds since the match began, lengths metres.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from math import cos, exp, hypot, pi, sin
from operator import attrgetter
from random import Random
from typing import Any, Final, Protocol

from pewstats_assets.simulation.season.circles import Circles, Round
from pewstats_assets.simulation.season.fighters import (
    FULL_HEALTH,
    GUNS,
    Condition,
    Fighter,
    Hostility,
    Knock,
    Means,
    Squad,
    weight_of,
)
from pewstats_assets.simulation.season.population import Fixture

PULSE: Final = 5_000
"""How often squads look around, and think about where to go."""

MISSES: Final = 16
"""How far attack ids are apart at the least; what lies between is left for bullets that miss."""

# The way down. Some squads drop where others do, the rest by themselves.
_HOT_DROPS: Final = 0.90
_HOT_PLACES: Final = 14
_HOT_SPREAD: Final = 75.0
_LANDING: Final = (62_000, 105_000)
_FALLING: Final = 38_000
_ARMED_AFTER: Final = 12_000

# Being seen: the chance per pulse, which falls with the distance.
_SIGHT: Final = 450.0
_SEEN_NEAR: Final = 0.75
_SEEN_WITHIN: Final = 55.0
_SEEN_FAR: Final = 0.28
_SEEN_IN_FIGHT: Final = 0.62
_BUSY_WITHIN: Final = 60.0
_CROWDED: Final = 0.14
_SEEN_IN_CAR: Final = 0.3
_SEEN_STILL: Final = 0.27
_SEEN_LOW: Final = 0.45
_LAYS_LOW: Final = 40_000
_STALKED_FROM: Final = 87.0
_STALKERS: Final = 0.91
_RUN_OVER_WITHIN: Final = 40.0
_RUN_OVER: Final = 0.15
_MOODS: Final = 0.5
"""How much matches differ in how careful everybody is."""

_MOST_SEEN: Final = 2.5
_TRUCE: Final = (20_000, 90_000)
_AT_HAND: Final = 0.20
_COMING: Final = 90_000
_GLIMPSED: Final = 0.17

# Shooting: how often, how well, at whom.
_PACE: Final = 14_000
_SLOWEST: Final = 3.0
_UNHURRIED_FROM: Final = 70.0
_LOOKING: Final = 1_500
_HASTE: Final = -0.25
_BURST: Final = 300
_HIT: Final = 0.75
_SURPRISE: Final = 2_600
_AIMING: Final = (200, 2_500)
_COVER: Final = -0.30
_EXPOSED: Final = 1.6
_HEADSHOTS: Final = 0.16
_HEADSHOT_FACTOR: Final = 1.8
_LONGEST_BURST: Final = 6
_SHOOTING: Final = 2_500
_GRENADES: Final = 0.05
_GRENADE_REACH: Final = 45.0
_BLAST: Final = 7.0
_BLAST_OF_SQUAD: Final = 200.0

# Knocked players.
_THIRST: Final = 0.22
_THIRST_ANYWHERE: Final = 0.04
_UNDISTURBED: Final = 0.95
_UNDISTURBED_WITHIN: Final = 160.0
_THIRST_WITHIN: Final = 60.0
_FINISHING: Final = 1.70
_BLEEDING_TIME: Final = 90_000
_HELP_AFTER: Final = (2_000, 7_000)
_REVIVE_TAKES: Final = 5_800
_HELP_UNDER_FIRE: Final = 1.0
_HELP_IN_FIGHT: Final = 1.0
_TRAUMA_BAGS: Final = 0.10
_UNDER_FIRE: Final = 9_000
_ASSISTED_WITHIN: Final = 60_000
_SELF_REVIVES: Final = 0.09

# Healing: up to where first aid helps; in a fight, only who is weak and has not been hit just now.
_FIRST_AID: Final = 75.0
_FIRST_AID_KIT: Final = "Item_Heal_FirstAid_C"
_LAST_AID: Final = 0.96
_WEAK: Final = 60.0
_UNHURT: Final = 3_500
_HEALERS: Final = 0.6

# Leaving a fight, per review.
_REVIEW: Final = (4_000, 9_000)
_LEAVE: Final = 0.024
_PATIENCE: Final = 1.8
_LEAVE_FAR: Final = 0.18
_LEAVE_QUIET: Final = 0.13
_QUIET: Final = 20_000
_LEAVE_BEHIND: Final = 0.10
_FACE_TO_FACE: Final = 12.0
_EVEN: Final = 0.5
_PUSH: Final = 0.21

# Third parties.
_HEARING: Final = 700.0
_CURIOUS: Final = 0.07
_NOISE_EVERY: Final = 21_000

# Getting about, in metres per second.
_RUN: Final = 5.6
_WALK: Final = 2.2
_DRIVE: Final = 16.0
_WORTH_A_CAR: Final = 500.0
_LAST_CAR: Final = 1_250_000
_LOOTING: Final = 0.22
_AT_THE_EDGE: Final = 0.1
_EARLY: Final = 0.6
_TARDY: Final = 1.2
_TARDY_LATER: Final = -0.2
_TARDY_UNTIL: Final = 3
_DEADLY_FROM: Final = 3
_SPREAD: Final = {"loot": 28.0, "move": 12.0, "fight": 22.0, "car": 0.8}

_ABORTED: Final = 0.003
_ABORTED_AFTER: Final = (30_000, 200_000)

# What happens without an enemy, per squad and pulse; and of mishaps, the share of lost connections.
_MISHAPS: Final = 0.0006
_LOGOUTS: Final = 0.04
_BOTS_REMOVED: Final = 0.05
_BOTS_STAY: Final = 40_000
_RECALLED: Final = 0.30
_LAST_RECALL: Final = 5

_PARTS: Final = ("TorsoShot",) * 5 + ("ArmShot",) * 3 + ("LegShot",) * 2 + ("PelvisShot",)
_FIRST_ATTACK: Final = 16_777_216
_KNOCK_STEP: Final = 16_777_216

BLUE_ZONE: Final = Means("Damage_BlueZone", "BattleRoyaleModeController_Def_C")
FALL: Final = Means("Damage_Instant_Fall", "PlayerMale_A_C")
BLEEDING: Final = Means("Damage_DBNO", "PlayerMale_A_C", "None")
LAST_MATE_FELL: Final = Means("Damage_DBNO", "PlayerMale_A_C", "CKO")
DISCONNECTED: Final = Means("Damage_None", "None", "None")
OWN_CRASH: Final = Means("Damage_VehicleCrashHit", "BP_Mirado_Closed_03_C")
BOT_REMOVED: Final = Means("Damage_None", "None", "SimlateAIBeKilled")


@dataclass(frozen=True, slots=True)
class _Throwable:
    item_id: str
    often: int
    category: str = ""
    causer: str = ""
    points: float = 0.0
    fuse: int = 0


_THROWN: Final = (
    _Throwable("Item_Weapon_Grenade_C", 55, "Damage_Explosion_Grenade", "ProjGrenade_C", 85.0, 3_400),
    _Throwable("Item_Weapon_Molotov_C", 14, "Damage_Molotov", "ProjMolotov_C", 18.0, 2_200),
    _Throwable(
        "Item_Weapon_BluezoneGrenade_C", 5, "Damage_BlueZoneGrenade", "BP_BluezoneGrenadeEffectActor_C", 10.0, 5_000
    ),
    _Throwable("Item_Weapon_SmokeBomb_C", 20),
    _Throwable("Item_Weapon_FlashBang_C", 6),
)
_THROWN_HOW_OFTEN: Final = tuple(thrown.often for thrown in _THROWN)


@dataclass(slots=True)
class Death:
    """Who brought a death about, in the three roles of the wire."""

    victim: Fighter
    means: Means
    knock: Knock | None
    finisher: Fighter | None
    killer: Fighter | None
    assists: Sequence[Fighter]
    is_suicide: bool
    is_team_kill: bool

    @property
    def credited(self) -> Means:
        """How the one who has the kill did it: with the knock, if that was his."""
        knock = self.knock
        return knock.means if knock is not None and knock.maker is self.killer else self.means


def headshot_rate(aim: float) -> float:
    """Of the bullets with which a player hits, the share that hits the head."""
    return min(0.6, _HEADSHOTS * weight_of(aim, 0.25))


def seconds_between_bursts(aggression: float) -> float:
    """How long a player in a fight waits between two bursts, on average."""
    return (_BURST + _PACE * weight_of(aggression, _HASTE)) / 1000


class Observer(Protocol):
    """Is told everything that happens, as it happens: before the victim's state changes."""

    def pulse(self, at: int) -> None:
        """The last `PULSE` milliseconds are over: nothing before `at` will change."""

    def shot(self, at: int, shooter: Fighter, attack_id: int, hits: Sequence[int]) -> None:
        """Somebody fires; the attack ids of what will hit. Below `attack_id + MISSES`, ids are for the rest."""

    def throw(self, at: int, thrower: Fighter, item_id: str, attack_id: int) -> None:
        """Somebody throws something."""

    def damage(self, at: int, actor: Fighter | None, victim: Fighter, means: Means, points: float) -> None:
        """Somebody is hurt."""

    def knock(self, at: int, victim: Fighter, knock: Knock) -> None:
        """Somebody is knocked."""

    def kill(self, at: int, death: Death) -> None:
        """Somebody dies."""

    def revive(self, at: int, reviver: Fighter, victim: Fighter, knock: Knock, *, trauma_bag: bool) -> None:
        """Somebody is helped up."""

    def heal(self, at: int, who: Fighter, item_id: str, points: float) -> None:
        """Somebody has used what heals."""

    def land(self, at: int, who: Fighter) -> None:
        """Somebody lands by parachute."""

    def ride(self, at: int, squad: Squad, *, leaves: bool) -> None:
        """A squad gets into a car, or out of it."""


class Battle:
    """A match being played.

    Attributes:
        squads: All squads, by team id.
        hostilities: Every time that two squads shot at each other, in the order in which it began.
        knocks: Every knock, and whose it was, in the order of time.
        end: When the match was over.
        is_aborted: Whether the server gave up before somebody had won.
    """

    def __init__(self, fixture: Fixture, circles: Circles, rng: Random, observer: Observer) -> None:
        """Set everybody up in the plane."""
        self.circles = circles
        self.rng = rng
        self.observer = observer
        self.squads = [self._squad(team_id, seats) for team_id, seats in enumerate(fixture.squads, start=1)]
        self.hostilities: list[Hostility] = []
        self.knocks: list[tuple[Fighter, Knock]] = []
        self.end = 0
        self.is_aborted = rng.random() < _ABORTED
        self._mood = rng.lognormvariate(0, _MOODS)
        self._side = fixture.game_map.size / 100
        self._may_return = fixture.match_type == "official"
        self._heap: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = []
        self._number = 0
        self._last_attack = _FIRST_ATTACK
        self._last_knock = 2 * _KNOCK_STEP
        self._alive = list(self.squads)
        self._noise_at: dict[Squad, int] = {}
        self._land()
        self._at(PULSE, self._pulse)

    def _squad(self, team_id: int, seats: Sequence[Any]) -> Squad:
        squad = Squad(team_id)
        rng = self.rng
        for place, seat in enumerate(seats):
            liking = 4.0 + 2.2 * (seat.account.reach if seat.account else -0.5) + rng.gauss(0, 1.8)
            gun = GUNS[min(len(GUNS) - 1, max(0, round(liking)))]
            squad.members.append(Fighter(squad, place, seat, gun))
        squad.aggression = sum(member.aggression for member in squad.members) / len(squad.members)
        return squad

    # The course of the match.

    def play(self) -> None:
        """Play until one squad is left."""
        if self.is_aborted:
            self._at(self.rng.randrange(*_ABORTED_AFTER), self._abort)
        heap = self._heap
        while heap and not self.end:
            at, _, what, arguments = heappop(heap)
            what(at, *arguments)

    def _abort(self, at: int) -> None:
        for squad in self._alive:
            squad.rank = len(self._alive)
        self.end = at

    def _at(self, at: int, what: Callable[..., None], *arguments: object) -> None:
        self._number += 1
        heappush(self._heap, (at, self._number, what, arguments))

    def _land(self) -> None:
        rng, side = self.rng, self._side
        from_y, to_y = rng.uniform(0.2, 0.8) * side, rng.uniform(0.2, 0.8) * side
        towns = [(rng.uniform(0.15, 0.85) * side, rng.uniform(0.15, 0.85) * side) for _ in range(_HOT_PLACES)]
        for squad in self.squads:
            if rng.random() < _HOT_DROPS:
                x, y = rng.choice(towns)
                x, y = rng.gauss(x, _HOT_SPREAD), rng.gauss(y, _HOT_SPREAD)
            else:
                x, y = rng.uniform(0.1, 0.9) * side, rng.uniform(0.1, 0.9) * side
            landed = rng.randrange(*_LANDING)
            squad.landed_at = landed
            jump = landed - _FALLING
            share = jump / (_LANDING[1] - _FALLING)
            squad.way = [
                (0, 0.0, from_y),
                (jump, side * share, from_y + (to_y - from_y) * share),
                (landed, x, y),
            ]
            squad.restless_from = landed + rng.randrange(20_000, 60_000)
            for member in squad.members:
                member.to_x, member.to_y = self._spot(member, "loot")
                self._at(landed + rng.randrange(4_000), self._touch_down, member)

    def _touch_down(self, at: int, member: Fighter) -> None:
        self.observer.land(at, member)

    def _pulse(self, at: int) -> None:
        self.observer.pulse(at)
        blue = self.circles.blue(at / 1000)
        for squad in self._alive[:]:
            squad.here = squad.place(at)
            if squad.landed_at <= at:
                squad.in_blue = blue.misses(*squad.here) > 0
                self._suffer(at, squad)
                if self.end:
                    return
        for squad in self._alive:
            if not squad.foes and squad.arrives <= at and squad.landed_at <= at:
                self._wander(at, squad)
        self._look_around(at)
        self._at(at + PULSE, self._pulse)

    # What happens without an enemy.

    def _suffer(self, at: int, squad: Squad) -> None:
        """The blue zone, wounds, accidents, logouts, and bots that the server takes out."""
        if squad.in_blue:
            self._burn_all(at, squad)
        if not squad.foes:
            for member in squad.members:
                if member.health < FULL_HEALTH and member.condition is Condition.STANDING and at >= member.busy_until:
                    self._patch_up(at, member)
        chance = self.rng.random()
        if chance < _MISHAPS:
            self._mishap(at, squad)
        elif (
            squad.members[0].is_bot and chance < _BOTS_REMOVED and not squad.foes and at > squad.landed_at + _BOTS_STAY
        ):
            for bot in squad.standing[:1]:
                self._die(at, bot, BOT_REMOVED, None, None)

    def _mishap(self, at: int, squad: Squad) -> None:
        """Somebody falls or crashes, or loses the connection."""
        rng = self.rng
        for member in squad.standing:
            if member.seat != rng.randrange(len(squad.members)):
                continue
            if rng.random() < _LOGOUTS:
                member.figures.death_type = "logout"
                self._die(at, member, DISCONNECTED, None, None)
            else:
                means = OWN_CRASH if squad.rides_from <= at < squad.rides_until else FALL
                self._hurt(at, None, member, means, rng.uniform(15, 130))
            return

    def _burn_all(self, at: int, squad: Squad) -> None:
        for member in squad.members:
            if member.condition is not Condition.DEAD:
                self._burn(at, member)
        if squad.foes and squad.phase is not None and squad.arrives <= at and squad.phase.number >= _DEADLY_FROM:
            # Nobody stays and fights where the zone kills.
            squad.go(at, *self._near_side(squad.phase.white, *squad.here), _RUN)

    def _burn(self, at: int, member: Fighter) -> None:
        points = self.circles.damage(at / 1000) * PULSE / 1000
        if member.knock is not None:
            self.observer.damage(at, None, member, BLUE_ZONE, 0.0)
            member.knock.left -= points * 2
            if member.knock.left <= 0:
                self._die(at, member, BLUE_ZONE, None, member.knock.maker)
            return
        has_help = any(mate is not member for mate in member.squad.standing)
        if points >= member.health and has_help and self.rng.random() < _LAST_AID:
            # Whoever has mates to live for has kept a first aid kit.
            self._healed(at, member, _FIRST_AID_KIT, _FIRST_AID - member.health)
        self._hurt(at, None, member, BLUE_ZONE, points)

    def _patch_up(self, at: int, member: Fighter) -> None:
        if member.health < _FIRST_AID:
            item, points, takes = _FIRST_AID_KIT, _FIRST_AID - member.health, 6_000
        else:
            item, points, takes = "Item_Boost_EnergyDrink_C", FULL_HEALTH - member.health, 4_000
        member.busy_until = at + takes
        self._at(at + takes, self._healed, member, item, points)

    def _healed(self, at: int, member: Fighter, item: str, points: float) -> None:
        if member.standing:
            points = min(points, FULL_HEALTH - member.health)
            self.observer.heal(at, member, item, points)
            member.health += points
            if item.startswith("Item_Heal"):
                member.figures.heals += 1
            else:
                member.figures.boosts += 1

    # Getting about.

    def _spot(self, member: Fighter, pose: str) -> tuple[float, float]:
        """A place in the formation; who supports keeps closer."""
        spread = _SPREAD[pose] * weight_of(member.support, -0.25)
        return self.rng.gauss(0, spread), self.rng.gauss(0, spread)

    def _form(self, at: int, squad: Squad, pose: str, duration: int) -> None:
        for member in squad.members:
            if member.condition is Condition.STANDING:
                member.step(at, *self._spot(member, pose), duration)

    def _wander(self, at: int, squad: Squad) -> None:
        """Rotate if the zone asks for it, else loot about."""
        rng = self.rng
        phase = self.circles.announced(at / 1000)
        x, y = squad.here
        if phase is not squad.phase and phase is not None:
            early, late = phase.closing - phase.announced, phase.closed - phase.closing
            tardy = _TARDY if phase.number <= _TARDY_UNTIL else _TARDY_LATER
            squad.phase = phase
            squad.leaves_at = int(1000 * (phase.closing + rng.uniform(-_EARLY * early, tardy * late)))
        if phase is not None and phase.white.misses(x, y) > -_AT_THE_EDGE * phase.white.radius:
            white = phase.white
            is_patient = at < squad.leaves_at or at < squad.restless_from
            if squad.is_helping or (is_patient and not squad.in_blue):
                return
            to_x, to_y = self._near_side(white, x, y)
            self._travel(at, squad, to_x, to_y)
            return
        if rng.random() < _LOOTING and not squad.is_helping:
            reach = rng.uniform(15, 90)
            angle = rng.uniform(0, 2 * pi)
            squad.go(at, x + cos(angle) * reach, y + sin(angle) * reach, _WALK)
            self._form(at, squad, "loot", 9_000)

    def _near_side(self, white: Round, x: float, y: float) -> tuple[float, float]:
        """A place inside the circle, on the side where one comes from."""
        rng, half = self.rng, white.radius * 0.5
        distance = hypot(x - white.x, y - white.y) or 1.0
        angle, share = rng.uniform(0, 2 * pi), rng.uniform(0.0, 0.85)
        return (
            white.x + ((x - white.x) / distance + cos(angle) * share) * half,
            white.y + ((y - white.y) / distance + sin(angle) * share) * half,
        )

    def _travel(self, at: int, squad: Squad, x: float, y: float) -> None:
        here_x, here_y = squad.place(at)
        by_car = hypot(x - here_x, y - here_y) > _WORTH_A_CAR and at < _LAST_CAR
        arrives = squad.go(at, x, y, _DRIVE if by_car else _RUN)
        if by_car:
            self._form(at, squad, "car", 3_000)
            squad.rides_from, squad.rides_until = at, arrives
            squad.car += 1
            self.observer.ride(at, squad, leaves=False)
            self._at(arrives, self._park, squad, arrives)
        else:
            self._form(at, squad, "move", 12_000)

    def _park(self, at: int, squad: Squad, arrives: int) -> None:
        if squad.rides_until == arrives and squad.alive:
            self.observer.ride(at, squad, leaves=True)
            self._form(at, squad, "loot", 15_000)

    def _stop(self, at: int, squad: Squad) -> None:
        """Get out and take cover."""
        if squad.rides_from <= at < squad.rides_until:
            squad.rides_until = at
            self.observer.ride(at, squad, leaves=True)
        if squad.arrives > at:
            squad.go(at, *squad.place(at), _RUN)
        self._form(at, squad, "fight", 8_000)

    # Meeting.

    def _look_around(self, at: int) -> None:
        """Who might see whom: neighbours from west to east, as far as sight goes."""
        squads = sorted(
            (squad for squad in self._alive if squad.landed_at + _ARMED_AFTER <= at), key=attrgetter("here")
        )
        for index, one in enumerate(squads):
            x, y = one.here
            for other in squads[index + 1 :]:
                to_x, to_y = other.here
                if to_x - x > _SIGHT:
                    break
                distance = hypot(to_x - x, to_y - y)
                if distance < _SIGHT and other not in one.foes and one.truces.get(other, 0) <= at:
                    self._maybe_meet(at, one, other, distance)

    def _maybe_meet(self, at: int, one: Squad, other: Squad, distance: float) -> None:
        draw = self.rng.random()
        chance = self._mood * (_SEEN_NEAR * exp(-distance / _SEEN_WITHIN) + _SEEN_FAR)
        if draw >= chance * _MOST_SEEN:
            return
        if one.foes or other.foes:
            crowd = len(one.foes) + len(other.foes)
            chance *= _SEEN_IN_FIGHT * exp(-distance / _BUSY_WITHIN) * _CROWDED ** (crowd - 1)
        if one.rides_from <= at < one.rides_until or other.rides_from <= at < other.rides_until:
            chance *= _SEEN_IN_CAR
        elif at < one.low_until or at < other.low_until:
            chance *= _SEEN_LOW
        if one.arrives <= at and other.arrives <= at:
            chance *= _SEEN_STILL
        chance *= min(_MOST_SEEN, weight_of(max(one.aggression, other.aggression), 0.25))
        if draw >= chance:
            return
        for driver, walker in ((one, other), (other, one)):
            if driver.rides_from <= at < driver.rides_until and distance < _RUN_OVER_WITHIN and driver.standing:
                self._run_over(at, driver.standing[0], walker)
        if distance > _STALKED_FROM and not one.foes and not other.foes and self.rng.random() < _STALKERS:
            hunter, hunted = (one, other) if one.aggression > other.aggression else (other, one)
            self._approach(at, hunter, hunted, self.rng.uniform(15, 60))
            return
        self._meet(at, one, other)

    def _run_over(self, at: int, driver: Fighter, walkers: Squad) -> None:
        if walkers.standing and self.rng.random() < _RUN_OVER:
            means = Means("Damage_VehicleHit", "BP_Mirado_Closed_03_C")
            self._hurt(at, driver, self.rng.choice(walkers.standing), means, self.rng.uniform(30, 160))

    def _meet(self, at: int, one: Squad, other: Squad) -> None:
        rng = self.rng
        (x, y), (to_x, to_y) = one.place(at), other.place(at)
        hostility = Hostility(one, other, at, (x + to_x) / 2, (y + to_y) / 2, rng.lognormvariate(0, _PATIENCE), at)
        self.hostilities.append(hostility)
        # Who seeks fights shoots first.
        first = one if rng.random() < 1 / (1 + exp(other.aggression - one.aggression)) else other
        for squad, foe in ((one, other), (other, one)):
            if not squad.foes:
                self._stop(at, squad)
            squad.foes[foe] = hostility
            late = at + (0 if squad is first else _SURPRISE)
            at_hand = squad.standing
            rng.shuffle(at_hand)
            for number, member in enumerate(at_hand):
                # Not everybody is where it begins; who is not comes later, if it lasts.
                far = number > 0 and rng.random() >= _AT_HAND
                member.joins_at = max(at, member.joins_at) if member.acting else late
                if far and not member.acting:
                    member.joins_at += int(rng.expovariate(1 / _COMING))
                self._ready(member.joins_at + rng.randrange(*_AIMING), member)
        self._at(at + rng.randrange(*_REVIEW), self._review, hostility)
        self._attract(at, one)

    def _attract(self, at: int, squad: Squad) -> None:
        """Others hear the shots, and may come."""
        if self._noise_at.get(squad, -_NOISE_EVERY) + _NOISE_EVERY > at:
            return
        self._noise_at[squad] = at
        rng = self.rng
        x, y = squad.place(at)
        for other in self._alive:
            if other.foes or other is squad or other in squad.foes or other.landed_at + _ARMED_AFTER > at:
                continue
            there_x, there_y = other.place(at)
            distance = hypot(there_x - x, there_y - y)
            if distance < _HEARING and rng.random() < _CURIOUS * weight_of(other.aggression, 0.4):
                self._approach(at, other, squad, rng.uniform(30, 90))

    def _approach(self, at: int, hunter: Squad, hunted: Squad, near: float) -> None:
        x, y = hunter.place(at)
        to_x, to_y = hunted.place(at)
        share = max(0.0, 1 - near / max(hypot(to_x - x, to_y - y), 1.0))
        hunter.go(at, x + (to_x - x) * share, y + (to_y - y) * share, _RUN)
        hunter.restless_from = at + 60_000
        self._form(at, hunter, "move", 8_000)

    # Leaving.

    def _review(self, at: int, hostility: Hostility) -> None:
        if hostility.is_over:
            return
        rng = self.rng
        one, other = hostility.one, hostility.other
        x, y = one.place(at)
        there_x, there_y = other.place(at)
        distance = hypot(there_x - x, there_y - y)
        ahead = len(one.standing) - len(other.standing)
        chance = _LEAVE + _LEAVE_FAR * min(1.0, distance / 200.0)
        if at - hostility.hit_at > _QUIET:
            chance += _LEAVE_QUIET
        chance += _LEAVE_BEHIND if abs(ahead) > 1 else 0.0
        if rng.random() < chance / hostility.patience:
            self._part(at, hostility, one if ahead < 0 or (ahead == 0 and rng.random() < _EVEN) else other)
            return
        pusher = one if ahead > 0 or (ahead == 0 and one.aggression > other.aggression) else other
        if (
            rng.random() < _PUSH * weight_of(pusher.aggression, 0.3) * (1.6 if ahead else 1.0)
            and distance > _FACE_TO_FACE
        ):
            pushed = other if pusher is one else one
            from_x, from_y = pusher.place(at)
            to_x, to_y = pushed.place(at)
            share = 1 - rng.uniform(8, 30) / max(distance, 30.0)
            pusher.go(at, from_x + (to_x - from_x) * share, from_y + (to_y - from_y) * share, 3.5)
        self._at(at + rng.randrange(*_REVIEW), self._review, hostility)

    def _part(self, at: int, hostility: Hostility, leaving: Squad) -> None:
        rng = self.rng
        self._close(at, hostility)
        one, other = hostility.one, hostility.other
        one.truces[other] = other.truces[one] = at + rng.randrange(*_TRUCE)
        if leaving.foes:
            return
        staying = other if leaving is one else one
        x, y = leaving.place(at)
        from_x, from_y = staying.place(at)
        distance = hypot(x - from_x, y - from_y) or 1.0
        away = rng.uniform(60, 200)
        leaving.go(at, x + (x - from_x) / distance * away, y + (y - from_y) / distance * away, _RUN)
        leaving.restless_from = at + rng.randrange(30_000, 90_000)
        self._form(at, leaving, "move", 8_000)

    def _close(self, at: int, hostility: Hostility) -> None:
        hostility.is_over = True
        hostility.ended = at
        hostility.one.low_until = hostility.other.low_until = at + _LAYS_LOW
        hostility.one.foes.pop(hostility.other, None)
        hostility.other.foes.pop(hostility.one, None)

    # Shooting.

    def _ready(self, at: int, member: Fighter) -> None:
        if not member.acting and member.condition is Condition.STANDING:
            member.acting = True
            self._at(at, self._act, member)

    def _act(self, at: int, member: Fighter) -> None:
        member.acting = False
        squad = member.squad
        if member.condition is not Condition.STANDING or not squad.foes:
            return
        rng = self.rng
        pause = rng.gammavariate(2.0, _PACE / 2 * weight_of(member.aggression, _HASTE))
        if at < member.busy_until:
            pause = max(pause / 2, member.busy_until - at)
        elif member.health < _WEAK and at - member.hit_at > _UNHURT and rng.random() < _HEALERS:
            self._patch_up(at, member)
            pause = member.busy_until - at
        else:
            distance = self._engage(at, member)
            # Close by, it goes fast; far away, people take their time.
            pause *= min(_SLOWEST, (distance / _UNHURRIED_FROM) ** 2)
            pause = max(pause, 0 if distance else _LOOKING)
        member.acting = True
        self._at(at + _BURST + int(pause), self._act, member)

    def _engage(self, at: int, member: Fighter) -> float:
        """Fire at somebody, or throw something; returns how far away the target is, 0 without one."""
        rng = self.rng
        x, y = member.place(at)
        foe = self._choose_foe(at, member.squad, x, y)
        target = self._choose_target(at, foe, x, y)
        if target is None:
            return 0.0
        to_x, to_y = target.place(at)
        distance = hypot(to_x - x, to_y - y)
        member.shot_at = at
        if distance < _GRENADE_REACH and rng.random() < _GRENADES:
            self._throw(at, member, target)
            return distance
        gun = member.gun
        chance = (
            _HIT * weight_of(member.aim, 0.32) * weight_of(target.survival, -0.12) / (1 + (distance / gun.range_m) ** 2)
        )
        if target.knock is not None:
            chance = min(0.95, chance * 2.0)
        hits = 0
        if rng.random() < chance:
            hits = 1
            while hits < _LONGEST_BURST and rng.random() < gun.burst:
                hits += 1
        attack_ids = [self._next_attack() for _ in range(hits)]
        self.observer.shot(at, member, self._next_attack(), attack_ids)
        for number, attack_id in enumerate(attack_ids):
            self._at(at + 20 + number * 95, self._bullet, member, target, attack_id, distance)
        return distance

    def _choose_foe(self, at: int, squad: Squad, x: float, y: float) -> Squad:
        foes = squad.foes
        if len(foes) == 1:
            return next(iter(foes))
        weights = []
        for foe in foes:
            there_x, there_y = foe.place(at)
            weights.append(1 / (15.0 + hypot(there_x - x, there_y - y)))
        return self.rng.choices(list(foes), weights)[0]

    def _choose_target(self, at: int, foe: Squad, x: float, y: float) -> Fighter | None:
        rng = self.rng
        at_hand: list[Fighter] = []
        out_of_sight: list[Fighter] = []
        knocked: list[Fighter] = []
        for member in foe.members:
            if member.condition is Condition.STANDING:
                (at_hand if member.joins_at <= at else out_of_sight).append(member)
            elif member.condition is Condition.KNOCKED:
                knocked.append(member)
        if knocked:
            there_x, there_y = knocked[0].place(at)
            distance = hypot(there_x - x, there_y - y)
            if at_hand:
                chance = _THIRST * exp(-distance / _THIRST_WITHIN) + _THIRST_ANYWHERE
            else:
                chance = _UNDISTURBED * exp(-distance / _UNDISTURBED_WITHIN)
            if rng.random() < chance:
                return rng.choice(knocked)
        if not at_hand:
            return rng.choice(out_of_sight) if out_of_sight and rng.random() < _GLIMPSED else None
        if len(at_hand) == 1:
            return at_hand[0]
        weights = [
            weight_of(member.survival, _COVER) * (_EXPOSED if at - member.shot_at < _SHOOTING else 1.0)
            for member in at_hand
        ]
        return rng.choices(at_hand, weights)[0]

    def _bullet(self, at: int, shooter: Fighter, target: Fighter, attack_id: int, distance: float) -> None:
        if shooter.condition is Condition.DEAD:
            return
        rng, gun = self.rng, shooter.gun
        is_head = rng.random() < headshot_rate(shooter.aim)
        reason = "HeadShot" if is_head else rng.choice(_PARTS)
        factor = (_HEADSHOT_FACTOR if is_head else 1.0) * (1.0 if distance < gun.range_m else 0.85)
        means = Means("Damage_Gun", gun.causer, reason, attack_id)
        pellets = 1 if gun.pellets == 1 else rng.randrange(1, gun.pellets + 1)
        for _ in range(pellets):
            if target.condition is not Condition.DEAD:
                self._hurt(at, shooter, target, means, rng.uniform(*gun.points) * factor)

    def _throw(self, at: int, thrower: Fighter, target: Fighter) -> None:
        attack_id = self._next_attack()
        thrown = self.rng.choices(_THROWN, _THROWN_HOW_OFTEN)[0]
        self.observer.throw(at, thrower, thrown.item_id, attack_id)
        if thrown.points:
            means = Means(thrown.category, thrown.causer, attack_id=attack_id)
            self._at(at + thrown.fuse, self._explode, thrower, target.place(at), means, thrown.points)

    def _explode(self, at: int, thrower: Fighter, place: tuple[float, float], means: Means, points: float) -> None:
        rng = self.rng
        x, y = place[0] + rng.gauss(0, 4), place[1] + rng.gauss(0, 4)
        for squad in self._alive:
            here_x, here_y = squad.place(at)
            if abs(here_x - x) > _BLAST_OF_SQUAD or abs(here_y - y) > _BLAST_OF_SQUAD:
                continue
            for member in squad.members:
                if member.condition is Condition.DEAD:
                    continue
                there_x, there_y = member.place(at)
                distance = hypot(there_x - x, there_y - y)
                if distance < _BLAST:
                    self._hurt(at, thrower, member, means, points * (1 - distance / _BLAST * 0.7))

    def _next_attack(self) -> int:
        self._last_attack += MISSES * self.rng.randrange(1, 6)
        return self._last_attack

    # Being hurt, knocked, helped up, killed.

    def _hurt(self, at: int, actor: Fighter | None, victim: Fighter, means: Means, points: float) -> None:
        """Do damage of any kind, in 64ths: those are exact in binary, so no health is ever lost to rounding."""
        knock = victim.knock
        if actor is not None and actor.squad is not victim.squad:
            self._note_hit(at, actor, victim)
        if knock is not None:
            self.observer.damage(at, actor, victim, means, 0.0)
            knock.left -= points * _FINISHING
            if knock.left <= 0:
                self._finish(at, actor, victim, means)
            return
        points = min(round(points * 64) / 64, victim.health)
        self.observer.damage(at, actor, victim, means, points)
        victim.hit_at = at
        if actor is not None and actor is not victim:
            actor.figures.damage += points
            victim.helpers[actor] = at
        victim.health -= points
        if victim.health <= 0:
            self._fall(at, actor, victim, means)

    def _note_hit(self, at: int, actor: Fighter, victim: Fighter) -> None:
        squad, foe = actor.squad, victim.squad
        hostility = squad.foes.get(foe)
        if hostility is None:
            if squad.alive:  # a stray grenade makes enemies
                self._meet(at, squad, foe)
            return
        hostility.hit_at = at
        hostility.hits += 1
        hostility.involved.add(actor)
        hostility.involved.add(victim)

    def _fall(self, at: int, actor: Fighter | None, victim: Fighter, means: Means) -> None:
        # Bots do not revive, so none of them is knocked.
        has_help = any(mate.condition is Condition.STANDING and mate is not victim for mate in victim.squad.members)
        if has_help and not victim.is_bot:
            self._knock(at, actor, victim, means)
            return
        self._die(at, victim, means, actor, actor)

    def _knock(self, at: int, actor: Fighter | None, victim: Fighter, means: Means) -> None:
        rng = self.rng
        self._last_knock += _KNOCK_STEP
        distance = _distance(at, actor, victim)
        knock = Knock(self._last_knock, at, actor, means, distance)
        self.observer.knock(at, victim, knock)
        self.knocks.append((victim, knock))
        if actor is not None and actor is not victim:
            actor.figures.knocks += 1
        victim.condition = Condition.KNOCKED
        victim.knock = knock
        victim.health = 0.0
        x, y = victim.place(at)
        mid_x, mid_y = victim.squad.place(at)
        victim.step(at, x - mid_x, y - mid_y, 1)
        self._at(at + int(_BLEEDING_TIME * rng.uniform(0.6, 1.1)), self._bleed_out, victim, knock)
        if rng.random() < _SELF_REVIVES:
            self._at(at + rng.randrange(15_000, 35_000), self._get_up, victim, knock)
        self._at(at + rng.randrange(*_HELP_AFTER), self._help, victim, knock)
        self._attract(at, victim.squad)

    def _help(self, at: int, victim: Fighter, knock: Knock) -> None:
        """Some mate tries to revive, unless it is too hot just now."""
        if victim.knock is not knock:
            return
        rng, squad = self.rng, victim.squad
        free = [mate for mate in squad.standing if not mate.reviving and at >= mate.busy_until]
        under_fire = bool(squad.foes) and any(at - mate.hit_at < _UNDER_FIRE for mate in squad.members)
        ready = rng.random() < (_HELP_UNDER_FIRE if under_fire else _HELP_IN_FIGHT if squad.foes else 1.0)
        if not free or not ready:
            self._at(at + rng.randrange(4_000, 9_000), self._help, victim, knock)
            return
        helper = rng.choices(free, [weight_of(mate.support, 0.6) for mate in free])[0]
        helper.reviving = True
        helper.busy_until = at + _REVIVE_TAKES + 2_000
        x, y = victim.place(at)
        mid_x, mid_y = squad.place(at)
        helper.step(at, x - mid_x + 0.7, y - mid_y, 2_000)
        self._at(at + _REVIVE_TAKES + 2_000, self._helped, helper, victim, knock, at)

    def _helped(self, at: int, helper: Fighter, victim: Fighter, knock: Knock, since: int) -> None:
        helper.reviving = False
        if victim.knock is not knock:
            return
        if not helper.standing or helper.hit_at > since:
            self._at(at + self.rng.randrange(2_000, 6_000), self._help, victim, knock)
            return
        trauma_bag = self.rng.random() < _TRAUMA_BAGS
        self._stand_up(victim, 30.0 if trauma_bag else 10.0)
        self.observer.revive(at, helper, victim, knock, trauma_bag=trauma_bag)
        helper.figures.revives += 1
        knock.ended, knock.outcome, knock.ender = at, "revived", helper
        self._ready(at + self.rng.randrange(3_000, 7_000), victim)

    def _get_up(self, at: int, victim: Fighter, knock: Knock) -> None:
        """A self-revive, which the wire does not tell."""
        if victim.knock is knock:
            self._stand_up(victim, 10.0)
            self.observer.heal(at, victim, "Item_Revival_Transmitter_C", 0.0)
            knock.ended, knock.outcome = at, "self-revived"
            self._ready(at + self.rng.randrange(2_000, 5_000), victim)

    def _stand_up(self, victim: Fighter, health: float) -> None:
        victim.condition = Condition.STANDING
        victim.knock = None
        victim.health = health
        victim.helpers.clear()

    def _bleed_out(self, at: int, victim: Fighter, knock: Knock) -> None:
        if victim.knock is knock:
            self._die(at, victim, BLEEDING, knock.maker, knock.maker)

    def _finish(self, at: int, actor: Fighter | None, victim: Fighter, means: Means) -> None:
        maker = victim.knock.maker if victim.knock else None
        # Mates share: who knocked has the kill. A stranger's finish is the stranger's.
        killer = maker if maker is not None and (actor is None or maker.squad is actor.squad) else actor
        self._die(at, victim, means, actor, killer)

    def _die(self, at: int, victim: Fighter, means: Means, finisher: Fighter | None, killer: Fighter | None) -> None:
        knock, squad = victim.knock, victim.squad
        is_suicide = killer is victim
        by_mate = killer is not None and not is_suicide and killer.squad is squad
        assists = [
            helper
            for helper, hit_at in victim.helpers.items()
            if killer is not None
            and helper is not killer
            and helper.squad is killer.squad
            and at - hit_at < _ASSISTED_WITHIN
        ]
        death = Death(victim, means, knock, finisher, killer, assists, is_suicide, by_mate)
        self.observer.kill(at, death)
        self._count(death, at)
        if knock is not None:
            knock.ended, knock.outcome, knock.ender = at, "died", finisher
        victim.condition = Condition.DEAD
        victim.knock = None
        victim.health = 0.0
        victim.died_at = at
        victim.helpers.clear()
        if any(mate.condition is Condition.STANDING for mate in squad.members):
            self._maybe_recall(at, victim)
            return
        # Nobody is left to revive them: knocked mates die with the last one, in the same millisecond.
        for mate in squad.members:
            if mate.knock is not None:
                maker = mate.knock.maker
                self._die(at, mate, LAST_MATE_FELL, maker, maker)
        if squad in self._alive:
            self._eliminate(at, squad)

    def _count(self, death: Death, at: int) -> None:
        victim, means, killer = death.victim, death.means, death.killer
        if death.is_suicide or means.category in _OWN_FAULT:
            victim.figures.death_type = "suicide"
        elif means is not DISCONNECTED:
            victim.figures.death_type = "byzone" if means is BLUE_ZONE and killer is None else "byplayer"
        for helper in death.assists:
            helper.figures.assists += 1
        if killer is None or death.is_suicide:
            return
        figures = killer.figures
        if death.is_team_kill:
            figures.team_kills += 1
            return
        figures.kills += 1
        figures.headshot_kills += death.credited.reason == "HeadShot"
        figures.longest_kill = max(figures.longest_kill, _distance(at, killer, victim))

    def _eliminate(self, at: int, squad: Squad) -> None:
        squad.rank = len(self._alive)
        self._alive.remove(squad)
        for hostility in list(squad.foes.values()):
            self._close(at, hostility)
        self._attract(at, squad)
        if len(self._alive) == 1:
            self._alive[0].rank = 1
            self.end = at + 1

    def _maybe_recall(self, at: int, victim: Fighter) -> None:
        """With luck, a mate brings a dead player back, with the plane of the next phase."""
        if not self._may_return or victim.is_bot or self.rng.random() >= _RECALLED:
            return
        phase = next((phase for phase in self.circles.phases if phase.closing * 1000 > at + 60_000), None)
        if phase is not None and phase.number <= _LAST_RECALL:
            self._at(phase.closing * 1000 + self.rng.randrange(20_000), self._return, victim)

    def _return(self, at: int, victim: Fighter) -> None:
        squad = victim.squad
        if victim.condition is not Condition.DEAD or not squad.standing:
            return
        victim.condition = Condition.STANDING
        victim.health = FULL_HEALTH
        victim.died_at = None
        victim.lives += 1
        victim.alive_from = at
        victim.figures.death_type = "alive"
        self.observer.land(at, victim)
        victim.step(at, self.rng.gauss(0, 40), self.rng.gauss(0, 40), 1)


_OWN_FAULT: Final = frozenset({FALL.category, OWN_CRASH.category})


def _distance(at: int, actor: Fighter | None, victim: Fighter) -> float:
    """Metres between two players."""
    if actor is None:
        return 0.0
    x, y = actor.place(at)
    to_x, to_y = victim.place(at)
    return hypot(to_x - x, to_y - y)
