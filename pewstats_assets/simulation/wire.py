"""The shapes of telemetry events: which keys, in which order, with which fillers.

Builders return an event without its tail (`common`, `_D`, `_T`), which `Recorder` adds. Nothing here decides what
happens in a match.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pewstats_assets.simulation.world import Player, Point
from pewstats_assets.simulation.zone import Circle, Zone

Event = dict[str, Any]

NO_ATTACK: Final = -1
NOT_KNOCKED: Final = -1
NO_DISTANCE: Final = -1


@dataclass(frozen=True, slots=True)
class Body:
    """A player as one event shows him."""

    player: Player
    health: float
    knocked: bool
    place: Point
    in_blue: bool = False
    in_vehicle: bool = False


@dataclass(frozen=True, slots=True)
class Means:
    """What a hit was made with, as the wire spells it, and in which attack."""

    category: str
    causer: str
    reason: str = "NonSpecific"
    attack_id: int = NO_ATTACK


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A type of vehicle; the wire gives single ones no identity."""

    kind: str
    vehicle_id: str
    velocity: float = 0.0


NOTHING: Final = Means("", "", "")
NO_KNOCK: Final = Means("Damage_None", "None")
BLUE_ZONE: Final = Means("Damage_BlueZone", "BattleRoyaleModeController_Def_C")
FALL: Final = Means("Damage_Instant_Fall", "PlayerMale_A_C")
BLEEDING: Final = Means("Damage_DBNO", "PlayerMale_A_C", "None")
DISCONNECTED: Final = Means("Damage_None", "None", "None")
LAST_MATE_FELL: Final = Means("Damage_DBNO", "PlayerMale_A_C", "CKO")
PLANE: Final = Vehicle("TransportAircraft", "DummyTransportAircraft_C", 3800.0)
CAR: Final = Vehicle("WheeledVehicle", "BP_Mirado_Closed_03_C", 2200.0)
ON_FOOT: Final = Vehicle("", "")


def single(value: float) -> float:
    """A number as the engine writes it: a 32-bit float, widened. 0.1 becomes 0.10000000149011612."""
    return float(struct.unpack("<f", struct.pack("<f", value))[0])


def number(value: float) -> int | float:
    """A number as JSON has it on the wire: whole ones without a fraction."""
    return int(value) if value == int(value) else value


def location(point: Point) -> Event:
    """A place, to half a centimetre: fine enough, a 32-bit float everywhere on the map, and short in the file."""
    return {axis: number(round(value * 2) / 2) for axis, value in (("x", point.x), ("y", point.y), ("z", point.z))}


def character(body: Body, ranking: int = 0) -> Event:
    """A player in an event."""
    return {
        "name": body.player.name,
        "teamId": body.player.team_id,
        "health": number(body.health),
        "location": location(body.place),
        "ranking": ranking,
        "individualRanking": 0,
        "accountId": body.player.account_id,
        "isInBlueZone": body.in_blue,
        "isInRedZone": False,
        "inSpecialZone": "None",
        "isInVehicle": body.in_vehicle,
        "zone": [],
        "type": "user_ai" if body.player.is_bot else "user",
        "isDBNO": body.knocked,
    }


def sentinel() -> Event:
    """The empty attacker of a knock that nobody made."""
    nobody = character(Body(Player("", "", 0), 0, knocked=False, place=Point(0, 0)))
    return nobody | {"inSpecialZone": "", "type": ""}


def wrapper(body: Body, ranking: int = 0) -> Event:
    """A player in the lists of LogMatchStart and LogMatchEnd."""
    return {
        "character": character(body, ranking),
        "primaryWeaponFirst": "",
        "primaryWeaponSecond": "",
        "secondaryWeapon": "",
        "spawnKitIndex": 0,
    }


def item(item_id: str, category: str, sub_category: str, stack: int = 1) -> Event:
    """An item, without attachments."""
    return {
        "itemId": item_id,
        "stackCount": stack,
        "category": category,
        "subCategory": sub_category,
        "attachedItems": [],
    }


def vehicle(kind: Vehicle, at: Point) -> Event:
    """A vehicle; on foot, one of zeros."""
    return {
        "vehicleType": kind.kind,
        "vehicleId": kind.vehicle_id,
        "seatIndex": 0 if kind.kind else -1,
        "healthPercent": 100 if kind is CAR else 0,
        "feulPercent": 62 if kind is CAR else 0,
        "altitudeAbs": 0,
        "altitudeRel": 0,
        "velocity": number(kind.velocity),
        "isWheelsInAir": False,
        "isInWaterVolume": False,
        "isEngineOn": kind is not PLANE,
        "location": location(at),
    }


