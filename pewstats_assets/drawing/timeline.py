"""The time line of a fight: for each team the damage it dealt, and its knocks, kills and revives."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pewstats_assets.drawing.scene import Moment, Scene
from pewstats_assets.drawing.square import step, ticks
from pewstats_assets.drawing.style import TeamLook, draw_sign
from pewstats_assets.drawing.svg import Group, number, path, paths

_LEFT: Final = 92.0
#: A sign at the end has its text beyond it.
_RIGHT_MARGIN: Final = 52.0
_HEAD: Final = 14.0
_FOOT: Final = 38.0
_BARS: Final = 20.0
_SIGNS: Final = 13.0
_GAP: Final = 7.0
#: Bars in the whole time line, about, and pixels that a sign takes up with its text.
_BINS: Final = 120
_SIGN_WIDTH: Final = 44.0
#: Signs at the same time get lines above each other, up to so many; more of them overlap.
_MOST_LINES: Final = 6


@dataclass(frozen=True, slots=True)
class _Lane:
    """A team's part of the time line: its moments with the line that each is drawn in, and how many lines there are."""

    moments: Sequence[tuple[Moment, int]]
    lines: int

    @property
    def height(self) -> float:
        return _BARS + self.lines * _SIGNS + _GAP


def timeline_height(scene: Scene, width: float) -> float:
    """Pixels that the time line of a fight takes up, if it is so wide."""
    return _HEAD + sum(lane.height for lane in _lanes(scene, width)) + _FOOT


def draw_timeline(on: Group, scene: Scene, looks: dict[int, TeamLook], top: float, width: float) -> None:
    """Draw the time line of a fight, a lane for each team."""
    duration = _duration(scene)
    scale = (width - _LEFT - _RIGHT_MARGIN) / duration
    lanes = _lanes(scene, width)
    bottom = top + _HEAD + sum(lane.height for lane in lanes)
    distance = step(duration, 10)
    marks = [_LEFT + second * scale for second in ticks(0, duration, distance)]
    on.add("path", d=paths([[(x, top + _HEAD - 4), (x, bottom)] for x in marks]), class_="g")
    for index, x in enumerate(marks):
        on.text((x, bottom + 13), number(index * distance), "s q m")
    on.text((_LEFT, bottom + 28), "s since the fight began; bars: damage dealt, signs: who did it → to whom", "s q")
    binned = _binned(scene)
    most = max(binned.values(), default=1.0)
    bar = _bin_width(duration) * scale
    y = top + _HEAD
    for team, lane in zip(scene.teams, lanes, strict=True):
        y += lane.height
        base = y - _GAP
        looks[team].draw(on, (26, base - 7), 6)
        on.text((38, base - 3), f"Team {team}", "b")
        on.line((_LEFT, base), (width - _RIGHT_MARGIN, base), "f")
        bars = [
            _bar(_LEFT + index * bar, base, min((index + 1) * bar, duration * scale) + _LEFT, damage / most)
            for (of, index), damage in binned.items()
            if of == team
        ]
        on.add("path", d="".join(bars), fill=looks[team].colour)
        for moment, line in lane.moments:
            _draw_moment(on, moment, _LEFT + moment.seconds * scale, base - _BARS - 5 - line * _SIGNS)


def in_lines(spans: Iterable[tuple[float, float]], most: int) -> list[int]:
    """Give what goes from here to there, in order of its start, a line each, so that none covers another.

    Args:
        spans: where each begins and ends.
        most: how many lines there may be; where they do not do, the last one takes the rest.

    Returns:
        The line of each, from 0.
    """
    ends: list[float] = []
    lines = []
    for start, end in spans:
        line = next((index for index, behind in enumerate(ends) if behind <= start), len(ends))
        if line == len(ends) and line < most:
            ends.append(0.0)
        line = min(line, most - 1)
        ends[line] = end
        lines.append(line)
    return lines


def _bar(left: float, base: float, right: float, share: float) -> str:
    """A bar of at least a pixel, whose height is this share of the highest, as the attribute `d`."""
    top, right = base - max(share * _BARS, 1.0), max(right - 0.6, left + 1.0)
    return path([(left, base), (left, top), (right, top), (right, base)], closed=True)


def _draw_moment(on: Group, moment: Moment, x: float, y: float) -> None:
    draw_sign(on, moment.kind, (x, y))
    who = ["?" if no is None else str(no) for no in (moment.actor, moment.victim)]
    on.text((x + 7, y + 3.5), "→".join(who), "s")


def _lanes(scene: Scene, width: float) -> list[_Lane]:
    scale = (width - _LEFT - _RIGHT_MARGIN) / _duration(scene)
    lanes = []
    for team in scene.teams:
        moments = [moment for moment in scene.moments if moment.team == team]
        starts = [moment.seconds * scale for moment in moments]
        lines = in_lines([(x, x + _SIGN_WIDTH) for x in starts], _MOST_LINES)
        lanes.append(_Lane(list(zip(moments, lines, strict=True)), max(lines, default=-1) + 1))
    return lanes


def _binned(scene: Scene) -> dict[tuple[int, int], float]:
    """HP by team and bin."""
    width = _bin_width(_duration(scene))
    binned: dict[tuple[int, int], float] = {}
    for seconds, team, damage in scene.damage:
        key = (team, int(seconds / width))
        binned[key] = binned.get(key, 0.0) + damage
    return binned


def _bin_width(duration: float) -> float:
    return step(duration, _BINS)


def _duration(scene: Scene) -> float:
    """Seconds that the time line shows: one at least, for a fight may be over at once."""
    return max(scene.fight.duration_seconds, 1.0)
