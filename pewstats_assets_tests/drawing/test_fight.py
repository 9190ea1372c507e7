"""Drawings of fights: complete, sound, the same every time, whatever is in the telemetry."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pewstats_assets.drawing import draw_fight, to_png
from pewstats_assets.drawing.svg import shown
from pewstats_assets_tests.drawing.examples import (
    NO_POSITIONS,
    NORTH,
    SOUTH,
    Example,
    duel,
    example,
    fills,
    numbers_in,
    parse,
    places_of,
    positions,
    texts,
)
from pewstats_assets_tests.drawing.test_svg import HOSTILE
from pewstats_assets_tests.fights.events import damage, kill, knock, player

CASES = Path(__file__).parents[3] / "shared" / "golden" / "v2_cases.jsonl.gz"


def draw(made: Example, fight_no: int = 1) -> str:
    return draw_fight(made.match, fight_no, made.combat, NO_POSITIONS)


def is_sound(svg: str) -> bool:
    """The XML can be read, its numbers are numbers, and none of them is absurd."""
    return all(abs(number) < 20_000 for number in numbers_in(svg)) and len(parse(svg)) > 10


def test_a_fight_says_what_it_is() -> None:
    said = texts(draw(duel()))
    assert said[0] == "Fight 12001: won by team 1"
    assert (
        said[1]
        == "Erangel (Baltic_Main) · squad-fpp · official · 2025-07-12 17:00:00 UTC · 9 s · 1 knock · 1 kill · 155 HP"
    )
    assert {
        "Team 1 · won",
        "Team 2 · lost",
        "north",
        "south",
        "whole map: 8160 m",
        "m from the map's western edge",
    } < set(said)
    assert "0:09 by 1" in said  # when south was killed, and by whom
    assert said.count("1→2") == 2  # the knock and the kill, in the time line


def test_north_is_up_and_whoever_stood_there_is_above() -> None:
    svg = draw(duel())
    ((_, north_y),) = places_of(svg, "1")
    ((_, south_y),) = places_of(svg, "2")
    assert north_y < south_y
    coordinates = [int(text) for text in texts(svg) if text.isdigit() and 1900 < int(text) < 2200]
    assert coordinates == sorted(coordinates)
    assert {2000, 2080} < set(range(min(coordinates) - 20, max(coordinates) + 21))


def test_damage_is_a_line_whose_width_grows_with_it() -> None:
    svg = draw(duel())
    widths = [float(e.attrib["stroke-width"]) for e in parse(svg).iter() if "Q" in e.get("d", "")]
    assert len(widths) == 2
    assert min(widths) == pytest.approx(1.4, abs=0.1)
    assert max(widths) == pytest.approx(3.7, abs=0.1)  # 25 and 130 HP


def test_whoever_was_killed_is_hollow() -> None:
    svg = draw(duel())
    markers = [e for e in parse(svg).iter() if e.get("stroke-width") in {"1", "2"} and e.get("fill") is not None]
    assert {"#0072B2", "#fff"} <= fills(svg)
    assert any(e.attrib["fill"] == "#fff" and e.attrib["stroke"] == "#D55E00" for e in markers)
    assert not any(e.attrib["fill"] == "#0072B2" and e.attrib["stroke"] == "#D55E00" for e in markers)


def test_the_same_fight_gives_the_same_bytes() -> None:
    once, again = draw(duel()), draw(duel())
    assert once == again
    assert to_png(once) == to_png(again)


def test_a_png_is_as_large_as_was_asked() -> None:
    for zoom, width in ((1.0, 1000), (2.0, 2000)):
        png = to_png(draw(duel()), zoom)
        assert png.startswith(b"\x89PNG\r\n\x1a\n")
        assert int.from_bytes(png[16:20], "big") == width


def test_text_is_drawn_on_a_machine_without_fonts() -> None:
    with_names, without = duel("aaaaaaaa", "bbbbbbbb"), duel("cccccccc", "dddddddd")
    assert to_png(draw(with_names), 1.0) != to_png(draw(without), 1.0)


@pytest.mark.parametrize("name", [name for name in HOSTILE if name])
def test_names_are_words_and_nothing_else(name: str) -> None:
    # The wire's own limits: a longer name, or half a character, never gets into a frame.
    known = name.encode("utf-8", "ignore").decode()[:500].replace("@", "")
    made = duel(known)
    (fight,) = made.match.fights
    svg = draw(made)
    assert is_sound(svg)
    assert shown(fight.participants[0].player_name) in texts(svg)
    assert {element.tag.rpartition("}")[2] for element in parse(svg).iter()} <= {
        "svg", "title", "style", "rect", "text", "path", "circle", "g", "defs", "use",
    }  # fmt: skip
    assert to_png(svg, 1.0)


@pytest.mark.parametrize("field", ["map_name", "game_mode"])
def test_the_words_of_the_match_are_of_strangers_too(field: str) -> None:
    north, south = player("a@1", NORTH), player("b@2", SOUTH)
    words: dict[str, Any] = {field: '<script>"&\x00' + "x" * 400}
    made = example(knock(4, north, south), kill(9, north, south), **words)
    svg = draw(made)
    assert is_sound(svg)
    assert max(map(len, texts(svg))) < 250
    assert not [element for element in parse(svg).iter() if element.tag.endswith("script")]


def test_a_fight_without_places_has_its_roster_and_its_time_line() -> None:
    a, b = player("a@1", None), player("b@2", None)
    svg = draw(example(damage(0, a, b, 50), knock(4, a, b), kill(9, a, b)))
    said = texts(svg)
    assert "The telemetry has no places for this fight." in said
    assert {"a", "b", "Team 1 · won", "1→2"} < set(said)


def test_a_fight_that_is_over_at_once_is_drawn() -> None:
    a, b = player("a@1", NORTH), player("b@2", NORTH)
    svg = draw(example(knock(4, a, b), kill(4, a, b)))
    assert is_sound(svg)
    assert "0 s" in texts(svg)[1]


def test_ways_lead_on_beyond_the_square_and_are_cut_off() -> None:
    made = duel()
    seen = positions((1, "north", 1000, 2010), (3, "north", 5000, 2010))
    svg = draw_fight(made.match, 1, made.combat, seen)
    assert "square of the fight: 93 m" in texts(svg)
    assert [element for element in parse(svg).iter() if element.get("stroke-dasharray")]


def test_there_is_no_such_fight() -> None:
    with pytest.raises(IndexError):
        draw(duel(), 2)


@pytest.mark.parametrize("number", [13, 100])
def test_a_crowd_gets_the_room_it_needs(number: int) -> None:
    """Every participant has a marker and a line, and no two lines are on each other."""
    players = [player(f"p{n}@{n % 9 + 1}", (1000.0 + n % 5, 2000.0 + n % 3, 0.0)) for n in range(number)]
    events = [damage(n / 10, players[n], players[n - 1], 20) for n in range(number)]
    made = example(*events, knock(11, players[0], players[1]), kill(12, players[0], players[1]))
    (fight,) = made.match.fights
    assert len(fight.participants) == number
    svg = draw(made)
    assert is_sound(svg)
    for n in range(1, number + 1):
        assert len(places_of(svg, str(n))) == 1
        assert len(places_of(svg, str(n), "b e")) == 1
    lines = [place for n in range(1, number + 1) for place in places_of(svg, str(n), "b e")]
    assert len({y for _, y in lines}) == number


amounts = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.floats(-2e5, 1e6))
wire_players = st.builds(
    lambda name, team, x, y: player(f"{name}@{team}", (x, y, 0.0)),
    st.sampled_from(["a", "b", "c", "<", "\u202e"]),
    st.integers(0, 40),
    amounts,
    amounts,
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([damage, knock, kill]), st.floats(0, 300), wire_players, wire_players), max_size=20
    )
)
def test_whatever_fight_is_found_can_be_drawn(events: list[Any]) -> None:
    made = example(*(make(seconds, one, other) for make, seconds, one, other in events))
    for number in range(1, len(made.match.fights) + 1):
        assert is_sound(draw(made, number))


@pytest.mark.skipif(not CASES.exists(), reason="the cases are not on this machine")
def test_all_fights_of_the_golden_cases_can_be_drawn() -> None:
    drawn = 0
    with gzip.open(CASES, "rt", encoding="utf-8") as cases:
        for case in map(json.loads, cases):
            made = example(*case["events"])
            for number in range(1, len(made.match.fights) + 1):
                assert is_sound(draw(made, number))
                drawn += 1
    assert drawn > 100
