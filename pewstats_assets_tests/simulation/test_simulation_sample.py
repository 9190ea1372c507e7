"""The sample in git is what the code makes, and shows every quirk that it promises."""

import gzip
import json
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest

from pewstats_assets.simulation import write_sample

Event = dict[str, Any]

SAMPLE: Final = Path(__file__).parents[2] / "data" / "sample"
MAX_TOTAL: Final = 4_000_000
GZIP_MAGIC: Final = b"\x1f\x8b"


def _content(path: Path) -> bytes:
    content = path.read_bytes()
    while content.startswith(GZIP_MAGIC):
        content = gzip.decompress(content)
    return content


def _telemetry_files(folder: Path) -> list[str]:
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*.json.gz"))
    return sorted(name for name in names if not name.endswith(".match.json.gz"))


def _truth(folder: Path) -> list[Event]:
    return [json.loads(line) for line in (folder / "truth.jsonl").read_bytes().splitlines()]


@pytest.fixture(scope="module")
def matches() -> list[list[Event]]:
    return [json.loads(_content(SAMPLE / line["file"])) for line in _truth(SAMPLE)]


@pytest.fixture(scope="module")
def rewritten(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder)
    return folder


def test_sample_is_what_the_code_makes(rewritten: Path) -> None:
    files = {path.relative_to(SAMPLE) for path in SAMPLE.rglob("*") if path.is_file()}
    assert files == {path.relative_to(rewritten) for path in rewritten.rglob("*") if path.is_file()}
    broken = _broken_file(SAMPLE)
    # Compressed bytes may differ from one zlib to the next; a file that is cut off has nothing but those.
    for file in sorted(files - {Path(broken)}):
        assert _content(SAMPLE / file) == _content(rewritten / file), file


def _broken_file(folder: Path) -> str:
    (broken,) = set(_telemetry_files(folder)) - {line["file"] for line in _truth(folder)}
    return broken


def test_sample_has_two_batches_of_seven() -> None:
    assert len(_telemetry_files(SAMPLE)) == 14
    assert len(_truth(SAMPLE)) == 13


def test_broken_file_is_gzip_cut_off() -> None:
    broken = SAMPLE / _broken_file(SAMPLE)
    assert broken.read_bytes().startswith(GZIP_MAGIC)
    with pytest.raises(EOFError):
        gzip.decompress(broken.read_bytes())


def test_sample_is_packed_in_odd_ways() -> None:
    twice = [line for line in _truth(SAMPLE) if gzip.decompress((SAMPLE / line["file"]).read_bytes())[:2] == GZIP_MAGIC]
    assert len(twice) == 1
    assert [line["file"] for line in _truth(SAMPLE) if line["file"].endswith(f"matchID={line['match_id']}/raw.json.gz")]


def test_match_objects_lie_beside_known_matches() -> None:
    uuids = {line["match_id"] for line in _truth(SAMPLE)}
    objects = sorted(SAMPLE.glob("*.match.json.gz"))
    assert len(objects) >= 4
    for path in objects:
        assert json.loads(_content(path))["data"]["id"] in uuids


def test_sample_stays_small() -> None:
    sizes = {path: path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()}
    assert sum(sizes.values()) < MAX_TOTAL
    assert max(sizes.values()) < 256_000


def _of(events: list[Event], kind: str) -> list[Event]:
    return [event for event in events if event["_T"] == kind]


def _account(character: Event | None) -> str | None:
    return character["accountId"] if character else None


def _team(character: Event | None) -> int | None:
    return character["teamId"] if character else None


def _damage(events: list[Event], category: str) -> list[Event]:
    return [event for event in _of(events, "LogPlayerTakeDamage") if event["damageTypeCategory"] == category]


def _null_attacker(events: list[Event]) -> bool:
    return any("attacker" in event and event["attacker"] is None for event in _of(events, "LogPlayerTakeDamage"))


