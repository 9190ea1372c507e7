"""Drawings of matches: every fight, where and when it was, in the colour of its zone phase."""

from dataclasses import replace

import polars as pl
import pytest

from pewstats_assets.drawing import draw_match
from pewstats_assets.drawing.style import phase_colour
from pewstats_assets.telemetry.frames import PHASES
from pewstats_assets_tests.drawing.examples import (
    NO_PHASES,
    Example,
    example,
    fills,
    numbers_in,
    parse,
    places_of,
    texts,
)
from pewstats_assets_tests.fights.events import at, kill, knock, player


def fights(*begins: float, apart_m: float = 500.0, map_name: str | None = "Baltic_Main") -> Example:
    """One fight at each of these times, each farther to the south-east than the one before."""
    events: list[object] = []
    for number, seconds in enumerate(begins):
        place = (1000.0 + apart_m * number, 1000.0 + apart_m * number, 0.0)
        one, other = player(f"a{number}@{2 * number + 1}", place), player(f"b{number}@{2 * number + 2}", place)
        events += [knock(seconds, one, other), kill(seconds + 20, one, other)]
    return example(*events, map_name=map_name)


def phases(*changes: tuple[float, int]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"event_index": index, "time": at(seconds), "phase": phase, "is_closing": False}
            for index, (seconds, phase) in enumerate(changes)
        ],
        schema=PHASES,
    )


def test_every_fight_has_a_number_on_the_map_in_the_list_and_in_time() -> None:
    svg = draw_match(fights(100, 400, 900).match, NO_PHASES)
    said = texts(svg)
    assert said[0] == "Match 12: 3 fights, 6 participants"
    assert said[1].startswith("Erangel (Baltic_Main) · squad-fpp · official · 2025-07-12 17:00:00 UTC · ")
    for number, (clock, winner) in enumerate([("1:40", 1), ("6:40", 3), ("15:00", 5)], start=1):
        assert len(places_of(svg, str(number))) >= 1
        assert len(places_of(svg, str(number), "b e")) == 1
        assert len(places_of(svg, str(number), "s")) == 1
        assert clock in said
        assert f"team {winner}" in said


def test_the_whole_map_is_drawn_as_it_lies() -> None:
    svg = draw_match(fights(100, 400).match, NO_PHASES)
    assert {"0", "1000", "8000"} < set(texts(svg))
    (x1, y1), (x2, y2) = places_of(svg, "1")[0], places_of(svg, "2")[0]
    assert x1 < x2
    assert y1 < y2  # y grows south


def test_a_fight_has_the_colour_of_the_phase_in_which_it_began() -> None:
    made = fights(100, 400, 900).match
    svg = draw_match(made, phases((300, 1), (350, 1), (800, 2), (900.5, 3)))
    assert {phase_colour(phase) for phase in (0, 1, 2)} <= fills(svg)
    assert phase_colour(3) not in fills(svg)
    assert {"phase 1", "phase 2", "zone phase"} < set(texts(svg))


def test_without_phases_colours_tell_the_time() -> None:
    svg = draw_match(fights(100, 400, 900).match, NO_PHASES)
    assert {"tenths of the time", "tenth"} < set(texts(svg))
    assert {phase_colour(tenth) for tenth in (0, 3, 9)} <= fills(svg)


@pytest.mark.parametrize("map_name", [None, "Atlantis_Main", "<b>"])
def test_an_unknown_map_is_as_large_as_its_fights_need(map_name: str | None) -> None:
    svg = draw_match(fights(100, 400, 900, apart_m=2000, map_name=map_name).match, NO_PHASES)
    assert len({places_of(svg, str(number))[0] for number in (1, 2, 3)}) == 3
    assert {"1000", "5000"} < set(texts(svg))
    assert "8000" not in texts(svg)


def test_a_match_without_fights_is_an_empty_map() -> None:
    for map_name in ("Savage_Main", None):
        svg = draw_match(example(map_name=map_name).match, NO_PHASES)
        assert texts(svg)[0] == "Match 12: 0 fights, 0 participants"
    assert draw_match(replace(example().match, started_at=None, map_name=None), NO_PHASES)


def test_a_match_whose_start_is_unknown_begins_with_its_first_fight() -> None:
    svg = draw_match(replace(fights(100, 400).match, started_at=None), NO_PHASES)
    assert {"0:00", "5:00"} < set(texts(svg))


def test_a_fight_before_the_start_of_the_match_moves_the_beginning() -> None:
    svg = draw_match(replace(fights(100, 400).match, started_at=at(200)), NO_PHASES)
    assert {"0:00", "5:00"} < set(texts(svg))


def test_as_many_fights_as_ids_have_room_for_are_drawn() -> None:
    made = fights(100).match
    svg = draw_match(replace(made, fights=list(made.fights) * 999), NO_PHASES)
    assert "and 958 more" in texts(svg)
    assert len(places_of(svg, "999")) == 1
    assert all(abs(number) < 20_000 for number in numbers_in(svg))


def test_the_same_match_gives_the_same_bytes() -> None:
    assert draw_match(fights(100, 400).match, NO_PHASES) == draw_match(fights(100, 400).match, NO_PHASES)
    assert len(parse(draw_match(fights(100).match, NO_PHASES))) > 10
