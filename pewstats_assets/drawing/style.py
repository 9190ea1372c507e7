"""Colours, shapes and sizes: what tells teams and zone phases apart, for people who see colours differently, too.

Teams have colours of Okabe and Ito (2008, "Color Universal Design"), without the yellow that white paper swallows, and
a shape each. Phases have colours of one scale from dark to light that keeps its order in grey.
"""

from dataclasses import dataclass
from math import cos, pi, sin
from typing import Final

from pewstats_assets.drawing.svg import FONT, Group, Pixels, path, paths

INK: Final = "#1a1a1a"
PAPER: Final = "#fff"
#: Half the size of a sign.
SIGN: Final = 4.0

STYLE: Final = (
    f"svg{{font-family:{FONT},'Helvetica Neue',Arial,sans-serif;font-size:11px;fill:{INK}}}"
    "text{white-space:pre}"
    ".h{font-size:20px;font-weight:700}.b{font-weight:700}.s{font-size:10px}.q{fill:#666}"
    ".m{text-anchor:middle}.e{text-anchor:end}"
    ".n{font-size:9.5px;font-weight:700;text-anchor:middle}"
    ".g{stroke:#e4e4e4;fill:none}.f{stroke:#888;fill:none}.k{stroke:#1a1a1a;stroke-width:2;fill:none}"
    ".o{stroke:#fff;stroke-width:4.5;fill:none}"
    ".r{stroke:#1a1a1a;stroke-width:1.5;fill:#fff}.l{fill:none}.a{opacity:.62}"
)

_OKABE_ITO: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#4D4D4D")
#: A circle, and polygons: corners, and the direction of the first in eighths of a turn from above. Six shapes and seven
#: colours: 42 teams look different, and teams of one colour have shapes that do, too.
_CORNERS: Final = ((0, 0.0), (4, 1.0), (3, 0.0), (4, 0.0), (3, 4.0), (6, 0.0))
#: Cut from the scale "cividis" (Nuñez, Anderton and Renslow 2018), lightest last.
_PHASES: Final = (
    "#00224e",
    "#123570",
    "#3b496c",
    "#575d6d",
    "#707173",
    "#8a8678",
    "#a59c74",
    "#c3b369",
    "#e1cc55",
    "#fee838",
)


@dataclass(frozen=True, slots=True)
class TeamLook:
    """How a team is drawn; `place` counts the teams of a drawing from 0, the most important first."""

    place: int

    @property
    def colour(self) -> str:
        """Of its markers, lines and bars."""
        return _OKABE_ITO[self.place % len(_OKABE_ITO)]

    def draw(self, on: Group, at: Pixels, radius: float, *, hollow: bool = False) -> None:
        """Draw the team's shape, filled or hollow."""
        look = {
            "fill": PAPER if hollow else self.colour,
            "stroke": self.colour if hollow else PAPER,
            "stroke_width": 2 if hollow else 1,
        }
        corners, turn = _CORNERS[self.place % len(_CORNERS)]
        if corners == 0:
            on.add("circle", cx=at[0], cy=at[1], r=radius, **look)
            return
        # Shapes of few corners are drawn larger, so that all seem of one size and have room for a number.
        size = radius * {3: 1.42, 4: 1.22}.get(corners, 1.08)
        on.add(
            "path",
            d=path([_corner(at, size, index / corners + turn / 8) for index in range(corners)], closed=True),
            **look,
        )

    def text_on(self, *, hollow: bool = False) -> str:
        """Colour of text that can be read on its shape."""
        return INK if hollow else contrast(self.colour)


def phase_colour(phase: int) -> str:
    """Colour of a zone phase; 0 is before the first."""
    return _PHASES[min(max(phase, 0), len(_PHASES) - 1)]


def contrast(colour: str) -> str:
    """Black or white, whichever can be read better on this colour (`#rrggbb`), by the contrast ratio of WCAG 2."""
    on, ink = _luminance(colour) + 0.05, _luminance(INK) + 0.05
    return INK if on / ink > 1.05 / on else PAPER


def _luminance(colour: str) -> float:
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]  # noqa: PLR2004  sRGB
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def define_signs(on: Group) -> None:
    """Say once in a drawing what the signs look like."""
    defined = on.add("defs")
    size = SIGN
    triangle = [(-size, -0.8 * size), (size, -0.8 * size), (0, size)]
    defined.add("path", id="knock", d=path(triangle, closed=True), class_="r")
    strokes: dict[str, list[list[Pixels]]] = {
        "kill": [[(-size, -size), (size, size)], [(-size, size), (size, -size)]],
        "revive": [[(-size, 0), (size, 0)], [(0, -size), (0, size)]],
    }
    for kind, lines in strokes.items():
        sign = defined.add("g", id=kind)
        for class_ in ("o", "k"):
            sign.add("path", d=paths(lines), class_=class_)


def draw_sign(on: Group, kind: str, at: Pixels) -> None:
    """Draw the sign of a knock (a triangle that points down), a kill (a cross) or a revive (a plus)."""
    on.add("use", href=f"#{kind}", x=at[0], y=at[1])


def _corner(at: Pixels, size: float, turn: float) -> Pixels:
    return at[0] + size * sin(2 * pi * turn), at[1] - size * cos(2 * pi * turn)