def _attacker_left_out(events: list[Event]) -> bool:
    return any("attacker" not in event for event in _of(events, "LogPlayerTakeDamage"))


def _sentinel_knock(events: list[Event]) -> bool:
    return any(not event["attacker"]["accountId"] for event in _of(events, "LogPlayerMakeGroggy"))


def _bleeding(events: list[Event]) -> bool:
    ticks = _damage(events, "Damage_DBNO")
    return any(event["attackId"] == -1 and event["attacker"] == event["victim"] for event in ticks)


def _hit_on_knocked(events: list[Event]) -> bool:
    return any(event["victim"]["isDBNO"] and not event["damage"] for event in _damage(events, "Damage_Gun"))


def _pellets(events: list[Event]) -> bool:
    attacks = [event["attackId"] for event in _damage(events, "Damage_Gun")]
    return len(attacks) > len(set(attacks))


def _two_events_per_throw(events: list[Event]) -> bool:
    thrown = {event["attackId"] for event in _of(events, "LogPlayerUseThrowable")}
    return bool(thrown) and thrown <= {event["attackId"] for event in _of(events, "LogPlayerAttack")}


def _grenade_on_several_teams(events: list[Event]) -> bool:
    teams = defaultdict(set)
    for event in _damage(events, "Damage_Explosion_Grenade"):
        teams[event["attackId"], _team(event["attacker"])].add(_team(event["victim"]))
    return any(len(hit) == 3 and own in hit for (_, own), hit in teams.items())


def _double_landing(events: list[Event]) -> bool:
    landings = [(_account(event["character"]), event["_D"]) for event in _of(events, "LogParachuteLanding")]
    return len(landings) > len(set(landings))


def _three_hands(events: list[Event]) -> bool:
    roles = ("dBNOMaker", "finisher", "killer", "victim")
    return any(
        len({_team(event.get(role)) for role in roles} - {None}) == len(roles)
        for event in _of(events, "LogPlayerKillV2")
    )


def _zone_finish(events: list[Event]) -> bool:
    return any(
        event.get("dBNOMaker")
        and not event.get("finisher")
        and event["finishDamageInfo"]["damageTypeCategory"] == "Damage_BlueZone"
        for event in _of(events, "LogPlayerKillV2")
    )


def _knocked_again(events: list[Event]) -> bool:
    revived = {_account(event["victim"]): event["_D"] for event in _of(events, "LogPlayerRevive")}
    return any(
        event["_D"] > revived.get(_account(event["victim"]), "9999") for event in _of(events, "LogPlayerMakeGroggy")
    )


def _team_kill(events: list[Event]) -> bool:
    return any(
        _team(event["finisher"]) == _team(event["victim"])
        and event["teamKillers_AccountId"] == [_account(event["finisher"])]
        for event in _of(events, "LogPlayerKillV2")
        if event.get("finisher")
    )


def _suicide(events: list[Event]) -> bool:
    self_knock = any(_account(e["attacker"]) == _account(e["victim"]) for e in _of(events, "LogPlayerMakeGroggy"))
    deaths = [event for event in _of(events, "LogPlayerKillV2") if event["isSuicide"]]
    return self_knock and any(_account(event["finisher"]) == _account(event["victim"]) for event in deaths)


def _death_without_killer(events: list[Event]) -> bool:
    return any(not event.get("killer") and not event.get("finisher") for event in _of(events, "LogPlayerKillV2"))


def _logout_death(events: list[Event]) -> bool:
    left_at = {event["accountId"]: event["_D"] for event in _of(events, "LogPlayerLogout")}
    return any(event["_D"] > left_at.get(_account(event["victim"]), "9999") for event in _of(events, "LogPlayerKillV2"))


def _stranger(events: list[Event]) -> bool:
    known = {_account(event["character"]) for event in _of(events, "LogPlayerCreate")}
    return any(_account(event["victim"]) not in known for event in _of(events, "LogPlayerTakeDamage"))


