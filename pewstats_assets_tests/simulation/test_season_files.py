"""Simulated seasons as files: what `pewstats simulate` writes is what the CDN would give, whole, and the same again."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import polars as pl
import pytest

from pewstats_assets.fights import detect_fights
from pewstats_assets.simulation import simulate_match
from pewstats_assets.simulation.season import Size, play_match, write_season
from pewstats_assets.telemetry import decode_combat, decode_file, find_telemetry_files, read_bytes
from pewstats_assets_tests.processes import Pewstats

Event = dict[str, Any]

SEED: Final = 2026
PATH: Final = Path("match.json")


def small(index: int) -> list[Event]:
    events: list[Event] = json.loads(play_match(SEED, index).telemetry)
    return events


@pytest.fixture(scope="module")
def matches() -> list[list[Event]]:
    return [small(index) for index in range(8)]


@pytest.fixture(scope="module")
def full_official() -> bytes:
    """The first official match of the season, in full size, with a full lobby."""
    return next(
        match.telemetry
        for match in (play_match(SEED, index, Size.FULL) for index in range(20))
        if match.truth.match[2] == "official"
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("season")
    assert len(list(write_season(4, SEED, folder, Size.SMALL))) == 4
    return folder


def test_every_match_is_found_with_its_match_object_and_nothing_else(folder: Path) -> None:
    found = find_telemetry_files(folder)
    truth = pl.read_parquet(folder / "truth" / "matches.parquet")
    assert {file.path.name for file in found} == {f"{match_id}.json.gz" for match_id in truth["match_id"]}
    assert all(file.match_object for file in found)
    assert len(found) == len(truth) == 4


def test_files_decode_without_anything_left_out(folder: Path) -> None:
    for file in find_telemetry_files(folder):
        match = decode_file(file)
        assert match.facts["undated_event_count"].to_list() == [0]
        assert match.facts["unknown_event_types"].to_list() == [["LogTacticalMarkerPlaced"]]
        assert match.match_id == file.path.name.removesuffix(".json.gz")
        answer = json.loads(gzip.decompress(read_bytes(file.match_object))) if file.match_object else {}
        assert match.facts["match_type"].to_list() == [answer["data"]["attributes"]["matchType"]]
        assert detect_fights(match.combat)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_seed_gives_the_same_files_however_many_processes(folder: Path, tmp_path: Path) -> None:
    list(write_season(4, SEED, tmp_path, Size.SMALL, processes=2))
    assert contents(tmp_path) == contents(folder)


def test_another_seed_gives_other_people(folder: Path) -> None:
    other = play_match(SEED + 1, 0)
    known = set(pl.read_parquet(folder / "truth" / "accounts.parquet")["account_id"])
    assert known.isdisjoint(row[1] for row in other.truth.appearances)


def test_nobody_sees_half_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    write_bytes = Path.write_bytes

    def write_slowly(path: Path, content: bytes) -> int:
        write_bytes(path, content[: len(content) // 2])
        seen.append([file.path.name for file in find_telemetry_files(tmp_path)])
        return write_bytes(path, content)

    monkeypatch.setattr(Path, "write_bytes", write_slowly)
    (match,) = write_season(1, SEED, tmp_path, Size.SMALL)
    assert seen == [[], []]  # while the match object is written, and while the telemetry is
    assert [file.path.name for file in find_telemetry_files(tmp_path)] == [f"{match.match_id}.json.gz"]


def test_both_sizes_have_the_same_combat() -> None:
    def combat(size: Size) -> pl.DataFrame:
        frame = decode_combat(play_match(SEED, 3, size).telemetry, PATH).combat
        # Bleeding is told of every second in full-size files.
        is_bleeding = pl.col("damage_type") == "Damage_DBNO"
        return frame.filter(is_bleeding.ne_missing(other=True) | (pl.col("kind") != "damage")).drop("event_index")

    assert combat(Size.SMALL).equals(combat(Size.FULL))


def test_small_files_are_small(matches: list[list[Event]], full_official: bytes) -> None:
    average = sum(len(json.dumps(events, separators=(",", ":"))) for events in matches) / len(matches)
    assert average < len(full_official) / 6


def test_full_size_is_that_of_production(full_official: bytes) -> None:
    events = json.loads(full_official)
    assert 33_000 <= len(events) <= 41_000
    assert 33_000_000 <= len(full_official) <= 41_000_000
    assert 2_000_000 <= len(gzip.compress(full_official, 6)) <= 3_200_000


def test_full_size_has_productions_mix_of_events(full_official: bytes) -> None:
    kinds = Counter(event["_T"] for event in json.loads(full_official))
    shares = {"LogHeal": 0.161, "LogPlayerPosition": 0.179, "LogPlayerTakeDamage": 0.155, "LogPlayerAttack": 0.121}
    for kind, share in shares.items():
        assert abs(kinds[kind] / kinds.total() - share) < 0.04, kind
    assert len(kinds) > 35


def keys(value: Any, path: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """The keys of an object and of all objects in it, in their order, by the way to them."""
    if isinstance(value, dict):
        yield path, tuple(value)
        for key, part in value.items():
            yield from keys(part, f"{path}.{key}")
    elif isinstance(value, list):
        for part in value:
            yield from keys(part, f"{path}[]")


def shapes(events: list[Event]) -> dict[str, set[tuple[str, tuple[str, ...]]]]:
    found: dict[str, set[tuple[str, tuple[str, ...]]]] = {}
    for event in events:
        found.setdefault(event["_T"], set()).update(keys(event))
    return found


def test_events_have_the_shapes_of_the_scripted_ones(matches: list[list[Event]]) -> None:
    scripted = shapes([event for index in (0, 1, 2) for event in simulate_match(5, index).events])
    official = [events for events in matches if ".official." in events[0]["MatchId"]]
    seasons = shapes([event for events in official for event in events])
    common = set(scripted) & set(seasons)
    assert len(common) > 15
    for kind in common:
        paths = {path for path, _ in scripted[kind]}
        assert {shape for shape in seasons[kind] if shape[0] in paths} <= scripted[kind], kind


def test_file_order_is_that_of_time_but_for_a_millisecond(matches: list[list[Event]]) -> None:
    for events in matches:
        assert events[0]["_T"] == "LogMatchDefinition"
        assert events[-1]["_T"] != "LogMatchEnd"
        times = [event["_D"] for event in events[1:]]
        swapped = sum(later < sooner for sooner, later in pairwise(times))
        assert 0 < swapped < 60


def test_positions_come_every_ten_seconds(matches: list[list[Event]]) -> None:
    for events in matches:
        moments: dict[str, list[int]] = {}
        for event in events:
            if event["_T"] == "LogPlayerPosition" and event["common"]["isGame"]:
                moments.setdefault(event["character"]["accountId"], []).append(event["elapsedTime"])
        gaps = [later - sooner for times in moments.values() for sooner, later in pairwise(times)]
        assert sum(9 <= gap <= 11 for gap in gaps) > 0.98 * len(gaps)
        assert min(gaps) >= 9


def stats_of(index: int) -> dict[str, Event]:
    answer = json.loads(play_match(SEED, index).match_object)
    participants = [thing for thing in answer["included"] if thing["type"] == "participant"]
    return {one["attributes"]["stats"]["playerId"]: one["attributes"]["stats"] for one in participants}


def count(events: list[Event]) -> Counter[tuple[str, str]]:
    """What the API counts per account, counted in the telemetry: by figure and account."""
    counted: Counter[tuple[str, str]] = Counter()
    for event in events:
        kind, victim = event["_T"], event.get("victim")
        if kind == "LogPlayerKillV2":
            killer = event.get("killer")
            if killer and not event["isSuicide"]:
                assert killer["teamId"] != event["victim"]["teamId"]
                counted["kills", killer["accountId"]] += 1
                counted["headshotKills", killer["accountId"]] += event["killerDamageInfo"]["damageReason"] == "HeadShot"
            counted.update(("teamKills", account) for account in event["teamKillers_AccountId"])
        elif kind == "LogPlayerRevive":
            counted["revives", event["reviver"]["accountId"]] += 1
        elif victim and (attacker := event.get("attacker")) and attacker["accountId"] != victim["accountId"]:
            if kind == "LogPlayerMakeGroggy":
                counted["DBNOs", attacker["accountId"]] += 1
            elif kind == "LogPlayerTakeDamage":
                counted["damageDealt", attacker["accountId"]] += event["damage"]
    return counted


@pytest.mark.parametrize("index", range(6))
def test_telemetry_reconciles_with_the_match_object(index: int, matches: list[list[Event]]) -> None:
    counted = count(matches[index])
    for account, stats in stats_of(index).items():
        for figure in ("kills", "headshotKills", "DBNOs", "revives", "teamKills", "damageDealt"):
            assert stats[figure] == pytest.approx(counted[figure, account], abs=1e-3), (figure, account)


def test_a_knock_ends_once(matches: list[list[Event]]) -> None:
    for events in matches:
        knocks = [event["dBNOId"] for event in events if event["_T"] == "LogPlayerMakeGroggy"]
        ends = [event["dBNOId"] for event in events if event["_T"] in ("LogPlayerRevive", "LogPlayerKillV2")]
        ends = [knock for knock in ends if knock != -1]
        assert len(set(knocks)) == len(knocks)
        assert len(set(ends)) == len(ends)
        assert set(ends) <= set(knocks)


def test_the_dead_are_dead(matches: list[list[Event]]) -> None:
    """Nobody acts after death, unless he has landed again."""
    for events in matches:
        dead: set[str] = set()
        for event in events[1:]:
            kind = event["_T"]
            if kind == "LogParachuteLanding":
                dead.discard(event["character"]["accountId"])
            for role in ("attacker", "reviver", "character"):
                who = event.get(role)
                if kind in ("LogPlayerRevive", "LogPlayerPosition", "LogHeal") and who:
                    assert who["accountId"] not in dead
            if kind == "LogPlayerKillV2":
                assert event["victim"]["accountId"] not in dead
                dead.add(event["victim"]["accountId"])


def test_accounts_come_back_and_some_change_their_name() -> None:
    names: dict[str, set[str]] = {}
    seen: Counter[str] = Counter()
    for index in range(0, 1200, 40):
        for row in play_match(SEED, index).truth.appearances:
            if not row[4]:
                names.setdefault(row[1], set()).add(row[2])
                seen[row[1]] += 1
    assert sum(count > 1 for count in seen.values()) > 0.4 * len(seen)
    assert any(len(known_as) > 1 for known_as in names.values())


def test_simulate_prints_what_it_wrote_and_the_pipeline_takes_it(tmp_path: Path, database_url: str) -> None:
    pewstats = Pewstats(tmp_path / "home", database_url)
    folder = tmp_path / "season"
    arguments = ("--matches", "3", "--seed", "7", "--size", "small", "--out", str(folder))
    (written,) = pewstats.json("simulate", *arguments)
    assert written["matches"] == 3
    assert written["gzip_bytes"] == sum(len(read_bytes(file.path)) for file in find_telemetry_files(folder))
    summary = pewstats.json("demo", str(folder))
    assert [(row["matches"], row["quarantined"]) for row in summary] == [(3, 0), (3, 0)]
    assert all(rule["passed"] for rule in pewstats.json("verify"))


def test_a_league_is_of_the_same_squads_in_one_mode_and_some_change_their_name(tmp_path: Path) -> None:
    league = ("--league", "16")
    written = Pewstats(tmp_path).json("simulate", "--matches", "6", "--size", "small", "--out", str(tmp_path), *league)
    assert written[0]["matches"] == 6
    truth = {name: pl.read_parquet(tmp_path / "truth" / f"{name}.parquet") for name in ("accounts", "appearances")}
    squads = truth["accounts"].group_by("group").agg(pl.col("account_id").sort())["account_id"].to_list()
    assert [len(squad) for squad in squads] == [4] * 16
    played = truth["appearances"].group_by("match_id", "team_id").agg(pl.col("account_id").sort())
    assert played["account_id"].value_counts()["count"].to_list() == [6] * 16
    assert played["account_id"].is_in(squads).all()
    modes = pl.read_parquet(tmp_path / "truth" / "matches.parquet").select("match_type", "game_mode").unique()
    assert modes.rows() == [("competitive", "squad-fpp")]
    assert not truth["appearances"]["is_bot"].any()
    assert truth["accounts"].filter(pl.col("names").list.len() == 2).height


def test_a_league_of_more_squads_than_seats_takes_turns_and_is_another_season() -> None:
    squads = {frozenset(row[1] for row in play_match(SEED, index, league=40).truth.appearances) for index in range(3)}
    assert [len(squad) for squad in squads] == [64] * 3
    ids = {play_match(SEED, 0, league=league).match_id for league in (None, 16, 40)}
    assert len(ids) == 3
