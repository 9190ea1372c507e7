"""A fight: its square of the map, beside it who took part, below it what happened when."""

from typing import Final

import polars as pl

from pewstats_assets.drawing import words
from pewstats_assets.drawing.field import draw_field, draw_inset, draw_legend
from pewstats_assets.drawing.maps import map_of
from pewstats_assets.drawing.roster import draw_roster, roster_height
from pewstats_assets.drawing.scene import scene_of
from pewstats_assets.drawing.style import STYLE, TeamLook, define_signs
from pewstats_assets.drawing.svg import Drawing
from pewstats_assets.drawing.timeline import draw_timeline, timeline_height
from pewstats_assets.fights import MatchFights
from pewstats_assets.fights.ids import fight_id

WIDTH: Final = 1000.0
_FIELD: Final = (58.0, 72.0)
_SIDE: Final = 572.0
_INSET: Final = (650.0, 72.0)
_INSET_SIDE: Final = 100.0
_ROSTER: Final = (650.0, 180.0)
#: Below the field: the coordinates, and the legend.
_BELOW_FIELD: Final = 52.0


def draw_fight(match: MatchFights, fight_no: int, combat: pl.DataFrame, positions: pl.DataFrame) -> str:
    """Draw a fight: its square of the map, its roster, and its time line.

    Args:
        match: the match with its fights.
        fight_no: which of them, from 1.
        combat: the combat events of the match (the columns of `telemetry.frames.COMBAT`), in file order.
        positions: where its players were (the columns of `telemetry.frames.POSITIONS`); may be empty.

    Returns:
        An SVG, 1000 pixels wide.

    Raises:
        IndexError: the match has no such fight.
    """
    fight = match.fights[fight_no - 1]
    scene = scene_of(fight, combat, positions)
    looks = {team: TeamLook(place) for place, team in enumerate(scene.teams)}
    legend_y = _FIELD[1] + _SIDE + _BELOW_FIELD
    timeline_y = max(legend_y + 16, _ROSTER[1] + roster_height(scene) + 8)
    title = f"Fight {fight_id(match.match_no, fight_no)}: {words.outcome(fight)}"
    drawing = Drawing(WIDTH, timeline_y + timeline_height(scene, WIDTH), title, STYLE)
    define_signs(drawing)
    drawing.text((20, 34), title, "h")
    drawing.text((20, 55), words.facts(match, fight), "q", font_size=12)
    square = draw_field(drawing, scene, looks, _FIELD, _SIDE)
    draw_legend(drawing, looks[scene.teams[0]], (_FIELD[0], legend_y))
    draw_inset(drawing, map_of(match.map_name), square, _INSET, _INSET_SIDE)
    draw_roster(drawing, scene, looks, _ROSTER)
    draw_timeline(drawing, scene, looks, timeline_y, WIDTH)
    return str(drawing)
