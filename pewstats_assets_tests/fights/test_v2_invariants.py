"""What holds for every list of events, whatever happened: ruleset v2 by random matches."""

from collections import Counter
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pewstats_assets.fights import TooMuchCombatError
from pewstats_assets.fights.v2.engagements import Engagement, cluster
from pewstats_assets.fights.v2.events import Event, read_events
from pewstats_assets.telemetry import decode_bytes
from pewstats_assets_tests.fights.events import ANY_MATCH, Place, Wire, as_json, damage, detect, kill, knock, player

few = settings(max_examples=40, deadline=None)

#: Few teams and names, so that they meet again; the gaps are about the limit of 45 s, the distances about 300 m.
places: Final = st.none() | st.tuples(st.sampled_from([0.0, 299.0, 301.0, 900.0]), st.just(0.0), st.just(0.0))
names: Final = st.sampled_from(["a", "b", "c", "d", "e", "Guard", "ai_7", ""])
teams: Final = st.sampled_from(["1", "2", "3", "1", "2", "4", "0", ""])
casualties: Final = st.sampled_from([knock, kill])
hit_points: Final = st.sampled_from([0.0, 20.0, 75.0, 150.0, -5.0])


def _player(name: str, team: str, place: Place | None) -> Wire:
    return player(f"{name}{team}@{team}" if name in {"a", "b"} else f"{name}@{team}", place)


players: Final = st.builds(_player, names, teams, places)
seconds: Final = st.integers(0, 40).map(lambda tens: tens * 10.0)
events: Final = st.one_of(
    casualties.flatmap(lambda casualty: st.builds(casualty, seconds, players, players)),
    st.builds(damage, seconds, players, players, hit_points),
)
matches: Final = st.lists(events, min_size=10, max_size=40)
irrelevant: Final = st.sampled_from(
    [
        {"_T": "LogItemPickup", "_D": "2025-07-12T17:00:10Z", "character": player("a@1")},
        kill(10, "a@1", "c@2") | {"_T": "LogPlayerKill"},
        knock(10, "a@1", "c@2") | {"_D": "no time"},
        knock(10, "a@1", "c@2") | {"attacker": None},
        kill(10, "a@1", "c@"),
        damage(10, "a@1", "b@1", 50),
        None,
    ]
)


def read(match: list[Wire]) -> list[Event]:
    return read_events(decode_bytes(as_json(*match), ANY_MATCH).combat)


def engagements_of(match: list[Wire]) -> list[Engagement]:
    return cluster(read(match))


@few
@given(matches)
def test_every_combat_event_is_in_exactly_one_engagement(match: list[Wire]) -> None:
    combat = Counter(event for event in read(match) if event.is_combat)
    assert Counter(event for engagement in engagements_of(match) for event in engagement.own) == combat


@few
@given(matches)
def test_engagements_last_240_s_at_most_without_a_gap_over_45_s(match: list[Wire]) -> None:
    for engagement in engagements_of(match):
        times = [event.time / 1_000_000 for event in engagement.own]
        assert times[-1] - times[0] <= 240
        assert all(0 <= later - earlier <= 45 for earlier, later in pairwise(times))


@few
@given(matches)
def test_fights_are_sorted_by_their_start(match: list[Wire]) -> None:
    starts = [fight.fight_start_time for fight in detect(*match)]
    assert starts == sorted(starts)


@few
@given(matches)
def test_listed_teams_are_those_of_the_participants_and_have_an_outcome_each(match: list[Wire]) -> None:
    for fight in detect(*match):
        assert fight.team_ids == sorted({participant.team_id for participant in fight.participants})
        assert fight.team_ids == sorted(fight.team_outcomes)


@few
@given(matches)
def test_every_fight_has_participants_each_of_them_once(match: list[Wire]) -> None:
    for fight in detect(*match):
        names_of_all = [participant.player_name for participant in fight.participants]
        assert len(names_of_all) == len(set(names_of_all)) > 0


@few
@given(matches)
def test_participants_have_no_more_knocks_and_kills_than_their_fight(match: list[Wire]) -> None:
    for fight in detect(*match):
        assert sum(participant.knocks_dealt for participant in fight.participants) <= fight.total_knocks
        assert sum(participant.kills_dealt for participant in fight.participants) <= fight.total_kills


@few
@given(matches)
def test_a_participant_survived_or_was_killed_at_a_time_within_the_fight(match: list[Wire]) -> None:
    for fight in detect(*match):
        for participant in fight.participants:
            assert participant.survived != participant.was_killed
            assert participant.was_killed == (participant.killed_at is not None)
            assert participant.was_knocked == (participant.knocked_at is not None)
            moments = [moment for moment in (participant.knocked_at, participant.killed_at) if moment is not None]
            assert all(fight.fight_start_time <= moment <= fight.fight_end_time for moment in moments)


@few
@given(matches)
def test_every_team_of_a_fight_is_ranked_once(match: list[Wire]) -> None:
    for fight in detect(*match):
        ranking = [fight.primary_team_1, fight.primary_team_2, *(fight.third_party_teams or [])]
        assert len(ranking) == len(set(ranking))
        assert set(fight.team_ids) <= set(ranking)


@few
@given(matches, st.lists(st.tuples(st.integers(0, 40), irrelevant), max_size=5))
def test_irrelevant_events_change_nothing(match: list[Wire], insertions: list[tuple[int, Wire | None]]) -> None:
    longer: list[Wire | None] = list(match)
    for index, event in insertions:
        longer.insert(index, event)
    assert detect(*longer) == detect(*match)


def test_forged_combat_ends_in_an_error_instead_of_hours() -> None:
    """One team knocks thousands of others at once, each far from the last: every engagement looks at all of them."""
    apart = 1_000.0
    combat = [knock(0, player("a@1", None), player(f"b{n}@{n}", (n * apart, 0.0, 0.0))) for n in range(2, 3_000)]
    with pytest.raises(TooMuchCombatError, match="3,000,000"):
        detect(*combat)
