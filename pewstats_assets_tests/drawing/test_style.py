"""Teams can be told apart by people who see few colours, or none."""

from itertools import combinations, pairwise
from math import dist

import pytest

from pewstats_assets.drawing.style import TeamLook, contrast, phase_colour
from pewstats_assets.drawing.svg import Drawing
from pewstats_assets_tests.drawing.examples import SVG, parse

#: Machado, Oliveira and Fernandes 2009, severity 1, for linear RGB.
SIGHT = {
    "all colours": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
#: A difference in CIELAB that nobody overlooks is some 10; 2.3 can just be seen.
EASILY_SEEN = 10.0


def linear(colour: str) -> list[float]:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def lab(colour: str, sight: str) -> tuple[float, float, float]:
    rgb = linear(colour)
    r, g, b = (min(max(sum(w * c for w, c in zip(row, rgb, strict=True)), 0.0), 1.0) for row in SIGHT[sight])
    xyz = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883,
    )
    fx, fy, fz = (c ** (1 / 3) if c > 0.008856 else 7.787 * c + 16 / 116 for c in xyz)
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def luminance(colour: str) -> float:
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True))


@pytest.mark.parametrize("sight", SIGHT)
def test_the_first_seven_teams_have_colours_that_differ(sight: str) -> None:
    colours = [TeamLook(place).colour for place in range(7)]
    for one, other in combinations(colours, 2):
        assert dist(lab(one, sight), lab(other, sight)) > EASILY_SEEN, (one, other)


def shape(place: int) -> tuple[str, ...]:
    drawing = Drawing(100, 100, "", "")
    TeamLook(place).draw(drawing, (50, 50), 8)
    element = parse(str(drawing))[-1]
    return element.tag.removeprefix(SVG), element.get("d", "")


def test_forty_two_teams_look_different_and_neighbours_by_shape_alone() -> None:
    looks = [(TeamLook(place).colour, shape(place)) for place in range(42)]
    assert len(set(looks)) == 42
    assert all(one[1] != other[1] for one, other in pairwise(looks))
    assert len({shape(place) for place in range(6)}) == 6


@pytest.mark.parametrize("colour", [*(TeamLook(place).colour for place in range(7)), *map(phase_colour, range(10))])
def test_a_number_can_be_read_on_every_colour(colour: str) -> None:
    light, dark = sorted((luminance(colour), luminance(contrast(colour).replace("#fff", "#ffffff"))), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2, for text


def test_later_phases_are_lighter_even_in_grey() -> None:
    shades = [luminance(phase_colour(phase)) for phase in range(10)]
    assert shades == sorted(shades)
    assert phase_colour(-1) == phase_colour(0)
    assert phase_colour(99) == phase_colour(9)
