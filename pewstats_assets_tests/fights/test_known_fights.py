"""The simulation plans its fights; detection has to find exactly those, in the sample and in matches of other seeds."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pewstats_assets.fights import Fight, detect_fights
from pewstats_assets.simulation import simulate_match
from pewstats_assets.telemetry import TelemetryFile, decode_bytes, decode_file
from pewstats_assets_tests.conftest import SAMPLE

TRUTH = [json.loads(line) for line in (SAMPLE / "truth.jsonl").read_text(encoding="utf-8").splitlines()]


def found(fights: Iterable[Fight]) -> list[dict[str, Any]]:
    return [
        {
            "start_time": fight.fight_start_time,
            "end_time": fight.fight_end_time,
            "team_ids": fight.team_ids,
            "knocks": fight.total_knocks,
            "kills": fight.total_kills,
            "total_damage": pytest.approx(fight.total_damage),
            "participants": sorted(participant.player_name for participant in fight.participants),
            "outcome": fight.outcome.value,
            "winning_team_id": fight.winning_team_id,
            "losing_team_id": fight.loser_team_id,
        }
        for fight in fights
    ]


def planned(fights: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    times = ("start_time", "end_time")
    return [
        {
            name: datetime.fromisoformat(value) if name in times else value
            for name, value in fight.items()
            if name != "kind"
        }
        for fight in fights
    ]


@pytest.mark.parametrize("match", TRUTH, ids=lambda match: match["match_id"])
def test_the_known_fights_of_the_sample_are_found(match: dict[str, Any]) -> None:
    telemetry = decode_file(TelemetryFile(SAMPLE / match["file"], match_object=None))
    assert telemetry.match_id == match["match_id"]
    assert planned(match["fights"]) == found(detect_fights(telemetry.combat))


@pytest.mark.parametrize("seed", range(3))
def test_the_known_fights_of_other_seasons_are_found(seed: int) -> None:
    match = simulate_match(seed, match_index=seed)
    truth = json.loads(json.dumps([asdict(fight) for fight in match.truth], default=str))
    telemetry = decode_bytes(json.dumps(match.events).encode(), Path("any.json"))
    assert planned(truth) == found(detect_fights(telemetry.combat))


def test_the_sample_has_every_outcome() -> None:
    outcomes = {fight["outcome"] for match in TRUTH for fight in match["fights"]}
    assert outcomes == {"DECISIVE_WIN", "MARGINAL_WIN", "THIRD_PARTY", "DRAW"}
