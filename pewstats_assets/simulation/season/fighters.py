"""Squads and their members in the course of a match: where they are, what they carry, how they are.

Times are milliseconds since the match began, lengths metres. What they do to each other belongs in `battle`.
"""

from dataclasses import dataclass, field
from enum import Enum, auto
from math import exp, hypot
from typing import Final

from pewstats_assets.simulation.season.circles import Phase
from pewstats_assets.simulation.season.population import Seat

FULL_HEALTH: Final = 100.0
AVERAGE_BOT: Final = {"aim": -1.6, "aggression": -0.8, "survival": -1.0, "support": -1.5, "reach": -0.5}


class Condition(Enum):
    """What a player can still do."""

    STANDING = auto()
    KNOCKED = auto()
    DEAD = auto()


@dataclass(frozen=True, slots=True)
class Gun:
    """A gun in its two spellings.

    Attributes:
        item_id: As attacks spell it.
        causer: As damage spells it.
        points: Health that one bullet or pellet takes from an armoured player, least and most.
        burst: The chance that one more bullet of the same burst hits.
        range_m: The distance at which half of what hits at arm's length still does.
        pellets: What one shot of a shotgun may hit with; 1 otherwise.
        attachments: What is usually mounted.
    """

    item_id: str
    causer: str
    points: tuple[float, float]
    burst: float
    range_m: float
    pellets: int = 1
    attachments: tuple[str, ...] = ()


_AR: Final = (
    "Item_Attach_Weapon_Muzzle_Compensator_Large_C",
    "Item_Attach_Weapon_Lower_Foregrip_C",
    "Item_Attach_Weapon_Magazine_ExtendedQuickDraw_Large_C",
    "Item_Attach_Weapon_Upper_DotSight_01_C",
)
_SR: Final = (
    "Item_Attach_Weapon_Muzzle_Suppressor_Sniper_C",
    "Item_Attach_Weapon_Magazine_ExtendedQuickDraw_SniperRifle_C",
    "Item_Attach_Weapon_Stock_SniperRifle_CheekPad_C",
    "Item_Attach_Weapon_Upper_ACOG_01_C",
)
_SMG: Final = ("Item_Attach_Weapon_Muzzle_Compensator_Medium_C", "Item_Attach_Weapon_Magazine_Extended_Medium_C")

#: From the shortest range to the longest.
GUNS: Final = (
    Gun("Item_Weapon_Berreta686_C", "WeapBerreta686_C", (6, 15), 0.15, 22, 5),
    Gun("Item_Weapon_UMP_C", "WeapUMP_C", (16, 29), 0.50, 45, attachments=_SMG),
    Gun("Item_Weapon_Vector_C", "WeapVector_C", (14, 25), 0.56, 40, attachments=_SMG),
    Gun("Item_Weapon_BerylM762_C", "WeapBerylM762_C", (20, 36), 0.48, 75, attachments=_AR),
    Gun("Item_Weapon_HK416_C", "WeapHK416_C", (18, 33), 0.50, 90, attachments=_AR),
    Gun("Item_Weapon_ACE32_C", "WeapACE32_C", (19, 34), 0.48, 85, attachments=_AR),
    Gun("Item_Weapon_AUG_C", "WeapAUG_C", (18, 33), 0.50, 90, attachments=_AR),
    Gun("Item_Weapon_Mini14_C", "WeapMini14_C", (24, 41), 0.34, 170, attachments=_SR),
    Gun("Item_Weapon_FNFal_C", "WeapFNFal_C", (30, 48), 0.30, 150, attachments=_SR),
    Gun("Item_Weapon_Kar98k_C", "WeapKar98k_C", (48, 82), 0.04, 230, attachments=_SR),
)


@dataclass(frozen=True, slots=True, eq=False)
class Means:
    """What a hit was made with, as the wire spells it, and in which attack."""

    category: str
    causer: str
    reason: str = "NonSpecific"
    attack_id: int = -1


