"""What a full-size file has beside combat and positions: the many events that nobody asks about.

Loot, doors, every tick of the blue zone and of a bandage, every bullet that misses: the numbers of each are those of
production. Only the red zones are told of four times as often, with everybody who is alive in them: the other events
come to 27 MB, and a file of 37,000 events is to have 35 to 40.

They follow what happens, and are drawn when it is over, from numbers of their own: they change nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Final

from pewstats_assets.simulation.season.battle import BLUE_ZONE, MISSES, PULSE, Death
from pewstats_assets.simulation.season.circles import Circles
from pewstats_assets.simulation.season.fighters import Condition, Fighter, Means, Squad
from pewstats_assets.simulation.season.pieces import NOWHERE, UNINITIALISED, attack, decimal, item, location
from pewstats_assets.simulation.season.population import Fixture
from pewstats_assets.simulation.season.recording import Recording

_WINDOW: Final = 2 * PULSE
_TICK: Final = 1_000
_ZONE_TICKS: Final = 7
"""Per pulse, of the blue zone; knocked players bleed every second."""

_HEALING_LASTS: Final = 52_000
_HEAL_TICKS: Final = 2_000
_CARRIED: Final = 0.015
_MISSES: Final = 4.6
_SMOKES: Final = 0.14
_ARMOR_BREAKS: Final = 0.09
_VEHICLE_HIT: Final = 0.9
_RED_ZONES: Final = (110_000, 1_000_000)
_RED_ZONE_EVERY: Final = 1_000
"""From when to when there are red zones, and how often it is told who is in them."""

_LOOTING_FOR: Final = 240_000
_WHILE_LOOTING: Final = 5.6
_LATER: Final = 2.0
"""For so long after a landing, and then: how many of the events below somebody makes in ten seconds."""

_AMMO: Final = item("Item_Ammo_556mm_C", "Ammunition", "None", 30)
_LOOT: Final = (
    (_AMMO, 30),
    (item("Item_Ammo_762mm_C", "Ammunition", "None", 30), 26),
    (item("Item_Ammo_9mm_C", "Ammunition", "None", 30), 12),
    (item("Item_Heal_FirstAid_C", "Use", "Heal"), 14),
    (item("Item_Heal_Bandage_C", "Use", "Heal", 5), 12),
    (item("Item_Boost_EnergyDrink_C", "Use", "Boost"), 16),
    (item("Item_Boost_PainKiller_C", "Use", "Boost"), 8),
    (item("Item_Weapon_Grenade_C", "Equipment", "Throwable"), 8),
    (item("Item_Weapon_SmokeBomb_C", "Equipment", "Throwable"), 8),
)
_WORN: Final = (
    (item("Item_Head_F_01_Lv2_C", "Equipment", "Headgear"), 3),
    (item("Item_Armor_D_01_Lv2_C", "Equipment", "Vest"), 3),
    (item("Item_Back_F_01_Lv2_C", "Equipment", "Backpack"), 3),
    (item("Item_Head_E_01_Lv1_C", "Equipment", "Headgear"), 2),
    (item("Item_Armor_E_01_Lv1_C", "Equipment", "Vest"), 2),
)
_USED: Final = (
    (_AMMO, 6),
    (item("Item_Ammo_762mm_C", "Ammunition", "None", 30), 5),
    (item("Item_JerryCan_C", "Use", "Fuel"), 1),
)

#: What somebody does by the way, and how often in relation to the rest.
_DOINGS: Final = {
    "LogItemPickup": 400,
    "LogItemEquip": 118,
    "LogItemUnequip": 92,
    "LogItemDrop": 98,
    "LogItemAttach": 86,
    "LogItemDetach": 52,
    "LogItemPickupFromLootBox": 44,
    "LogItemUse": 42,
    "LogObjectInteraction": 145,
    "LogVaultStart": 46,
    "LogObjectDestroy": 21,
    "LogPlayerDestroyProp": 9,
    "LogWeaponFireCount": 38,
    "LogSwimStart": 5,
    "LogSwimEnd": 5,
}
_WITH_LOOT: Final = frozenset({"LogItemPickup", "LogItemDrop"})
_WITH_EQUIPMENT: Final = frozenset({"LogItemEquip", "LogItemUnequip"})
_WITH_PART: Final = frozenset({"LogItemAttach", "LogItemDetach"})
_PLAIN: Final = {
    "LogObjectInteraction": ',"objectType":"Door","objectTypeStatus":"Opening","objectTypeAdditionalInfo":[]',
    "LogVaultStart": ',"isLedgeGrab":false,"isVaultOnVehicle":false',
    "LogObjectDestroy": f',"objectType":"Window","objectLocation":{NOWHERE},"damageCauserName":""',
    "LogPlayerDestroyProp": f',"objectType":"Prop","objectLocation":{NOWHERE}',
    "LogSwimStart": "",
    "LogSwimEnd": ',"swimDistance":17.5,"maxSwimDepthOfWater":166.125',
}
_SIGHT: Final = "Item_Attach_Weapon_Upper_DotSight_01_C"
_GUNS_AMONG_LOOT: Final = 0.15
_GUNS_AMONG_EQUIPMENT: Final = 0.5


class FullRecording(Recording):
    """Writes down a match with everything that a full-size file has."""

    is_full = True

    def __init__(self, fixture: Fixture, circles: Circles, start: datetime, rng: Random) -> None:
        """As for `Recording`."""
        super().__init__(fixture, circles, start, rng)
        self._chance = Random(self.seed_of_the_rest)
        self._healing: dict[Fighter, int] = {}
        self._last_dead: Fighter | None = None
        self._doings = list(_DOINGS)
        self._doings_how_often = list(_DOINGS.values())

    def pulse(self, at: int) -> None:
        """Write what everybody did in the last ten seconds."""
        super().pulse(at)
        assert self.battle is not None
        if at % _WINDOW:
            return
        for squad in self.battle.squads:
            for member in squad.members:
                if member.condition is not Condition.DEAD and squad.landed_at < at - _WINDOW:
                    self._live(member, at - _WINDOW)
        for moment in range(at - _WINDOW, at, _RED_ZONE_EVERY):
            if _RED_ZONES[0] <= moment < _RED_ZONES[1]:
                self._red_zone(moment)

    def _live(self, member: Fighter, since: int) -> None:
        chance, squad = self._chance, member.squad
        until = self._healing.get(member, 0)
        if until > since and member.knock is None:
            for moment in range(since + chance.randrange(300), min(until, since + _WINDOW), _HEAL_TICKS):
                body = self.character(member, moment)
                self.write(moment, f'"character":{body},"item":{UNINITIALISED},"healAmount":0', "LogHeal")
        if member.knock is not None:
            self._lie(member, since)
            return
        if squad.foes:
            return
        in_car = squad.rides_from <= since < squad.rides_until
        if in_car:
            if member.seat == 0 and chance.random() < _VEHICLE_HIT:
                self._vehicle_damage(member, since + chance.randrange(_WINDOW))
            return
        rate = _WHILE_LOOTING if since < squad.landed_at + _LOOTING_FOR else _LATER
        number = int(rate) + (chance.random() < rate % 1)
        for kind in chance.choices(self._doings, self._doings_how_often, k=number):
            moment = since + chance.randrange(_WINDOW)
            self.write(moment, f'"character":{self.character(member, moment)}{self._doing(member, kind)}', kind)

    def _lie(self, member: Fighter, since: int) -> None:
        """A tick of bleeding every second; now and then a mate carries the knocked player to safety."""
        assert member.knock is not None
        for moment in range(max(member.knock.at + _TICK, since), since + _WINDOW, _TICK):
            self._bleed(member, moment)
        mates = member.squad.standing
        if mates and member.knock.at < since and self._chance.random() < _CARRIED:
            mate = self._chance.choice(mates)
            for moment, step in ((since + 2_000, "Start"), (since + 7_500, "End")):
                for who, role in ((mate, "Carrier"), (member, "Carried")):
                    carry = f'"character":{self.character(who, moment)},"carryState":"BodyCarry_{step}_{role}"'
                    self.write(moment, carry, "LogCharacterCarry")

    def _doing(self, member: Fighter, kind: str) -> str:
        """The fields behind `character` of such an event."""
        chance = self._chance
        if kind in _WITH_LOOT:
            is_gun = chance.random() < _GUNS_AMONG_LOOT
            return f',"item":{self._weapon(member) if is_gun else _one_of(chance, _LOOT)}'
        if kind in _WITH_EQUIPMENT:
            is_gun = chance.random() < _GUNS_AMONG_EQUIPMENT
            return f',"item":{self._weapon(member) if is_gun else _one_of(chance, _WORN)}'
        if kind in _WITH_PART:
            part = item(chance.choice(member.gun.attachments or (_SIGHT,)), "Attachment", "None")
            return f',"parentItem":{self._weapon(member)},"childItem":{part}'
        if kind == "LogItemPickupFromLootBox":
            owner = self._last_dead or member
            loot = _one_of(chance, _LOOT)
            return f',"item":{loot},"ownerTeamId":{owner.squad.team_id},"creatorAccountId":"{owner.account_id}"'
        if kind == "LogWeaponFireCount":
            return f',"weaponId":"{member.gun.item_id}","fireCount":10'
        return f',"item":{_one_of(chance, _USED)}' if kind == "LogItemUse" else _PLAIN[kind]

    def _vehicle_damage(self, member: Fighter, at: int) -> None:
        body, car = self.character(member, at), self.car(member.squad, member, at)
        self.write(
            at,
            f'"attackId":-1,"attacker":{body},"vehicle":{car},"damageTypeCategory":"Damage_VehicleCrashHit",'
            f'"damageCauserName":"None","damage":{decimal(self._chance.uniform(1, 90))},"distance":-1',
            "LogVehicleDamage",
        )

    def _red_zone(self, at: int) -> None:
        """Write who is in the red zone, for those near whom one is."""
        assert self.battle is not None
        place = self.circles.blue(at / 1000)
        inside = [
            self.character(member, at)
            for squad in self.battle.squads
            for member in squad.members
            if (member.died_at is None or member.died_at > at) and max(squad.landed_at, member.alive_from) <= at
        ]
        zone = (
            f'{{"zoneType":"RedZone","uniqueId":{at // 90_000},"state":"Active","position":'
            f'{location(place.x, place.y, 0)},"horizontalRadius":{round(place.radius * 100)}}}'
        )
        self.write(at, f'"zoneInfo":{zone},"charactersInZone":[{",".join(inside)}]', "LogSpecialZoneInCharacters")

    # What the battle tells, with all that goes with it.

    def _position_in_car(self, squad: Squad, member: Fighter, at: int) -> str | None:
        return self.car(squad, member, at)

    def _weapon(self, shooter: Fighter) -> str:
        return item(shooter.gun.item_id, "Weapon", "Main", 1, shooter.gun.attachments)

    def shot(self, at: int, shooter: Fighter, attack_id: int, hits: Sequence[int]) -> None:
        """Write every bullet, those that miss too."""
        weapon, body = self._weapon(shooter), self.character(shooter, at)
        for number, hit_id in enumerate(hits):
            hit = attack(hit_id, 30 - number, body, weapon) + self.no_vehicle
            self.write(at + number * 95, hit, "LogPlayerAttack")
        if self._chance.random() < _SMOKES:
            self.throw(at + 900, shooter, "Item_Weapon_SmokeBomb_C", attack_id + MISSES - 1)
        for number in range(1, min(MISSES - 1, int(self._chance.expovariate(1 / _MISSES) + 1.5))):
            missed = attack(attack_id + number, 29 - number, body, weapon) + self.no_vehicle
            self.write(at + 40 + number * 95, missed, "LogPlayerAttack")

    def damage(self, at: int, actor: Fighter | None, victim: Fighter, means: Means, points: float) -> None:
        """Write a hit, the armour that it breaks, and every single tick of the blue zone."""
        if means is BLUE_ZONE and victim.knock is None:
            part = points / _ZONE_TICKS
            for number in range(_ZONE_TICKS):
                moment = at - PULSE * (_ZONE_TICKS - 1 - number) // _ZONE_TICKS
                self.hit(moment, actor, victim, means, (part, victim.health - part * number))
            return
        super().damage(at, actor, victim, means, points)
        if actor is not None and means.category == "Damage_Gun" and points and self._chance.random() < _ARMOR_BREAKS:
            self.write(
                at,
                f'"attackId":{means.attack_id},"attacker":{self.character(actor, at)},"victim":'
                f'{self.character(victim, at)},"damageTypeCategory":"{means.category}","damageReason":"{means.reason}",'
                f'"damageCauserName":"{means.causer}","item":{_one_of(self._chance, _WORN)},"distance":1250.5',
                "LogArmorDestroy",
            )

    def heal(self, at: int, who: Fighter, item_id: str, points: float) -> None:
        """Write a heal: the item, what it did, and soon the ticks that follow."""
        self.use(at, who, item_id)
        if points:
            # The item of a heal is uninitialised on the wire.
            body = self.character(who, at)
            self.write(at, f'"character":{body},"item":{UNINITIALISED},"healAmount":{decimal(points)}', "LogHeal")
        self._healing[who] = at + _HEALING_LASTS

    def kill(self, at: int, death: Death) -> None:
        """Write a death, and what the engine does with what the dead carried: at once, and a minute later."""
        super().kill(at, death)
        self._last_dead = victim = death.victim
        body = self.character(victim, at, health=0)
        weapon = self._weapon(victim)
        for number, part in enumerate(victim.gun.attachments):
            detached = f'"character":{body},"parentItem":{weapon},"childItem":{item(part, "Attachment", "None")}'
            self.write(at + 120 + number, detached, "LogItemDetach")
        for worn in (weapon, *(piece for piece, _ in _WORN[:3])):
            self.write(at + 60_000, f'"character":{body},"item":{worn}', "LogItemUnequip")


def _one_of(chance: Random, choices: Sequence[tuple[str, int]]) -> str:
    return chance.choices([text for text, _ in choices], [often for _, often in choices])[0]
