"""SVG into PNG, with a typeface of our own: a machine without fonts draws the same picture."""

from functools import cache
from importlib.resources import files
from typing import Final

import resvg_py

from pewstats_assets.drawing.svg import FONT

#: Pixels of the PNG for one of the SVG: sharp where it is printed.
PRINT: Final = 2.0


def to_png(svg: str, zoom: float = PRINT) -> bytes:
    """Turn a drawing into a PNG of `zoom` times its size in pixels.

    Characters that the typeface does not have (it has Latin, Greek and Cyrillic) are drawn as boxes.
    """
    return resvg_py.svg_to_bytes(svg, zoom=zoom, skip_system_fonts=True, font_files=[_typeface()], font_family=FONT)


@cache
def _typeface() -> str:
    return str(files("fontpkg_inter") / "files" / "Inter[opsz,wght].ttf")