@dataclass(slots=True, eq=False)
class Knock:
    """A knock: it ends in a revive, in a death or with the match.

    Attributes:
        knock_id: Joins the events about it.
        at: When it happened.
        maker: Who did it; None for the environment.
        means: What with.
        distance: From how far away, in metres.
        left: What health the knocked player has: hits take it, on the wire for nothing.
        ended: When it was over; None if the match was over before.
        outcome: `died`, `revived`, `self-revived` or `open`.
        ender: Who finished or revived; None if nobody did.
    """

    knock_id: int
    at: int
    maker: "Fighter | None"
    means: Means
    distance: float
    left: float = FULL_HEALTH
    ended: int | None = None
    outcome: str = "open"
    ender: "Fighter | None" = None


@dataclass(slots=True)
class Figures:
    """What a player did in the match, as the API's match object counts it."""

    kills: int = 0
    headshot_kills: int = 0
    knocks: int = 0
    revives: int = 0
    assists: int = 0
    team_kills: int = 0
    road_kills: int = 0
    heals: int = 0
    boosts: int = 0
    damage: float = 0.0
    longest_kill: float = 0.0
    death_type: str = "alive"


class Fighter:
    """A player in the course of a match."""

    __slots__ = (
        "account_id",
        "acting",
        "aggression",
        "aim",
        "alive_from",
        "busy_until",
        "condition",
        "died_at",
        "figures",
        "from_x",
        "from_y",
        "gun",
        "health",
        "helpers",
        "hit_at",
        "is_bot",
        "joins_at",
        "knock",
        "left",
        "lives",
        "name",
        "reach",
        "reviving",
        "seat",
        "shot_at",
        "since",
        "squad",
        "support",
        "survival",
        "to_x",
        "to_y",
        "until",
        "wire_head",
        "wire_mid",
        "wire_tail",
    )

    def __init__(self, squad: "Squad", place: int, seat: Seat, gun: Gun) -> None:
        """Set somebody up, healthy and standing."""
        self.squad = squad
        self.seat = place
        self.account_id = seat.account_id
        self.name = seat.name
        self.is_bot = seat.account is None
        skills = seat.account
        self.aim = skills.aim if skills else AVERAGE_BOT["aim"]
        self.aggression = skills.aggression if skills else AVERAGE_BOT["aggression"]
        self.survival = skills.survival if skills else AVERAGE_BOT["survival"]
        self.support = skills.support if skills else AVERAGE_BOT["support"]
        self.reach = skills.reach if skills else AVERAGE_BOT["reach"]
        self.gun = gun
        self.health = FULL_HEALTH
        self.condition = Condition.STANDING
        self.knock: Knock | None = None
        self.died_at: int | None = None
        self.lives = 1
        self.alive_from = 0
        self.left = False
        self.figures = Figures()
        self.helpers: dict[Fighter, int] = {}
        self.acting = False
        self.reviving = False
        self.busy_until = 0
        self.hit_at = self.shot_at = -1_000_000
        self.joins_at = 0
        # The place in the formation: on the way from one to another.
        self.from_x = self.from_y = self.to_x = self.to_y = 0.0
        self.since, self.until = 0, 1
        self.wire_head = f'{{"name":"{self.name}","teamId":{squad.team_id},"health":'
        self.wire_mid = f'"accountId":"{self.account_id}","isInBlueZone":'
        self.wire_tail = f'],"type":"{"user_ai" if self.is_bot else "user"}","isDBNO":'

    @property
    def standing(self) -> bool:
        """Whether the player can act."""
        return self.condition is Condition.STANDING

    def place(self, at: int) -> tuple[float, float]:
        """Where the player is at a moment."""
        x, y = self.squad.place(at)
        if at >= self.until:
            return x + self.to_x, y + self.to_y
        share = (at - self.since) / (self.until - self.since)
        if share <= 0.0:
            return x + self.from_x, y + self.from_y
        return x + self.from_x + (self.to_x - self.from_x) * share, y + self.from_y + (self.to_y - self.from_y) * share

    def step(self, at: int, x: float, y: float, duration: int) -> None:
        """Walk to another place in the formation."""
        if at < self.until:
            share = max(0.0, (at - self.since) / (self.until - self.since))
            self.from_x += (self.to_x - self.from_x) * share
            self.from_y += (self.to_y - self.from_y) * share
        else:
            self.from_x, self.from_y = self.to_x, self.to_y
        self.to_x, self.to_y = x, y
        self.since, self.until = at, at + duration