def ride(body: Body, vehicle_kind: Vehicle, seat: int, mates: Sequence[Body]) -> Event:
    """The body of LogVehicleRide."""
    return {
        "character": character(body),
        "vehicle": vehicle(vehicle_kind, body.place),
        "seatIndex": seat,
        "fellowPassengers": [character(mate) for mate in mates],
    }


def leave(body: Body, vehicle_kind: Vehicle, seat: int, mates: Sequence[Body]) -> Event:
    """The body of LogVehicleLeave."""
    return {
        "character": character(body),
        "vehicle": vehicle(vehicle_kind, body.place),
        "rideDistance": 0,
        "seatIndex": seat,
        "maxSpeed": number(vehicle_kind.velocity),
        "fellowPassengers": [character(mate) for mate in mates],
    }


def match_start(map_name: str, weather: str, mode: str, wrappers: list[Event], *, custom: bool) -> Event:
    """The body of LogMatchStart."""
    return {
        "mapName": map_name,
        "weatherId": weather,
        "characters": wrappers,
        "cameraViewBehaviour": "FpsOnly" if mode.endswith("fpp") else "FpsAndTps",
        "teamSize": 4,
        "isCustomGame": custom,
        "isEventMode": False,
        "blueZoneCustomOptions": "[]",
    }


def match_end(wrappers: list[Event], winners: list[Event]) -> Event:
    """The body of LogMatchEnd."""
    return {"characters": wrappers, "gameResultOnFinished": {"results": winners}, "allWeaponStats": []}


def game_result(player: Player, rank: int, kills: int) -> Event:
    """How a player ended up, as kills and LogMatchEnd have it."""
    return {
        "rank": rank,
        "gameResult": "",
        "teamId": player.team_id,
        "stats": {
            "killCount": kills,
            "distanceOnFoot": 0,
            "distanceOnSwim": 0,
            "distanceOnVehicle": 0,
            "distanceOnParachute": 0,
            "distanceOnFreefall": 0,
            "bpRewardDetail": {
                "byPlayTime": 0,
                "byRanking": 0,
                "byKills": 0,
                "byDamageDealt": 0,
                "boostAmount": 0,
                "byModeScore": 0,
            },
            "arcadeRewardDetail": {"byPlayTime": 0},
            "statTrakDataPairs": [],
            "headshotStatTrakDataPairs": [],
        },
        "accountId": player.account_id,
        "isRewardAbuse": False,
    }


def game_state(at: int, blue: Circle, white: Circle | None, teams: int, players: int) -> Event:
    """The body of LogGameStatePeriodic; `count_the_living` fills in who is alive."""
    nowhere = location(Point(0, 0))
    return {
        "gameState": {
            "elapsedTime": at // 1000,
            "numStartTeams": teams,
            "numAliveTeams": 0,
            "numParticipatedTeams": teams,
            "numJoinPlayers": 0,
            "numStartPlayers": players,
            "numAlivePlayers": 0,
            "numParticipatedPlayers": players,
            "safetyZonePosition": location(blue.center),
            "safetyZoneRadius": number(round(blue.radius)),
            "poisonGasWarningPosition": location(white.center) if white else nowhere,
            "poisonGasWarningRadius": number(round(white.radius)) if white else 0,
            "redZonePosition": nowhere,
            "redZoneRadius": 0,
            "blackZonePosition": nowhere,
            "blackZoneRadius": 0,
        }
    }


