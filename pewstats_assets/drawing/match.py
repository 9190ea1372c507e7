"""A match: all its fights on the whole map, beside it a list of them, below it when they were."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import hypot
from typing import Final

import polars as pl

from pewstats_assets.drawing import words
from pewstats_assets.drawing.maps import FARTHEST_M, map_of
from pewstats_assets.drawing.square import Metres, Square, apart, area_radius, around, draw_grid, step, ticks
from pewstats_assets.drawing.style import INK, PAPER, STYLE, contrast, phase_colour
from pewstats_assets.drawing.svg import Drawing, Group, number, paths
from pewstats_assets.drawing.timeline import in_lines
from pewstats_assets.fights import Fight, MatchFights, Outcome

WIDTH: Final = 1000.0
_MAP: Final = (58.0, 72.0)
_SIDE: Final = 640.0
_LEGEND_Y: Final = _MAP[1] + _SIDE + 58
_LIST: Final = (716.0, 72.0)
_LIST_ROW: Final = 15.0
#: Fights that the list has room for; the time line and the map have all.
_LISTED: Final = 41
#: From the left edge of the list: where its columns end, and where the last begins.
_NO: Final = 22.0
_START: Final = 66.0
_PHASE: Final = 108.0
_TEAMS: Final = 152.0
_PLAYERS: Final = 198.0
_WINNER: Final = 210.0
#: The map of a match on an unknown map shows as much as this, with this margin, if its fights are close together.
_LEAST_M: Final = 1000.0
_MARGIN: Final = 0.1
_SMALLEST: Final = 7.0
_AREA_PER_PLAYER: Final = 13.0
_SAMPLES: Final = (2, 8, 16)
_MOVED: Final = 4.0
_BAR: Final = 11.0
_MOST_LINES: Final = 20
_TIMES: Final = (58.0, 970.0)
#: Colours of a match whose telemetry has no zone phases: tenths of the time from its first fight to its last.
_TENTHS: Final = 10


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A fight with its number in the match, seconds from the start of the match, and its zone phase."""

    number: int
    fight: Fight
    start_s: float
    end_s: float
    phase: int
    place: Metres | None


def draw_match(match: MatchFights, phases: pl.DataFrame) -> str:
    """Draw all fights of a match on its map, and in time; circles grow with participants.

    Args:
        match: the match with its fights.
        phases: its zone phases (the columns of `telemetry.frames.PHASES`); may be empty.

    Returns:
        An SVG, 1000 pixels wide.
    """
    # Fights before the match's start are possible: somebody shoots at the airfield.
    times = [match.started_at, *(fight.fight_start_time for fight in match.fights)]
    began = min((time for time in times if time is not None), default=None)
    changes = phases.sort("time", maintain_order=True).select("time", "phase").rows()
    fights = [] if began is None or not match.fights else _numbered(match.fights, began, changes)
    lines = _lines(fights)
    bottom = _LEGEND_Y + 28 + _BAR * 1.2 * (max(lines, default=0) + 1) + 42
    players = sum(len(numbered.fight.participants) for numbered in fights)
    title = f"Match {match.match_no}: {words.count(len(fights), 'fight')}, {words.count(players, 'participant')}"
    drawing = Drawing(WIDTH, bottom, title, STYLE)
    drawing.text((20, 34), title, "h")
    facts = [words.where(match), *([words.utc(began)] if began else []), match.match_id]
    drawing.text((20, 55), " · ".join(facts), "q", font_size=12)
    _draw_map(drawing, match, fights)
    _draw_legend(drawing, fights, has_phases=bool(changes))
    _draw_list(drawing, fights, "phase" if changes else "tenth")
    if began is not None:
        marks = [((time - began).total_seconds(), phase) for time, phase in changes]
        _draw_times(drawing, fights, lines, marks, bottom)
    return str(drawing)


def _numbered(fights: Sequence[Fight], began: datetime, changes: Sequence[tuple[datetime, int]]) -> list[_Numbered]:
    first, last = min(fight.fight_start_time for fight in fights), max(fight.fight_start_time for fight in fights)
    length = (last - first).total_seconds() or 1.0

    def phase_at(time: datetime) -> int:
        if not changes:
            return min(int((time - first).total_seconds() / length * _TENTHS), _TENTHS - 1)
        return max((phase for changed, phase in changes if changed <= time), default=0)

    return [
        _Numbered(
            no,
            fight,
            (fight.fight_start_time - began).total_seconds(),
            (fight.fight_end_time - began).total_seconds(),
            phase_at(fight.fight_start_time),
            _centre(fight),
        )
        for no, fight in enumerate(fights, start=1)
    ]


def _centre(fight: Fight) -> Metres | None:
    if fight.fight_center_x is None or fight.fight_center_y is None:
        return None
    x, y = fight.fight_center_x / 100, fight.fight_center_y / 100
    return (x, y) if abs(x) <= FARTHEST_M and abs(y) <= FARTHEST_M else None