@dataclass(slots=True, eq=False)
class Hostility:
    """Two squads that shoot at each other, from the moment they meet until they part or one of them is out.

    Attributes:
        one: A squad.
        other: The other one.
        began: When they met.
        x: Where: midway between them.
        y: Likewise.
        patience: How long they keep at it: 1 is usual.
        hit_at: When one was last hit by the other; at first, when they met.
        hits: How many hits there were.
        involved: Who hit or was hit.
        is_over: Whether they have parted, or one is out.
        ended: When that was.
    """

    one: "Squad"
    other: "Squad"
    began: int
    x: float
    y: float
    patience: float
    hit_at: int
    hits: int = 0
    involved: "set[Fighter]" = field(default_factory=set)
    is_over: bool = False
    ended: int | None = None


@dataclass(slots=True, eq=False)
class Squad:
    """A squad in the course of a match: its members, its way across the map, its foes."""

    team_id: int
    members: list[Fighter] = field(default_factory=list)
    way: list[tuple[int, float, float]] = field(default_factory=list)
    foes: "dict[Squad, Hostility]" = field(default_factory=dict)
    truces: "dict[Squad, int]" = field(default_factory=dict)
    rank: int = 0
    landed_at: int = 0
    here: tuple[float, float] = (0.0, 0.0)
    """Where the squad was at the last pulse."""

    rides_from: int = 0
    rides_until: int = 0
    car: int = 0
    restless_from: int = 0
    phase: Phase | None = None
    leaves_at: int = 0
    """When the squad sets out for the white circle of the phase."""

    low_until: int = 0
    aggression: float = 0.0
    zone: str = ""
    in_blue: bool = False

    @property
    def standing(self) -> list[Fighter]:
        """The members that can act, by seat."""
        return [member for member in self.members if member.condition is Condition.STANDING]

    @property
    def is_helping(self) -> bool:
        """Whether a member is being revived or waits for it."""
        return any(member.knock is not None for member in self.members)

    @property
    def alive(self) -> bool:
        """Whether anybody is left."""
        return any(member.condition is not Condition.DEAD for member in self.members)

    @property
    def arrives(self) -> int:
        """When the way that has been set out on ends."""
        return self.way[-1][0]

    def place(self, at: int) -> tuple[float, float]:
        """Where the middle of the squad is at a moment."""
        way = self.way
        last = len(way) - 1
        arrives, x, y = way[last]
        if at >= arrives:
            return x, y
        while last > 0 and way[last - 1][0] >= at:
            last -= 1
        if last == 0:
            return way[0][1:]
        arrives, x, y = way[last]
        departs, from_x, from_y = way[last - 1]
        share = (at - departs) / (arrives - departs)
        return from_x + (x - from_x) * share, from_y + (y - from_y) * share

    def go(self, at: int, x: float, y: float, speed: float) -> int:
        """Set out for a place, at so many metres per second, and return when the squad will be there."""
        here_x, here_y = self.place(at)
        while self.way[-1][0] > at:
            self.way.pop()
        arrives = at + 1 + int(hypot(x - here_x, y - here_y) / speed * 1000)
        self.way += [(at, here_x, here_y), (arrives, x, y)]
        return arrives


def weight_of(skill: float, effect: float) -> float:
    """What a skill multiplies: 1 for the average player."""
    return exp(effect * skill)
