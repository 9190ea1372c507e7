"""Fights and their details are found together: details are of the matches with fights that were found, of no others."""

import pytest

from pewstats_assets.fights import MatchFights, UndetectedMatch, find_fights, joined
from pewstats_assets.fights.participation import FightDetails, size
from pewstats_assets_tests.fights.events import kill, knock
from pewstats_assets_tests.fights.participation.examples import decode, roster, stacked

SMALL = decode(*roster("a@1", "b@2"), knock(1, "a@1", "b@2"), kill(2, "a@1", "b@2"))
LARGE = decode(*roster("c@1", "d@2"), *(knock(second, "c@1", "d@2") for second in range(200)))


def numbers(details: FightDetails) -> list[set[int]]:
    return [set(frame["match_no"]) for frame in (details.participants, details.knocks, details.squads)]


def test_details_are_of_all_matches() -> None:
    found = find_fights(stacked(SMALL, LARGE))
    assert all(isinstance(match, MatchFights) for match in found.matches)
    assert numbers(found.details) == [{1, 2}] * 3
    assert numbers(found.details.of_matches({2})) == [{2}] * 3


def test_match_that_is_too_large_to_describe_is_undetected_and_costs_the_others_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(size, "MAX_WORK", 10_000)
    found = find_fights(stacked(SMALL, LARGE))
    first, second = found.matches
    assert isinstance(first, MatchFights)
    assert second == UndetectedMatch(2, "To describe its fights takes more than 10,000 steps.")
    assert numbers(found.details) == [{1}] * 3
    assert found.details.participants.equals(find_fights(stacked(SMALL)).details.participants)


def test_nothing_is_found_in_nothing() -> None:
    found = find_fights(stacked())
    assert found.matches == []
    assert numbers(found.details) == [set()] * 3


def test_parts_are_joined_in_their_order() -> None:
    parts = [find_fights(stacked(SMALL)), find_fights(stacked())]
    whole = joined(parts)
    assert whole.matches == parts[0].matches
    assert whole.details.participants.equals(parts[0].details.participants)
    assert numbers(joined([]).details) == [set()] * 3
