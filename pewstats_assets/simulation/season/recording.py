"""The telemetry of a match being played: every event as the wire has it, put together from pieces of text.

A match has thousands of events that differ in a few numbers, so nothing is built as a structure first. What happens is
decided in `battle`; what surrounds it in a full-size file, in `bulk`. The shapes are those of `simulation.wire`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from random import Random
from typing import Final

from pewstats_assets.simulation.season.battle import BLEEDING, BLUE_ZONE, MISSES, PULSE, Battle, Death
from pewstats_assets.simulation.season.circles import Circles, Round
from pewstats_assets.simulation.season.fighters import Condition, Fighter, Knock, Means, Squad
from pewstats_assets.simulation.season.pieces import (
    NOWHERE,
    SIXTEENTHS,
    SIXTY_FOURTHS,
    UNINITIALISED,
    attack,
    decimal,
    height,
    item,
    location,
)
from pewstats_assets.simulation.season.population import Fixture

_MILLISECONDS: Final = tuple(f'{n:03d}Z","_T":"' for n in range(1000))
_FLAGS: Final = ("false", "true")
_IN_BLUE: Final = tuple(f'{flag},"isInRedZone":false,"inSpecialZone":"None","isInVehicle":' for flag in _FLAGS)

_ON_FOOT: Final = (
    '{"vehicleType":"","vehicleId":"","seatIndex":-1,"healthPercent":0,"feulPercent":0,"altitudeAbs":0,'
    f'"altitudeRel":0,"velocity":0,"isWheelsInAir":false,"isInWaterVolume":false,"isEngineOn":true,"location":{NOWHERE}}}'
)
_SENTINEL: Final = (
    f'{{"name":"","teamId":0,"health":0,"location":{NOWHERE},"ranking":0,"individualRanking":0,"accountId":"",'
    '"isInBlueZone":false,"isInRedZone":false,"inSpecialZone":"","isInVehicle":false,"zone":[],"type":"","isDBNO":false}'
)
_GAME_RESULT_STATS: Final = (
    '"distanceOnSwim":0,"distanceOnVehicle":0,"distanceOnParachute":337.5,"distanceOnFreefall":243.25,"bpRewardDetail":'
    '{"byPlayTime":0,"byRanking":0,"byKills":0,"byDamageDealt":0,"boostAmount":0,"byModeScore":0},"arcadeRewardDetail":'
    '{"byPlayTime":0},"statTrakDataPairs":[],"headshotStatTrakDataPairs":[]}'
)
_NO_INFO: Final = (
    '{{"damageReason":"{}","damageTypeCategory":"{}","damageCauserName":"{}","additionalInfo":[],"distance":{},'
    '"isThroughPenetrableWall":false}}'
)
_STATE: Final = (
    '"healthPercent":{},"feulPercent":{},"altitudeAbs":0,"altitudeRel":0,"velocity":{},"isWheelsInAir":false,'
    '"isInWaterVolume":false,"isEngineOn":{}'
)
_CAR_STATE: Final = _STATE.format(100, 62, 1600, "true")
_PLANE_STATE: Final = _STATE.format(0, 0, 3800, "false")
_NO_WEAPONS: Final = '"primaryWeaponFirst":"","primaryWeaponSecond":"","secondaryWeapon":"","spawnKitIndex":0'
_CARS: Final = ("BP_Mirado_Closed_03_C", "Dacia_A_03_v2_C", "Uaz_B_01_C", "BP_PickupTruck_A_02_C", "Buggy_A_03_C")

_PLANE_HEIGHT: Final = 150_000
_LOBBY: Final = 60_000
_ISLAND: Final = (0.93, 0.06)
_POSITION_EVERY: Final = 2
"""In pulses."""

_COMEBACKS: Final = frozenset({"Tiger_Main", "DihorOtok_Main"})
"""The maps that tell of somebody who comes back; on the others, only the second landing shows it."""

_STRANGERS: Final = 0.01
_TICKS_AT_ONCE: Final = 3
_REPEATED_LANDINGS: Final = 0.22
_BOXERS: Final = 0.3
_LATE_HITS: Final = 10
"""One in so many of the hits that make somebody fall."""

_LEAVES_THE_SCREEN: Final = 30_000


class Recording:
    """Writes down a match: combat, positions, and little else. It watches the battle, and changes nothing in it."""

    is_full = False

    def __init__(self, fixture: Fixture, circles: Circles, start: datetime, rng: Random) -> None:
        """Start an empty file.

        Args:
            fixture: Who plays where.
            circles: Tell the match state that every event carries.
            start: When the match begins, in whole seconds.
            rng: For what nobody decides: the places on the island, which landing is reported twice.
        """
        self.fixture = fixture
        self.circles = circles
        self.start = start
        self.rng = rng
        self.seed_of_the_rest = rng.getrandbits(64)
        self.battle: Battle | None = None
        #: The odd account that plays without ever having been announced.
        self.stranger: Fighter | None = None
        self.lines: list[tuple[int, str]] = []
        self._stamps: dict[int, str] = {}
        # Files of custom matches leave missing objects out; the others write null.
        self._writes_nulls = fixture.match_type != "custom"
        self.no_vehicle = ',"vehicle":null' if self._writes_nulls else ""
        self._players = 0
        self._alive_teams = 0
        self._alive = 0
        self._pulses = 0
        self._burnt: dict[Fighter, float] = {}

    def text(self, match_id: str) -> str:
        """The whole file, with the definition before everything else."""
        fixture, start = self.fixture, self.start
        name = f"match.bro.{fixture.match_type}.pc-2018-36.steam.{fixture.mode}.eu.{start:%Y.%m.%d.%H}.{match_id}"
        stamp = f"{start:%Y-%m-%dT%H:%M:%S}.{self.rng.randrange(10_000_000):07d}Z"
        definition = f'{{"MatchId":"{name}","PingQuality":"","_D":"{stamp}","_T":"LogMatchDefinition"}}'
        # Stable: events of one millisecond stay in the order in which they were written.
        self.lines.sort(key=itemgetter(0))
        return "[" + definition + "," + ",".join([line for _, line in self.lines]) + "]"

    @property
    def events(self) -> int:
        """How many events there are so far."""
        return len(self.lines) + 1

    # Pieces.

    def write(self, at: int, body: str, kind: str, *, stamp: int | None = None) -> None:
        """Add an event: `body` is its text, without the braces and the tail.

        Args:
            at: Its place in the file.
            body: What it says.
            kind: Its `_T`.
            stamp: Its `_D` where that differs from its place: neighbours on the wire may be out of order.
        """
        moment = at if stamp is None else stamp
        second, millisecond = divmod(moment, 1000)
        head = self._stamps.get(second)
        if head is None:
            clock = self.start + timedelta(seconds=second)
            head = f',"common":{{"isGame":{self.circles.is_game(second)}}},"_D":"{clock:%Y-%m-%dT%H:%M:%S}.'
            self._stamps[second] = head
        self.lines.append((at, f'{{{body}{head}{_MILLISECONDS[millisecond]}{kind}"}}'))

    def character(
        self, who: Fighter, at: int, *, health: float | None = None, knocked: bool | None = None, ranking: int = 0
    ) -> str:
        """A player in an event, as he is at the moment unless told otherwise."""
        x, y = who.place(at)
        squad = who.squad
        points = who.health if health is None else health
        dbno = who.knock is not None if knocked is None else knocked
        n, m, h = max(0, int(x * 1600)), max(0, int(y * 1600)), int(height(x, y) * 64)
        p = int(points * 64)
        rides = squad.rides_from <= at < squad.rides_until
        return (
            f'{who.wire_head}{p >> 6}{SIXTY_FOURTHS[p & 63]},"location":{{"x":{n >> 4}{SIXTEENTHS[n & 15]},'
            f'"y":{m >> 4}{SIXTEENTHS[m & 15]},"z":{h >> 6}{SIXTY_FOURTHS[h & 63]}}},"ranking":{ranking},'
            f'"individualRanking":0,{who.wire_mid}{_IN_BLUE[squad.in_blue]}{_FLAGS[rides]},"zone":[{squad.zone}{who.wire_tail}{_FLAGS[dbno]}}}'
        )

    def elsewhere(self, who: Fighter, place: tuple[float, float, float], *, in_vehicle: bool = False) -> str:
        """A healthy player at a place of no account: on the island, in the plane, falling."""
        return (
            f'{who.wire_head}100,"location":{location(*place)},"ranking":0,"individualRanking":0,{who.wire_mid}'
            f'{_IN_BLUE[0]}{_FLAGS[in_vehicle]},"zone":[{who.wire_tail}false}}'
        )

    def _maybe(self, key: str, value: str | None) -> str:
        """A field that may be missing, with the comma behind it."""
        if value is not None:
            return f'"{key}":{value},'
        return f'"{key}":null,' if self._writes_nulls else ""

    # Before the match, and after it.

    def open(self, battle: Battle) -> None:
        """Write what comes before anybody jumps: logins, the island, the plane."""
        self.battle = battle
        self._alive_teams = len(battle.squads)
        self._alive = self._players = sum(len(squad.members) for squad in battle.squads)
        rng, side = self.rng, self.fixture.game_map.size / 100
        if rng.random() < _STRANGERS:
            squad = rng.choice(battle.squads)
            self.stranger = squad.members[-1] if len(squad.members) > 1 else None
        for squad in battle.squads:
            for member in squad.members:
                if member is self.stranger:
                    continue
                joined = -_LOBBY + rng.randrange(20_000)
                x, y = side * _ISLAND[0] + rng.uniform(-80, 80), side * _ISLAND[1] + rng.uniform(-80, 80)
                body = self.elsewhere(member, (x, y, 600))
                if not member.is_bot:
                    self.write(joined, f'"accountId":"{member.account_id}"', "LogPlayerLogin")
                self.write(joined + 15, f'"character":{body}', "LogPlayerCreate")
                moment = joined + rng.randrange(5_000, 35_000)
                if rng.random() < _BOXERS:
                    # Unlike in the match, the attack id of a punch is not unique.
                    self.write(moment, attack(3, 0, body, UNINITIALISED) + self.no_vehicle, "LogPlayerAttack")
                x, y = x + rng.uniform(-4, 4), y + rng.uniform(-4, 4)
                body = self.elsewhere(member, (x, y, 600))
                position = f'"character":{body}{self.no_vehicle},"elapsedTime":0,"numAlivePlayers":{self._alive}'
                self.write(moment + 400, position, "LogPlayerPosition")
        self._plane(battle)
        self._start(battle)

    def _plane(self, battle: Battle) -> None:
        for squad in battle.squads:
            (_, edge_x, edge_y), (jump, exit_x, exit_y) = squad.way[:2]
            for member in squad.members:
                body = self.elsewhere(member, (edge_x, edge_y, _PLANE_HEIGHT), in_vehicle=True)
                ride = f'"character":{body},"vehicle":{_plane(edge_x, edge_y)},"seatIndex":0,"fellowPassengers":[]'
                self.write(30, ride, "LogVehicleRide")
                body = self.elsewhere(member, (exit_x, exit_y, _PLANE_HEIGHT), in_vehicle=True)
                leave = (
                    f'"character":{body},"vehicle":{_plane(exit_x, exit_y)},"rideDistance":0,"seatIndex":0,'
                    '"maxSpeed":65.75,"fellowPassengers":[]'
                )
                self.write(jump + self.rng.randrange(1_500), leave, "LogVehicleLeave")

    def _start(self, battle: Battle) -> None:
        wrappers = []
        for squad in battle.squads:
            _, x, y = squad.way[0]
            wrappers += [
                _wrapper(self.elsewhere(member, (x, y, _PLANE_HEIGHT), in_vehicle=True))
                for member in squad.members
                if member is not self.stranger
            ]
        fixture = self.fixture
        camera = "FpsOnly" if fixture.mode.endswith("fpp") else "FpsAndTps"
        custom = _FLAGS[fixture.match_type == "custom"]
        self.write(
            0,
            f'"mapName":"{fixture.game_map.name}","weatherId":"{fixture.game_map.weather}",'
            f'"characters":[{",".join(wrappers)}],"cameraViewBehaviour":"{camera}","teamSize":4,'
            f'"isCustomGame":{custom},"isEventMode":false,"blueZoneCustomOptions":"[]"',
            "LogMatchStart",
        )
        # No parser can know every type: there is always a new one.
        who = self.elsewhere(battle.squads[0].members[0], (0, 0, _PLANE_HEIGHT), in_vehicle=True)
        self.write(9_000, f'"markerId":1,"placedBy":{who}', "LogTacticalMarkerPlaced")

    def close(self) -> None:
        """Write the results, and everybody's way out. The list of results is not the last element of a file."""
        assert self.battle is not None
        rng, end = self.rng, self.battle.end
        wrappers, winners = [], []
        for squad in self.battle.squads:
            for member in squad.members:
                if member is self.stranger:
                    continue
                if member.condition is Condition.DEAD:
                    body = (
                        f'{member.wire_head}0,"location":{NOWHERE},"ranking":{squad.rank},"individualRanking":0,'
                        f'{member.wire_mid}{_IN_BLUE[0]}false,"zone":[{member.wire_tail}false}}'
                    )
                else:
                    body = self.character(member, end, ranking=squad.rank)
                wrappers.append(_wrapper(body))
                if squad.rank == 1:
                    winners.append(_game_result(member, 1))
                if not member.is_bot and member.figures.death_type != "logout":
                    leaves = (end if member.died_at is None else member.died_at) + rng.randrange(
                        2_000, _LEAVES_THE_SCREEN
                    )
                    self.write(leaves, f'"accountId":"{member.account_id}"', "LogPlayerLogout")
        for phase in self.circles.phases:
            self._phase(phase.number, phase.announced, phase.white)
            self._phase(phase.number, phase.closing, phase.white)
        if self.battle.is_aborted:
            return
        results = f'{{"results":[{",".join(winners)}]}}'
        self.write(
            end,
            f'"characters":[{",".join(wrappers)}],"gameResultOnFinished":{results},"allWeaponStats":[]',
            "LogMatchEnd",
        )

    def _phase(self, number: int, second: int, white: Round) -> None:
        assert self.battle is not None
        at = second * 1000
        if at >= self.battle.end:
            return
        inside = [
            f'"{member.account_id}"'
            for squad in self.battle.squads
            for member in squad.members
            if (member.died_at is None or member.died_at > at) and white.misses(*member.place(at)) < 0
        ]
        self.write(at, f'"phase":{number},"playersInWhiteCircle":[{",".join(inside)}]', "LogPhaseChange")

    # In the match: positions and the state of the match.

    def pulse(self, at: int) -> None:
        """Write the positions of the last ten seconds, and the state of the match."""
        self._pulses += 1
        if self._pulses % _POSITION_EVERY:
            return
        assert self.battle is not None
        since = at - PULSE * _POSITION_EVERY
        for squad in self.battle.squads:
            if squad.rank == 0 or max(member.died_at or at for member in squad.members) > since:
                self._positions(squad, since)
        self._state(at)

    def _positions(self, squad: Squad, since: int) -> None:
        no_vehicle = self._maybe("vehicle", None)
        for member in squad.members:
            # Everybody has a second of their own, kept to some milliseconds.
            moment = (
                since + 370 + (squad.team_id * 1_741 + member.seat * 97) % 9_600 + (since // 7 + member.seat * 5) % 25
            )
            if (member.died_at is not None and member.died_at <= moment) or moment < member.alive_from:
                continue
            vehicle = no_vehicle
            if member.knock is not None and member.knock.at <= moment and not self.is_full:
                self._bleed(member, moment)
            if moment < squad.landed_at:
                body, vehicle = self._above_ground(member, moment)
            else:
                knocked = member.knock is not None and member.knock.at <= moment
                body = self.character(member, moment, knocked=knocked)
                if squad.rides_from <= moment < squad.rides_until:
                    vehicle = self._maybe("vehicle", self._position_in_car(squad, member, moment))
            self.write(
                moment,
                f'"character":{body},{vehicle}"elapsedTime":{moment // 1000},"numAlivePlayers":{self._alive}',
                "LogPlayerPosition",
            )

    def _position_in_car(self, squad: Squad, member: Fighter, at: int) -> str | None:  # noqa: ARG002 full ones do
        return None

    def _above_ground(self, member: Fighter, at: int) -> tuple[str, str]:
        """A player in the plane, or below the parachute, with the field `vehicle`."""
        squad = member.squad
        jump = squad.way[1][0]
        x, y = squad.place(at)
        if at >= jump:
            z = height(x, y) + (squad.landed_at - at) / (squad.landed_at - jump) * _PLANE_HEIGHT
            return self.elsewhere(member, (x, y, z)), self._maybe("vehicle", None)
        body = self.elsewhere(member, (x, y, _PLANE_HEIGHT), in_vehicle=True)
        return body, self._maybe("vehicle", _plane(x, y))

    def car(self, squad: Squad, member: Fighter, at: int) -> str:
        """The car that a squad drives."""
        x, y = member.place(at)
        car = _CARS[(squad.team_id + squad.car) % len(_CARS)]
        return (
            f'{{"vehicleType":"WheeledVehicle","vehicleId":"{car}","seatIndex":{member.seat},{_CAR_STATE},"location":'
            f"{location(x, y, height(x, y))}}}"
        )

    def _state(self, at: int) -> None:
        blue = self.circles.blue(at / 1000)
        phase = self.circles.announced(at / 1000)
        white = phase.white if phase else None
        poison = f"{location(white.x, white.y, 0)}" if white else NOWHERE
        players, teams = self._players, len(self.battle.squads) if self.battle else 0
        self.write(
            at,
            f'"gameState":{{"elapsedTime":{at // 1000},"numStartTeams":{teams},"numAliveTeams":{self._alive_teams},'
            f'"numParticipatedTeams":{teams},"numJoinPlayers":{self._alive},"numStartPlayers":{players},'
            f'"numAlivePlayers":{self._alive},"numParticipatedPlayers":{players},'
            f'"safetyZonePosition":{location(blue.x, blue.y, 0)},"safetyZoneRadius":{round(blue.radius * 100)},'
            f'"poisonGasWarningPosition":{poison},"poisonGasWarningRadius":{round(white.radius * 100) if white else 0},'
            f'"redZonePosition":{NOWHERE},"redZoneRadius":0,"blackZonePosition":{NOWHERE},"blackZoneRadius":0}}',
            "LogGameStatePeriodic",
        )

    # In the match: what the battle tells.

    def shot(self, at: int, shooter: Fighter, attack_id: int, hits: Sequence[int]) -> None:  # noqa: ARG002 nothing of misses
        """Write an attack for the first bullet that will hit."""
        if hits:
            gun = item(shooter.gun.item_id, "Weapon", "Main")
            bullet = attack(hits[0], 29, self.character(shooter, at), gun) + self.no_vehicle
            self.write(at, bullet, "LogPlayerAttack")

    def throw(self, at: int, thrower: Fighter, item_id: str, attack_id: int) -> None:
        """Write the two events of a throw, the second of which is stamped a millisecond before the first."""
        body = attack(attack_id, 1, self.character(thrower, at), item(item_id, "Equipment", "Throwable"))
        self.write(at, body, "LogPlayerUseThrowable")
        self.write(at, body + self.no_vehicle, "LogPlayerAttack", stamp=at - 1)

    def damage(self, at: int, actor: Fighter | None, victim: Fighter, means: Means, points: float) -> None:
        """Write a hit; of the blue zone's many ticks, only every third that does not kill, for all three."""
        health = victim.health
        if means is BLUE_ZONE and victim.knock is None:
            before = self._burnt.pop(victim, 0.0)
            if points < health and self._pulses % _TICKS_AT_ONCE:
                self._burnt[victim] = before + points
                return
            health, points = min(100.0, health + before), min(100.0, points + before)
        self.hit(at, actor, victim, means, (points, health))

    def hit(self, at: int, actor: Fighter | None, victim: Fighter, means: Means, loss: tuple[float, float]) -> None:
        """Write one damage event. The loss: how many points, and of which health."""
        points, health = loss
        attacker = self._maybe("attacker", None if actor is None else self.character(actor, at))
        # Now and then the last hit is stamped a millisecond after the knock that it made.
        late = int(means.attack_id > 0 and points >= health > 0 and means.attack_id // MISSES % _LATE_HITS == 0)
        self.write(
            at,
            f'"attackId":{means.attack_id},{attacker}"victim":{self.character(victim, at, health=health)},'
            f'"damageTypeCategory":"{means.category}","damageReason":"{means.reason}","damage":{decimal(points)},'
            f'"damageCauserName":"{means.causer}","isThroughPenetrableWall":false',
            "LogPlayerTakeDamage",
            stamp=at + late,
        )

    def _bleed(self, member: Fighter, at: int) -> None:
        """Write that a knocked player bleeds: on the wire, by his own doing and for nothing."""
        self.hit(at, member, member, BLEEDING, (0.0, 0.0))

    def knock(self, at: int, victim: Fighter, knock: Knock) -> None:
        """Write a knock."""
        maker, means = knock.maker, knock.means
        attacker = _SENTINEL if maker is None else self.character(maker, at)
        in_vehicle = maker is not None and maker.squad.rides_from <= at < maker.squad.rides_until
        attachments = ",".join(f'"{name}"' for name in maker.gun.attachments) if maker else ""
        fallen = self.character(victim, at, health=0, knocked=True)
        reason = means.reason if maker else ""
        self.write(
            at,
            f'"attackId":{means.attack_id},"attacker":{attacker},"victim":{fallen},"damageReason":"{reason}",'
            f'"damageTypeCategory":"{means.category}","damageCauserName":"{means.causer}","damageCauserAdditionalInfo":[{attachments}],"victimWeapon":"{victim.gun.causer}_{victim.seat}",'
            f'"victimWeaponAdditionalInfo":[],"distance":{_cm(knock.distance) if maker else -1},"isAttackerInVehicle":'
            f'{_FLAGS[in_vehicle]},"dBNOId":{knock.knock_id},"isThroughPenetrableWall":false',
            "LogPlayerMakeGroggy",
        )

    def kill(self, at: int, death: Death) -> None:
        """Write a death."""
        victim, knock, means = death.victim, death.knock, death.means
        maker = knock.maker if knock else None
        killer = None if death.is_suicide or death.is_team_kill else death.killer
        is_last = not any(mate.condition is not Condition.DEAD and mate is not victim for mate in victim.squad.members)
        self._alive -= 1
        rank = self._alive_teams if is_last else 0
        self._alive_teams -= is_last
        fallen = self.character(victim, at, health=0, knocked=knock is not None, ranking=rank)
        team_killers = f'"{death.killer.account_id}"' if death.is_team_kill and death.killer else ""
        self.write(
            at,
            f'"attackId":{means.attack_id},"dBNOId":{knock.knock_id if knock else -1},'
            f'"victimGameResult":{_game_result(victim, rank)},"victim":{fallen},"victimVehicle":{_ON_FOOT},'
            f'"victimWeapon":"{victim.gun.causer}_{victim.seat}","victimWeaponAdditionalInfo":[],'
            + self._maybe("dBNOMaker", self.character(maker, at) if maker else None)
            + f'"dBNODamageInfo":{_info(knock.means if knock else None, knock.distance if maker and knock else -1)},'
            + self._maybe("finisher", self.character(death.finisher, at) if death.finisher else None)
            + f'"finishDamageInfo":{_info(means, _apart(at, death.finisher, victim))},'
            + self._maybe("killer", self.character(killer, at) if killer else None)
            + f'"killerDamageInfo":{_info(death.credited if killer else _NOTHING, _apart(at, killer, victim))},'
            f'"killerVehicle":{_ON_FOOT},"assists_AccountId":[{",".join(_quoted(death.assists))}],'
            f'"teamKillers_AccountId":[{team_killers}],"isSuicide":{_FLAGS[death.is_suicide]}',
            "LogPlayerKillV2",
        )
        if victim.figures.death_type == "logout":
            self.write(at - 40, f'"accountId":"{victim.account_id}"', "LogPlayerLogout")

    def revive(self, at: int, reviver: Fighter, victim: Fighter, knock: Knock, *, trauma_bag: bool) -> None:
        """Write a revive."""
        self.write(
            at,
            f'"reviver":{self.character(reviver, at)},"victim":{self.character(victim, at)},"dBNOId":{knock.knock_id},'
            f'"useTraumaBag":{_FLAGS[trauma_bag]}',
            "LogPlayerRevive",
        )

    def heal(self, at: int, who: Fighter, item_id: str, points: float) -> None:  # noqa: ARG002 full ones do
        """Write the item that was used, unless it is a drink."""
        if "Boost" not in item_id:
            self.use(at, who, item_id)

    def use(self, at: int, who: Fighter, item_id: str) -> None:
        """Write that an item was used."""
        kind = "Boost" if "Boost" in item_id else "Heal"
        used = f'"character":{self.character(who, at)},"item":{item(item_id, "Use", kind)}'
        self.write(at, used, "LogItemUse")

    def land(self, at: int, who: Fighter) -> None:
        """Write a landing, now and then twice."""
        if who.lives > 1:
            self._alive += 1
            if self.fixture.game_map.name in _COMEBACKS:
                self.write(at - 9_000, f'"character":{self.character(who, at)}', "LogPlayerRedeploy")
        body = f'"character":{self.character(who, at)},"distance":{self.rng.randrange(20_000, 90_000) / 8}'
        for _ in range(2 if self.rng.random() < _REPEATED_LANDINGS else 1):
            self.write(at, body, "LogParachuteLanding")

    def ride(self, at: int, squad: Squad, *, leaves: bool) -> None:
        """Write who gets into a car, or out of it."""
        aboard: list[str] = []
        for member in squad.standing:
            body = self.character(member, at)
            mates = ",".join(aboard) if self.is_full else ""
            car = self.car(squad, member, at)
            if leaves:
                self.write(
                    at + member.seat * 240,
                    f'"character":{body},"vehicle":{car},"rideDistance":812.5,"seatIndex":{member.seat},'
                    f'"maxSpeed":78.25,"fellowPassengers":[{mates}]',
                    "LogVehicleLeave",
                )
            else:
                self.write(
                    at + member.seat * 240,
                    f'"character":{body},"vehicle":{car},"seatIndex":{member.seat},"fellowPassengers":[{mates}]',
                    "LogVehicleRide",
                )
            aboard.append(body)


_NOTHING: Final = Means("", "", "")


def _wrapper(body: str) -> str:
    return f'{{"character":{body},{_NO_WEAPONS}}}'


def _plane(x: float, y: float) -> str:
    return (
        f'{{"vehicleType":"TransportAircraft","vehicleId":"DummyTransportAircraft_C","seatIndex":0,{_PLANE_STATE},'
        f'"location":{location(x, y, _PLANE_HEIGHT)}}}'
    )


def _game_result(who: Fighter, rank: int) -> str:
    return (
        f'{{"rank":{rank},"gameResult":"","teamId":{who.squad.team_id},"stats":{{"killCount":{who.figures.kills},'
        f'"distanceOnFoot":{51.875 + who.seat},{_GAME_RESULT_STATS},"accountId":"{who.account_id}",'
        '"isRewardAbuse":false}'
    )


def _info(means: Means | None, metres: float) -> str:
    if means is None:
        return _NO_INFO.format("NonSpecific", "Damage_None", "None", -1)
    return _NO_INFO.format(means.reason, means.category, means.causer, _cm(metres) if metres >= 0 else -1)


def _cm(metres: float) -> str:
    return decimal(metres * 100)


def _apart(at: int, actor: Fighter | None, victim: Fighter) -> float:
    if actor is None:
        return -1
    x, y = actor.place(at)
    to_x, to_y = victim.place(at)
    return float(((x - to_x) ** 2 + (y - to_y) ** 2) ** 0.5)


def _quoted(fighters: Sequence[Fighter]) -> list[str]:
    return [f'"{fighter.account_id}"' for fighter in fighters]
