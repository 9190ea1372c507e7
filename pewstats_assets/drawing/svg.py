"""Writing SVG: elements with short numbers, and text that stays text.

Python's own ElementTree writes the markup, for it escapes text and attributes alike. Not here: what is drawn.
"""

import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import quote

#: Pixels, x to the right and y down.
Pixels = tuple[float, float]
Value = str | float | None

FONT: Final = "Inter"
#: Beside letters, digits and _.-~, which always are.
_SAFE_IN_URL: Final = " '=/:;,.-+"
#: What stands for a character that nobody could see, or that would move its neighbours.
REPLACEMENT: Final = "\ufffd"
#: Characters of a name that are drawn; PUBG's have 16 at most.
NAME_LENGTH: Final = 20


class Group:
    """An element of a drawing that others are drawn into, each on top of those before it."""

    def __init__(self, element: ET.Element) -> None:
        self._element = element

    def add(self, tag: str, **attributes: Value) -> "Group":
        """Draw an element: `stroke_width` becomes `stroke-width`, `class_` is `class`, None is left out."""
        values = {name.rstrip("_").replace("_", "-"): _written(value) for name, value in attributes.items()}
        element = ET.SubElement(
            self._element, tag, {name: value for name, value in values.items() if value is not None}
        )
        return Group(element)

    def text(self, at: Pixels, text: str, class_: str | None = None, **attributes: Value) -> None:
        """Write a line of text, its baseline at this place."""
        self.add("text", x=at[0], y=at[1], class_=class_, **attributes)._element.text = text  # noqa: SLF001

    def line(self, start: Pixels, end: Pixels, class_: str | None = None, **attributes: Value) -> None:
        """Draw a straight line."""
        self.add("path", d=path([start, end]), class_=class_, **attributes)

    def window(self, at: Pixels, width: float, height: float) -> "Group":
        """Return what cuts off all that is drawn beyond its edges; coordinates in it begin at its corner."""
        return self.add("svg", x=at[0], y=at[1], width=width, height=height)


class Drawing(Group):
    """A whole drawing on white paper, of so many pixels; the title is for whoever hears it, and for a browser's tab."""

    def __init__(self, width: float, height: float, title: str, style: str) -> None:
        super().__init__(ET.Element("svg"))
        sizes = {"width": number(width), "height": number(height), "viewBox": f"0 0 {number(width)} {number(height)}"}
        for name, value in {"xmlns": "http://www.w3.org/2000/svg", **sizes, "role": "img"}.items():
            self._element.set(name, value)
        for tag, text in (("title", title), ("style", style)):
            ET.SubElement(self._element, tag).text = text
        self.add("rect", width=width, height=height, fill="#fff")

    def __str__(self) -> str:
        return ET.tostring(self._element, encoding="unicode")


def path(points: Iterable[Pixels], *, closed: bool = False) -> str:
    """Write a line through points, as the attribute `d`."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + ("Z" if closed else "")


def paths(lines: Sequence[Sequence[Pixels]]) -> str:
    """Write several lines, as one attribute `d`."""
    return "".join(map(path, lines))


def number(value: float) -> str:
    """Write a number of pixels: a tenth of one is seen by nobody."""
    return f"{round(value, 1) + 0.0:g}" if abs(value) < 1e5 else f"{value:.0f}"  # noqa: PLR2004  beyond which :g counts in e+05


def data_url(svg: str) -> str:
    """Write a drawing as a URL that is the picture itself, in printable ASCII, without quotes, brackets and the like.

    That takes up a seventh less than Base64.
    """
    # Within tags only: ElementTree leaves no > in an attribute, and apostrophes need no escape in a URL.
    in_apostrophes = re.sub("<[^>]*>", lambda tag: tag[0].replace("'", "&apos;").replace('"', "'"), svg)
    return f"data:image/svg+xml,{quote(in_apostrophes, safe=_SAFE_IN_URL)}"


def shown(text: str, length: int = NAME_LENGTH) -> str:
    """Make what strangers wrote fit to be drawn: one line, not too long, nothing that XML or a reader would obey.

    What cannot be seen (controls, directions of writing) is replaced, marks pile up no higher than one on a letter, and
    what is longer than `length` ends in an ellipsis. Markup is left, and escaped where it is written.
    """
    visible: list[str] = []
    for character in text[: 4 * length]:
        is_mark = unicodedata.category(character).startswith("M")
        if is_mark and (not visible or unicodedata.category(visible[-1][-1]).startswith("M")):
            continue
        visible.append(character if is_mark or character.isprintable() else REPLACEMENT)
    whole = "".join(visible)
    return whole if len(whole) <= length and len(text) <= 4 * length else f"{whole[: length - 1]}…"


def _written(value: Value) -> str | None:
    return value if value is None or isinstance(value, str) else number(value)
