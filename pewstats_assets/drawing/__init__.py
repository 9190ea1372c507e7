"""The room that draws fights and matches, as SVG and as PNG.

Here: what a fight looks like on its map square and in time, and a match's fights on its whole map. Not here: what a
fight is (see `fights`), where fights and telemetry come from, where pictures go. The same input gives the same bytes.

No map images are drawn: a grid with coordinates in metres serves. Names are words of strangers, see `svg.shown`.
"""

from pewstats_assets.drawing.fight import draw_fight
from pewstats_assets.drawing.match import draw_match
from pewstats_assets.drawing.png import to_png
from pewstats_assets.drawing.svg import data_url

__all__ = ["data_url", "draw_fight", "draw_match", "to_png"]
