"""The rules of the game: who stands, who is knocked, who is dead, and what the wire says when that changes.

Squads live on clocks of their own. `Stage.advance` plays what happens by itself up to a moment (positions, zone ticks,
bleeding, healing, looting); the other methods are deeds that a script orders at exact times. Whoever orders a deed has
advanced the squads concerned first. Which deeds are ordered, and why, belongs in `script`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from random import Random
from typing import Final

from pewstats_assets.simulation import wire
from pewstats_assets.simulation.wire import Body, Death, Means, Recorder
from pewstats_assets.simulation.world import Player, Point
from pewstats_assets.simulation.zone import Zone

FULL_HEALTH: Final = 100.0
HEALTH_AFTER_REVIVE: Final = 10.0
HEALTH_AFTER_TRAUMA_BAG: Final = 30.0

PULSE: Final = 2_000
"""How often squads are looked at, in milliseconds; zone ticks keep this pace."""

_POSITION_EVERY: Final = 10_000
_BLEED_EVERY: Final = 4_000
_HEAL_EVERY: Final = 4_000
_HEAL_POINTS: Final = 12.5
_LOOTING: Final = 0.012
_PICKED_UP: Final = 0.8
_LATE_HIT: Final = 0.1
_TRAUMA_BAG: Final = 0.2
"""Probabilities: of handling an item per pulse, of that being a pick-up, and of two oddities."""

_RUNNING: Final = 600.0
_DRIVING: Final = wire.CAR.velocity
"""Speeds in centimetres per second."""

_STRAY: Final = 100.0
"""Nobody keeps their place in the formation to the centimetre."""

_WORTH_A_CAR: Final = 60_000.0
_FINEST_DAMAGE: Final = 64
"""Damage comes in 64ths: those are exact in binary, so no health is ever lost to rounding."""


class Condition(Enum):
    """What a player can still do."""

    STANDING = auto()
    KNOCKED = auto()
    DEAD = auto()


class BlowKind(StrEnum):
    """The kinds of events that fights are made of."""

    DAMAGE = "damage"
    KNOCK = "knock"
    KILL = "kill"


@dataclass(frozen=True, slots=True)
class Blow:
    """One fight event, kept beside the wire: known fights are added up from these."""

    at: int
    kind: BlowKind
    actor: Player | None
    victim: Player
    points: float = 0.0


@dataclass(frozen=True, slots=True)
class Weapon:
    """A gun in its two spellings, with the damage that one bullet or pellet does."""

    item_id: str
    causer: str
    points: tuple[float, float]
    pellets: int = 1


_WEAPONS: Final = (
    Weapon("Item_Weapon_HK416_C", "WeapHK416_C", (18, 34)),
    Weapon("Item_Weapon_AK47_C", "WeapAK47_C", (20, 38)),
    Weapon("Item_Weapon_Mini14_C", "WeapMini14_C", (22, 40)),
    Weapon("Item_Weapon_UMP_C", "WeapUMP_C", (16, 30)),
    Weapon("Item_Weapon_Kar98k_C", "WeapKar98k_C", (36, 52)),
    Weapon("Item_Weapon_Berreta686_C", "WeapBerreta686_C", (6, 14), pellets=4),
)
_DEATH_TYPES: Final = {wire.BLUE_ZONE: "byzone", wire.FALL: "suicide", wire.DISCONNECTED: "logout"}
_PARTS: Final = ("TorsoShot", "TorsoShot", "ArmShot", "LegShot", "PelvisShot", "HeadShot")
_LOOT: Final = (
    ("Item_Ammo_556mm_C", "Ammunition", "None", 30),
    ("Item_Heal_FirstAid_C", "Use", "Heal", 1),
    ("Item_Boost_EnergyDrink_C", "Use", "Boost", 1),
    ("Item_Head_F_01_Lv2_C", "Equipment", "Headgear", 1),
)


@dataclass(slots=True)
class Knock:
    """An open knock: it ends in a revive or in a death."""

    knock_id: int
    maker: "Combatant | None"
    means: Means


@dataclass(slots=True)
class Figures:
    """What a player did, for the match object."""

    kills: int = 0
    headshot_kills: int = 0
    knocks: int = 0
    revives: int = 0
    assists: int = 0
    team_kills: int = 0
    heals: int = 0
    damage: float = 0.0
    died_at: int | None = None
    death_type: str = "alive"


@dataclass(slots=True, eq=False)
class Combatant:
    """A player in the course of a match."""

    player: Player
    troop: "Troop"
    seat: int
    weapon: Weapon
    offset: Point
    health: float = FULL_HEALTH
    condition: Condition = Condition.STANDING
    knock: Knock | None = None
    figures: Figures = field(default_factory=Figures)
    seen: tuple[int, Point] | None = None

    @property
    def standing(self) -> bool:
        """Whether the player can act."""
        return self.condition is Condition.STANDING


@dataclass(slots=True, eq=False)
class Troop:
    """A squad in the course of a match: its way across the map, and its clock."""

    team_id: int
    members: list[Combatant] = field(default_factory=list)
    way: list[tuple[int, Point]] = field(default_factory=list)
    clock: int = 0
    free_from: int = 0
    fighting: bool = False
    ride: wire.Vehicle | None = None

    @property
    def standing(self) -> list[Combatant]:
        """The members that can act, by seat."""
        return [member for member in self.members if member.standing]

    @property
    def knocked(self) -> list[Combatant]:
        """The members that wait for a revive, by seat."""
        return [member for member in self.members if member.condition is Condition.KNOCKED]

    @property
    def here(self) -> Point:
        """Where the way ends so far."""
        return self.way[-1][1]

    def place(self, at: int) -> Point:
        """Where the squad is at a moment: evenly between two marks of its way."""
        before = self.way[0]
        for mark in self.way[1:]:
            if mark[0] > at:
                share = (at - before[0]) / (mark[0] - before[0])
                return before[1].towards(mark[1], max(0.0, share))
            before = mark
        return before[1]

    def travel_time(self, to: Point) -> int:
        """How long the way to a place takes at the least, in milliseconds."""
        distance = self.here.distance(to)
        return round(distance / (_DRIVING if distance > _WORTH_A_CAR else _RUNNING) * 1000)


class Stage:
    """A match being played."""

    def __init__(self, recorder: Recorder, zone: Zone, squads: Sequence[Sequence[Player]], rng: Random) -> None:
        """Set everybody up, healthy, with a weapon and a place in the squad's formation."""
        self.recorder = recorder
        self.zone = zone
        self.rng = rng
        self.blows: list[Blow] = []
        self.troops: list[Troop] = []
        self._last_attack = 16_777_216
        self._last_knock = 33_554_432
        for squad in squads:
            troop = Troop(squad[0].team_id)
            for seat, player in enumerate(squad):
                offset = Point(rng.uniform(-900, 900), rng.uniform(-900, 900))
                troop.members.append(Combatant(player, troop, seat, rng.choice(_WEAPONS), offset))
            self.troops.append(troop)

    def body(self, who: Combatant, at: int) -> Body:
        """A player as an event at that moment shows them: all events of one moment at the same place."""
        if who.seen is None or who.seen[0] != at:
            stray = who.offset.moved(self.rng.uniform(-_STRAY, _STRAY), self.rng.uniform(-_STRAY, _STRAY))
            who.seen = (at, who.troop.place(at).moved(stray.x, stray.y))
        place = who.seen[1]
        return Body(
            who.player,
            who.health,
            who.condition is Condition.KNOCKED,
            place,
            in_blue=not self.zone.blue(at).holds(place),
            in_vehicle=who.troop.ride is not None,
        )

    # What happens by itself.

    def advance(self, troop: Troop, until: int) -> None:
        """Let a squad live up to a moment."""
        while troop.clock + PULSE <= until:
            troop.clock += PULSE
            self._pulse(troop, troop.clock)

    def travel(self, troop: Troop, to: Point, arrive_by: int) -> None:
        """Bring a squad to a place, at the latest at `arrive_by`: by car if it is far away or time is short."""
        duration = troop.travel_time(to)
        by_car = troop.here.distance(to) > _WORTH_A_CAR
        if not by_car and troop.free_from + duration > arrive_by:
            by_car = True
            duration = round(troop.here.distance(to) / _DRIVING * 1000)
        spare = max(0, arrive_by - duration - troop.free_from)
        depart = troop.free_from + round(spare * 0.5 * self.rng.random())
        self.advance(troop, depart)
        riders = troop.standing if by_car else []
        if riders:
            troop.ride = wire.CAR
            self._ride("LogVehicleRide", riders, depart)
        troop.way += [(depart, troop.here), (depart + duration, to)]
        self.advance(troop, depart + duration)
        if riders:
            self._ride("LogVehicleLeave", [rider for rider in riders if rider.standing], depart + duration)
            troop.ride = None

    def _ride(self, kind: str, riders: list[Combatant], at: int) -> None:
        for rider in riders:
            body = self.body(rider, at)
            mates = [self.body(mate, at) for mate in riders if mate.seat < rider.seat]
            build = wire.ride if kind == "LogVehicleRide" else wire.leave
            self.recorder.write(at, kind, build(body, rider.troop.ride or wire.CAR, rider.seat, mates))

    def _pulse(self, troop: Troop, at: int) -> None:
        in_blue = not self.zone.blue(at).holds(troop.place(at))
        if in_blue and not troop.fighting:
            self._zone_tick(troop, at)
        for member in troop.members:
            moment = at - self.rng.randrange(40)
            if member.condition is not Condition.DEAD and (at // PULSE + member.seat) % (_POSITION_EVERY // PULSE) == 0:
                self.recorder.write(
                    moment, "LogPlayerPosition", wire.position(self.body(member, moment), moment, troop.ride)
                )
            if member.condition is Condition.KNOCKED and at % _BLEED_EVERY == 0:
                body = self.body(member, moment)
                bleeding = wire.damage(body, body, wire.BLEEDING, 0.0)
                self.recorder.write(moment, "LogPlayerTakeDamage", bleeding)
            if member.standing and not troop.fighting and not in_blue:
                self._rest(member, at, moment)

    def _zone_tick(self, troop: Troop, at: int) -> None:
        standing = troop.standing
        points = self.zone.damage(at)
        all_fall = all(member.health <= points for member in standing)
        for member in standing:
            # Who would fall alone hangs on by a thread: a knock by the zone is a fight event under ruleset v2.
            loss = points if all_fall or member.health > points else member.health - 1
            loss = min(_exact(loss), member.health)
            tick = wire.damage(None, self.body(member, at), wire.BLUE_ZONE, loss)
            self.recorder.write(at, "LogPlayerTakeDamage", tick)
            member.health -= loss
        if standing and all_fall:
            for member in [*standing, *troop.knocked]:
                self.die(at, member, wire.BLUE_ZONE)

    def _rest(self, member: Combatant, at: int, moment: int) -> None:
        if member.health < FULL_HEALTH and at % _HEAL_EVERY == 0:
            points = min(_HEAL_POINTS, FULL_HEALTH - member.health)
            self._heal_tick(member, moment, points)
        elif member.troop.ride is None and self.rng.random() < _LOOTING:
            item_id, category, sub_category, stack = self.rng.choice(_LOOT)
            item = wire.item(item_id, category, sub_category, stack)
            kind = "LogItemPickup" if self.rng.random() < _PICKED_UP else "LogItemUse"
            self.recorder.write(moment, kind, {"character": wire.character(self.body(member, moment)), "item": item})

    # Deeds.

    def heal(self, at: int, who: Combatant, points: float) -> None:
        """Use a first aid kit."""
        kit = wire.item("Item_Heal_FirstAid_C", "Use", "Heal")
        self.recorder.write(at, "LogItemUse", {"character": wire.character(self.body(who, at)), "item": kit})
        who.figures.heals += 1
        self._heal_tick(who, at, min(points, FULL_HEALTH - who.health))

    def _heal_tick(self, who: Combatant, at: int, points: float) -> None:
        event = {
            "character": wire.character(self.body(who, at)),
            "item": wire.item("", "", "", 0),
            "healAmount": wire.number(points),
        }
        self.recorder.write(at, "LogHeal", event)
        who.health += points

    def shoot(self, at: int, shooter: Combatant, target: Combatant, points: float | None = None) -> None:
        """Fire at somebody and hit; a shotgun hits with several pellets of one attack."""
        weapon = shooter.weapon
        attack_id = self._fire(at, shooter)
        total = self.rng.uniform(*weapon.points) * weapon.pellets if points is None else points
        means = Means("Damage_Gun", weapon.causer, self.rng.choice(_PARTS), attack_id)
        for _ in range(weapon.pellets):
            if target.condition is Condition.DEAD:
                break
            self.strike(at, shooter, target, means, total / weapon.pellets)

    def _fire(self, at: int, shooter: Combatant) -> int:
        """Pull the trigger twice, a miss and a hit. Returns the attack id of the hit."""
        gun = wire.item(shooter.weapon.item_id, "Weapon", "Main")
        for moment in (at - self.rng.randrange(300, 900), at - self.rng.randrange(5, 60)):
            rounds_left = self.rng.randrange(1, 30)
            shot = wire.attack(self._next_attack(), rounds_left, self.body(shooter, moment), gun)
            self.recorder.write(moment, "LogPlayerAttack", shot)
        return self._last_attack

    def throw(self, at: int, thrower: Combatant, item_id: str) -> int:
        """Throw something; two events, the second of which is stamped a millisecond before the first."""
        attack_id = self._next_attack()
        thrown = wire.item(item_id, "Equipment", "Throwable")
        body = self.body(thrower, at)
        self.recorder.write(at, "LogPlayerUseThrowable", wire.attack(attack_id, 1, body, thrown, thrown=True))
        self.recorder.write(at, "LogPlayerAttack", wire.attack(attack_id, 1, body, thrown), stamp=at - 1)
        return attack_id

    def strike(self, at: int, actor: Combatant | None, victim: Combatant, means: Means, points: float) -> None:
        """Do damage of any kind; whoever has no health left falls. Knocked players are hit for nothing."""
        loss = 0.0 if victim.condition is Condition.KNOCKED else min(_exact(points), victim.health)
        actor_body = self.body(actor, at) if actor else None
        hit = wire.damage(actor_body, self.body(victim, at), means, loss)
        lethal = victim.standing and loss >= victim.health
        # Now and then the last hit is stamped a millisecond after the knock that it made.
        late = int(lethal and self.rng.random() < _LATE_HIT)
        self.recorder.write(at, "LogPlayerTakeDamage", hit, stamp=at + late)
        self._note(at + late, BlowKind.DAMAGE, actor, victim, loss)
        if actor and actor.troop is not victim.troop:
            actor.figures.damage += loss
        victim.health -= loss
        if lethal:
            self._fall(at, actor, victim, means)

    def _fall(self, at: int, actor: Combatant | None, victim: Combatant, means: Means) -> None:
        if any(mate.standing for mate in victim.troop.members if mate is not victim):
            self._knock(at, actor, victim, means)
            return
        self.die(at, victim, means, finisher=actor, killer=actor)
        # Nobody is left to revive them: knocked mates die with the last one, in the same millisecond.
        for mate in victim.troop.knocked:
            maker = mate.knock.maker if mate.knock else None
            self.die(at, mate, wire.LAST_MATE_FELL, finisher=maker, killer=maker)

    def _knock(self, at: int, actor: Combatant | None, victim: Combatant, means: Means) -> None:
        self._last_knock += 16_777_216
        knock_id = self._last_knock if actor else wire.NOT_KNOCKED
        victim.condition = Condition.KNOCKED
        victim.knock = Knock(knock_id, actor, means)
        actor_body = self.body(actor, at) if actor else None
        event = wire.knock(actor_body, self.body(victim, at), means, knock_id)
        self.recorder.write(at, "LogPlayerMakeGroggy", event)
        self._note(at, BlowKind.KNOCK, actor, victim)
        if actor and actor.troop is not victim.troop:
            actor.figures.knocks += 1

    def finish(self, at: int, finisher: Combatant, victim: Combatant, killer: Combatant | None = None) -> None:
        """Shoot a knocked player dead; the game credits the finisher unless it is told otherwise."""
        attack_id = self._fire(at, finisher)
        means = Means("Damage_Gun", finisher.weapon.causer, "HeadShot", attack_id)
        self.strike(at, finisher, victim, means, 0.0)
        self.die(at, victim, means, finisher=finisher, killer=killer or finisher)

    def bleed_out(self, at: int, victim: Combatant) -> None:
        """Let a knocked player die of the knock; whoever made it is the finisher."""
        maker = victim.knock.maker if victim.knock else None
        self.die(at, victim, wire.BLEEDING, finisher=maker, killer=maker)

    def die(
        self,
        at: int,
        victim: Combatant,
        means: Means,
        *,
        finisher: Combatant | None = None,
        killer: Combatant | None = None,
    ) -> None:
        """Take a player out of the match for good."""
        knock = victim.knock
        maker = knock.maker if knock else None
        suicide = finisher is victim
        betrayed = finisher is not None and not suicide and finisher.troop is victim.troop
        helper = maker if maker and killer and maker.troop is killer.troop and maker is not killer else None
        victim.condition = Condition.DEAD
        victim.knock = None
        victim.health = 0.0
        death = Death(
            victim=self._fallen(victim, at, knocked=knock is not None),
            means=means,
            knock_id=knock.knock_id if knock else wire.NOT_KNOCKED,
            maker=self._named(maker, victim, at),
            maker_means=knock.means if knock else wire.NO_KNOCK,
            finisher=self._named(finisher, victim, at),
            killer=self._named(killer, victim, at),
            assists=[helper.player] if helper else [],
            team_killers=[finisher.player] if finisher and betrayed else [],
            suicide=suicide,
        )
        self.recorder.write(at, "LogPlayerKillV2", wire.kill(death))
        self._note(at, BlowKind.KILL, finisher, victim)
        victim.figures.died_at = at
        victim.figures.death_type = "suicide" if suicide else _DEATH_TYPES.get(means, "byplayer")
        if finisher and betrayed:
            finisher.figures.team_kills += 1
        if helper:
            helper.figures.assists += 1
        if killer and killer.troop is not victim.troop:
            killer.figures.kills += 1
            killer.figures.headshot_kills += means.reason == "HeadShot"

    def _named(self, who: Combatant | None, victim: Combatant, at: int) -> Body | None:
        if who is None:
            return None
        return self._fallen(who, at, knocked=True) if who is victim else self.body(who, at)

    def _fallen(self, who: Combatant, at: int, *, knocked: bool) -> Body:
        body = self.body(who, at)
        return Body(body.player, 0.0, knocked, body.place, body.in_blue, body.in_vehicle)

    def revive(self, at: int, reviver: Combatant, victim: Combatant) -> None:
        """Help a knocked mate up."""
        knock_id = victim.knock.knock_id if victim.knock else wire.NOT_KNOCKED
        trauma_bag = self.rng.random() < _TRAUMA_BAG
        victim.condition = Condition.STANDING
        victim.knock = None
        victim.health = HEALTH_AFTER_TRAUMA_BAG if trauma_bag else HEALTH_AFTER_REVIVE
        event = wire.revive(self.body(reviver, at), self.body(victim, at), knock_id, trauma_bag=trauma_bag)
        self.recorder.write(at, "LogPlayerRevive", event)
        reviver.figures.revives += 1

    def _note(self, at: int, kind: BlowKind, actor: Combatant | None, victim: Combatant, points: float = 0.0) -> None:
        self.blows.append(Blow(at, kind, actor.player if actor else None, victim.player, points))

    def _next_attack(self) -> int:
        self._last_attack += self.rng.randrange(1, 50)
        return self._last_attack


def _exact(points: float) -> float:
    return round(points * _FINEST_DAMAGE) / _FINEST_DAMAGE
