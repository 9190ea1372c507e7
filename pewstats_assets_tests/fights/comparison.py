"""Compares fights with expected ones: every field, participants and their order included."""

from datetime import UTC, datetime
from typing import Any

import pytest

TIMES = {"fight_start_time", "fight_end_time", "knocked_at", "killed_at"}
#: Of teams that tie in score, the expected fight does not say which comes first.
RANKING = {"primary_team_1", "primary_team_2", "third_party_teams"}


def assert_same_fights(found: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    """Assert that fights in the form of `fight_to_json` agree with expected ones, floats to 1e-6."""
    assert len(found) == len(expected)
    for number, (one, other) in enumerate(zip(found, expected, strict=True), start=1):
        participants, expected_participants = one["participants"], other["participants"]
        assert one.keys() - RANKING == other.keys() - RANKING
        _assert_same_values(one, other, other.keys() - {"participants"}, f"fight {number}")
        names = [participant["player_name"] for participant in participants]
        assert names == [participant["player_name"] for participant in expected_participants], f"fight {number}"
        for player, expected_player in zip(participants, expected_participants, strict=True):
            assert player.keys() == expected_player.keys()
            _assert_same_values(player, expected_player, player.keys(), f"fight {number}, {player['player_name']}")


def _assert_same_values(found: dict[str, Any], expected: dict[str, Any], keys: set[str], where: str) -> None:
    for key in sorted(keys):
        one, other = found[key], expected[key]
        if key in TIMES and other is not None:
            one, other = _time(one), _time(other)
        elif isinstance(other, int | float) and not isinstance(other, bool):
            other = pytest.approx(other, abs=1e-6, rel=1e-9)
        assert one == other, f"{where}: {key}"


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