def _simultaneous_deaths(events: list[Event]) -> bool:
    deaths = [
        (event["_D"], _team(event["victim"]))
        for event in _of(events, "LogPlayerKillV2")
        if event["finishDamageInfo"]["damageReason"] == "CKO"
    ]
    everybody = [(event["_D"], _team(event["victim"])) for event in _of(events, "LogPlayerKillV2")]
    return any(everybody.count(death) > 1 for death in deaths)


def _run_over(events: list[Event]) -> bool:
    return any(event["attacker"]["isInVehicle"] for event in _damage(events, "Damage_VehicleHit"))


def _zone_grenade(events: list[Event]) -> bool:
    return any(event["attacker"]["type"] == "user" for event in _damage(events, "Damage_BlueZoneGrenade"))


def _late_bleed_out(events: list[Event]) -> bool:
    knocked_at = {event["dBNOId"]: datetime.fromisoformat(event["_D"]) for event in _of(events, "LogPlayerMakeGroggy")}
    return any(
        datetime.fromisoformat(event["_D"]) - knocked_at[event["dBNOId"]] > timedelta(seconds=60)
        for event in _of(events, "LogPlayerKillV2")
        if event["finishDamageInfo"]["damageTypeCategory"] == "Damage_DBNO" and event["dBNOId"] in knocked_at
    )


def _bots(events: list[Event]) -> bool:
    return any(event["character"]["type"] == "user_ai" for event in _of(events, "LogPlayerCreate"))


def _out_of_order_by_a_millisecond(events: list[Event]) -> bool:
    return any(before["_D"] > after["_D"] for before, after in pairwise(events[1:]))


EVERYWHERE: Final[list[Callable[[list[Event]], bool]]] = [
    _bleeding,
    _hit_on_knocked,
    _pellets,
    _double_landing,
    _simultaneous_deaths,
    _death_without_killer,
]
SOMEWHERE: Final[list[Callable[[list[Event]], bool]]] = [
    _null_attacker,
    _attacker_left_out,
    _sentinel_knock,
    _two_events_per_throw,
    _grenade_on_several_teams,
    _three_hands,
    _zone_finish,
    _knocked_again,
    _team_kill,
    _suicide,
    _logout_death,
    _stranger,
    _run_over,
    _zone_grenade,
    _late_bleed_out,
    _bots,
    _out_of_order_by_a_millisecond,
]


@pytest.mark.parametrize("quirk", EVERYWHERE)
def test_quirk_is_in_every_match(quirk: Callable[[list[Event]], bool], matches: list[list[Event]]) -> None:
    assert all(quirk(events) for events in matches)


@pytest.mark.parametrize("quirk", SOMEWHERE)
def test_quirk_is_in_the_sample(quirk: Callable[[list[Event]], bool], matches: list[list[Event]]) -> None:
    assert any(quirk(events) for events in matches)


def test_a_player_changes_name(matches: list[list[Event]]) -> None:
    names = defaultdict(set)
    for events in matches:
        for event in _of(events, "LogPlayerCreate"):
            if event["character"]["type"] == "user":
                names[_account(event["character"])].add(event["character"]["name"])
    assert any(len(known_as) > 1 for known_as in names.values())


def test_settings_mix(matches: list[list[Event]]) -> None:
    names = [events[0]["MatchId"].split(".") for events in matches]
    assert {name[2] for name in names} == {"official", "competitive", "custom"}
    assert {name[5] for name in names} == {"squad", "squad-fpp"}
    maps = {event["mapName"] for events in matches for event in _of(events, "LogMatchStart")}
    assert maps == {"Baltic_Main", "Desert_Main", "Tiger_Main", "Savage_Main"}


def test_an_unknown_type_is_in_every_match(matches: list[list[Event]]) -> None:
    assert all(_of(events, "LogTacticalMarkerPlaced") for events in matches)