def position(body: Body, at: int, inside: Vehicle | None) -> Event:
    """The body of LogPlayerPosition; `count_the_living` fills in who is alive."""
    return {
        "character": character(body),
        "vehicle": vehicle(inside, body.place) if inside else None,
        "elapsedTime": max(0, at // 1000),
        "numAlivePlayers": 0,
    }


def attack(attack_id: int, rounds_left: int, attacker: Body, weapon: Event, *, thrown: bool = False) -> Event:
    """The body of LogPlayerAttack, and (without a vehicle) of LogPlayerUseThrowable."""
    body = {
        "attackId": attack_id,
        "fireWeaponStackCount": rounds_left,
        "attacker": character(attacker),
        "attackType": "Weapon",
        "weapon": weapon,
    }
    return body if thrown else body | {"vehicle": None}


def damage(attacker: Body | None, victim: Body, means: Means, points: float) -> Event:
    """The body of LogPlayerTakeDamage."""
    return {
        "attackId": means.attack_id,
        "attacker": character(attacker) if attacker else None,
        "victim": character(victim),
        "damageTypeCategory": means.category,
        "damageReason": means.reason,
        "damage": number(points),
        "damageCauserName": means.causer,
        "isThroughPenetrableWall": False,
    }


def knock(attacker: Body | None, victim: Body, means: Means, knock_id: int) -> Event:
    """The body of LogPlayerMakeGroggy; without an attacker it has the empty one."""
    return {
        "attackId": means.attack_id,
        "attacker": character(attacker) if attacker else sentinel(),
        "victim": character(victim),
        "damageReason": means.reason if attacker else "",
        "damageTypeCategory": means.category,
        "damageCauserName": means.causer,
        "damageCauserAdditionalInfo": [],
        "victimWeapon": "",
        "victimWeaponAdditionalInfo": [],
        "distance": _distance(attacker, victim),
        "isAttackerInVehicle": attacker is not None and attacker.in_vehicle,
        "dBNOId": knock_id,
        "isThroughPenetrableWall": False,
    }


def revive(reviver: Body, victim: Body, knock_id: int, *, trauma_bag: bool) -> Event:
    """The body of LogPlayerRevive."""
    return {
        "reviver": character(reviver),
        "victim": character(victim),
        "dBNOId": knock_id,
        "useTraumaBag": trauma_bag,
    }


@dataclass(frozen=True, slots=True)
class Death:
    """Everything that the wire says about who brought a death about."""

    victim: Body
    means: Means
    knock_id: int = NOT_KNOCKED
    maker: Body | None = None
    maker_means: Means = NO_KNOCK
    finisher: Body | None = None
    killer: Body | None = None
    assists: Sequence[Player] = ()
    team_killers: Sequence[Player] = ()
    suicide: bool = False


def kill(death: Death) -> Event:
    """The body of LogPlayerKillV2; `count_the_living` fills in the rank."""
    victim = death.victim
    credited = death.maker_means if death.maker is not None and death.killer == death.maker else death.means
    return {
        "attackId": death.means.attack_id,
        "dBNOId": death.knock_id,
        "victimGameResult": game_result(victim.player, 0, 0),
        "victim": character(victim),
        "victimVehicle": vehicle(ON_FOOT, Point(0, 0)),
        "victimWeapon": "",
        "victimWeaponAdditionalInfo": [],
        "dBNOMaker": character(death.maker) if death.maker else None,
        "dBNODamageInfo": _damage_info(death.maker_means, death.maker, victim),
        "finisher": character(death.finisher) if death.finisher else None,
        "finishDamageInfo": _damage_info(death.means, death.finisher, victim),
        "killer": character(death.killer) if death.killer else None,
        "killerDamageInfo": _damage_info(credited if death.killer else NOTHING, death.killer, victim),
        "killerVehicle": vehicle(ON_FOOT, Point(0, 0)),
        "assists_AccountId": [player.account_id for player in death.assists],
        "teamKillers_AccountId": [player.account_id for player in death.team_killers],
        "isSuicide": death.suicide,
    }


def _damage_info(means: Means, actor: Body | None, victim: Body) -> Event:
    return {
        "damageReason": means.reason,
        "damageTypeCategory": means.category,
        "damageCauserName": means.causer,
        "additionalInfo": [],
        "distance": _distance(actor, victim),
        "isThroughPenetrableWall": False,
    }


def _distance(actor: Body | None, victim: Body) -> int | float:
    return number(single(round(actor.place.distance(victim.place), 1))) if actor else NO_DISTANCE


@dataclass(frozen=True, slots=True)
class _Line:
    at: int
    event: Event


class Recorder:
    """Collects the events of one match and puts them into wire order."""

    def __init__(self, start: datetime, zone: Zone, *, writes_nulls: bool) -> None:
        """Start an empty recording.

        Args:
            start: When the match begins; every other time is milliseconds from it.
            zone: Tells the match state that every event carries.
            writes_nulls: Whether a missing object is written as null. Some files leave the key out instead.
        """
        self._start = start
        self._zone = zone
        self._writes_nulls = writes_nulls
        self._lines: list[_Line] = []

    def clock(self, at: int) -> str:
        """A moment as the wire has it."""
        moment = self._start + timedelta(milliseconds=at)
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"

    def write(self, at: int, kind: str, body: Event, *, stamp: int | None = None) -> Event:
        """Add an event.

        Args:
            at: Its place in the file.
            kind: Its `_T`.
            body: What it says.
            stamp: Its `_D` where that differs from its place: neighbours on the wire may be out of order.

        Returns:
            The event as it will be in the file; who calls may still fill in what is known only later.
        """
        if not self._writes_nulls:
            body = {key: value for key, value in body.items() if value is not None}
        moment = at if stamp is None else stamp
        tail = {"common": {"isGame": _state(self._zone, moment)}, "_D": self.clock(moment), "_T": kind}
        event = body | tail
        self._lines.append(_Line(at, event))
        return event

    def events(self) -> list[Event]:
        """All events in wire order."""
        return [line.event for line in sorted(self._lines, key=lambda line: line.at)]


def _state(zone: Zone, at: int) -> int | float:
    return number(single(zone.is_game(at)))