def _draw_map(on: Group, match: MatchFights, fights: Sequence[_Numbered]) -> None:
    placed = [(numbered, numbered.place) for numbered in fights if numbered.place is not None]
    side_m = map_of(match.map_name).side_m
    if side_m is not None:
        square = Square(0, 0, side_m, *_MAP, _SIDE)
    elif placed:
        square = Square(*around((place for _, place in placed), _LEAST_M, _MARGIN), *_MAP, _SIDE)
    else:
        square = Square(0, 0, _LEAST_M, *_MAP, _SIDE)
    draw_grid(on, square)
    radii = [_radius(len(numbered.fight.participants)) for numbered, _ in placed]
    true = [square.place(place) for _, place in placed]
    spots = apart(true, radii, square)
    for place, spot in zip(true, spots, strict=True):
        if hypot(place[0] - spot[0], place[1] - spot[1]) > _MOVED:
            on.line(square.inside(place, 0), spot, "f")
    for (numbered, _), radius, spot in zip(placed, radii, spots, strict=True):
        colour = phase_colour(numbered.phase)
        on.add("circle", cx=spot[0], cy=spot[1], r=radius, fill=colour, stroke=PAPER)
        on.text((spot[0], spot[1] + 3.4), str(numbered.number), "n", fill=contrast(colour))


def _radius(participants: int) -> float:
    return area_radius(participants, _SMALLEST, _AREA_PER_PLAYER)


def _draw_legend(on: Group, fights: Sequence[_Numbered], *, has_phases: bool) -> None:
    x = _MAP[0]
    on.text((x, _LEGEND_Y), "zone phase" if has_phases else "tenths of the time", "s q")
    x += 60 if has_phases else 120
    shown = sorted({numbered.phase for numbered in fights}) if has_phases else range(_TENTHS)
    for phase in shown:
        on.add("rect", x=x, y=_LEGEND_Y - 10, width=20, height=13, fill=phase_colour(phase))
        if has_phases:
            on.text((x + 10, _LEGEND_Y), str(phase), "n", fill=contrast(phase_colour(phase)))
        x += 22
    x += 18
    on.text((x, _LEGEND_Y), "participants", "s q")
    x += 66
    for participants in _SAMPLES:
        radius = _radius(participants)
        on.add("circle", cx=x + radius, cy=_LEGEND_Y - 4, r=radius, class_="f")
        on.text((x + radius, _LEGEND_Y - 0.6), str(participants), "s q m")
        x += 2 * radius + 6


def _draw_list(on: Group, fights: Sequence[_Numbered], of_colour: str) -> None:
    x, y = _LIST[0], _LIST[1] + 10
    for right, head in ((_NO, "no"), (_START, "start"), (_PHASE, of_colour), (_TEAMS, "teams"), (_PLAYERS, "players")):
        on.text((x + right, y), head, "s q e")
    on.text((x + _WINNER, y), "won by", "s q")
    for numbered in fights[:_LISTED]:
        y += _LIST_ROW
        fight = numbered.fight
        on.text((x + _NO, y), str(numbered.number), "b e")
        colour = phase_colour(numbered.phase)
        on.add("rect", x=x + _PHASE - 20, y=y - 9.5, width=20, height=12, fill=colour)
        on.text((x + _PHASE - 10, y), str(numbered.phase), "n", fill=contrast(colour))
        cells = (
            (_START, words.clock(numbered.start_s)),
            (_TEAMS, len(fight.team_ids)),
            (_PLAYERS, len(fight.participants)),
        )
        for right, cell in cells:
            on.text((x + right, y), str(cell), "e")
        is_won = fight.outcome is not Outcome.DRAW and fight.winning_team_id is not None
        on.text((x + _WINNER, y), f"team {fight.winning_team_id}" if is_won else "nobody", None if is_won else "q")
    if len(fights) > _LISTED:
        on.text((x + _NO + 6, y + _LIST_ROW), f"and {len(fights) - _LISTED} more", "q")


def _lines(fights: Sequence[_Numbered]) -> list[int]:
    """In which line of the time line each fight is drawn, so that none covers another; up to so many lines."""
    scale = _scale(fights)
    spans = [(numbered.start_s * scale, numbered.end_s * scale) for numbered in fights]
    return in_lines([(start, max(start, end) + 20) for start, end in spans], _MOST_LINES)


def _draw_times(
    on: Group, fights: Sequence[_Numbered], lines: Sequence[int], changes: Sequence[tuple[float, int]], bottom: float
) -> None:
    """Draw when the fights were, and when the zone's phases began."""
    left, right = _TIMES
    scale = _scale(fights)
    top, base = _LEGEND_Y + 28, bottom - 36
    length = (right - left) / scale
    minutes = step(length / 60)
    at = [left + minute * 60 * scale for minute in ticks(0, length / 60, minutes)]
    on.add("path", d=paths([[(x, top), (x, base)] for x in at]), class_="g")
    for index, x in enumerate(at):
        on.text((x, base + 13), number(index * minutes), "s q m")
    on.text((left, base + 28), "min since the match began", "s q")
    begun: set[int] = set()
    for seconds, phase in changes:
        if phase not in begun and 0 <= seconds <= length:
            begun.add(phase)
            x = left + seconds * scale
            on.line((x, top - 4), (x, base), stroke=INK, stroke_dasharray="2 3", stroke_width=0.6)
            on.text((x + 2, top - 1), f"phase {phase}", "s q")
    for numbered, line in zip(fights, lines, strict=True):
        x, y = left + numbered.start_s * scale, top + 6 + line * _BAR * 1.2
        colour = phase_colour(numbered.phase)
        width = max((numbered.end_s - numbered.start_s) * scale, 2)
        on.add("rect", x=x, y=y, width=width, height=_BAR, fill=colour, rx=2)
        on.text((x + width + 2, y + 9), str(numbered.number), "s")


def _scale(fights: Sequence[_Numbered]) -> float:
    """Pixels of a second in the time line."""
    return (_TIMES[1] - 20 - _TIMES[0]) / max((numbered.end_s for numbered in fights), default=1.0)
