"""Random matches, forged ones too: whatever is found in them, the warehouse takes it, to the last check constraint."""

from dataclasses import replace
from typing import Final

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pewstats_assets.fights import MatchFights, find_fights
from pewstats_assets.telemetry import MatchTelemetry
from pewstats_assets.warehouse import replace_fights
from pewstats_assets.warehouse.profiles import fights_of
from pewstats_assets_tests.fights.events import Wire, damage, kill, knock
from pewstats_assets_tests.fights.participation.examples import decode, roster, stacked
from pewstats_assets_tests.fights.participation.test_reference import made, matches, rosters, times, where
from pewstats_assets_tests.warehouse.examples import match_id_of, register_matches

MATCHES: Final = 80

#: One name in two teams, no name, no team, an NPC, and the team of the environment.
odd_names: Final = st.sampled_from(["a@1", "a@2", "b@1", "c@", "Guard@3", "@2", "d@0", "e@3", "e@1"])
odd_events: Final = st.lists(
    st.builds(made, st.sampled_from([damage, knock, kill]), times, st.tuples(odd_names, odd_names), where), max_size=15
)


def random_matches() -> list[MatchTelemetry]:
    drawn: list[MatchTelemetry] = []

    # One transaction for all of them: each of its own would take a second.
    @settings(max_examples=MATCHES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(matches, odd_events, rosters)
    def draw(match: list[Wire], odd: list[Wire], squads: tuple[str, ...]) -> None:
        drawn.append(decode(*roster(*squads), *match, *odd))

    draw()
    return drawn


def test_whatever_is_found_is_written(connection: psycopg.Connection) -> None:
    found = find_fights(stacked(*random_matches()))
    (batch,) = register_matches(connection, [match.match_no for match in found.matches], len(found.matches)).batches
    detected = [
        replace(match, match_id=match_id_of(match.match_no))
        for match in found.matches
        if isinstance(match, MatchFights)
    ]
    written = replace_fights(connection, batch, "v2", detected, [], details=found.details)
    assert written.participants == found.details.participants.height > MATCHES
    unread, read = fights_of(connection, batch, written), fights_of(connection, batch)
    for frame in ("participants", "knocks", "squads"):
        assert_frame_equal(getattr(unread, frame), getattr(read, frame), check_exact=True)
