"""The square of the map on which a fight took place: where everybody stood, who hit whom how hard, where who fell."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from math import hypot
from typing import Final

from pewstats_assets.drawing.maps import Map
from pewstats_assets.drawing.scene import Link, Player, Scene
from pewstats_assets.drawing.square import Square, apart, around, draw_grid
from pewstats_assets.drawing.style import SIGN, TeamLook, draw_sign
from pewstats_assets.drawing.svg import Group, Pixels, number, path, shown

#: Nobody wants to see a fight in one room as large as a field.
_LEAST_M: Final = 30.0
_MARGIN: Final = 0.08
_RADIUS: Final = 8.5
#: Points of a way are this far apart at least.
_STRIDE: Final = 3.0
#: A marker that was moved farther than this has a line to its place; who fell farther off has a line to that place.
_MOVED: Final = 4.0
_FELL_OFF: Final = 16.0
_DASHES: Final = "1 2.5"
_SAMPLES: Final = (25, 100, 250)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where what is drawn of players, by `participant_no`.

    Attributes:
        true: the mean of their places, for those who have one.
        spots: their markers; those of players who stood close together are moved apart.
        signs: the signs of their fall, beside the marker or where they fell.
        is_far: whose sign is not beside the marker.
    """

    true: Mapping[int, Pixels]
    spots: Mapping[int, Pixels]
    signs: Mapping[int, Pixels]
    is_far: Collection[int]


def draw_field(on: Group, scene: Scene, looks: Mapping[int, TeamLook], at: Pixels, side: float) -> Square | None:
    """Draw the square around everybody who has a place; without anybody an empty one, and return None."""
    places = (*(player.place for player in scene.players), *(moment.place for moment in scene.moments))
    seen = [place for place in places if place is not None]
    if not seen:
        on.add("rect", x=at[0], y=at[1], width=side, height=side, class_="f")
        on.text((at[0] + side / 2, at[1] + side / 2), "The telemetry has no places for this fight.", "q m")
        return None
    square = Square(*around(seen, _LEAST_M, _MARGIN), *at, side)
    draw_grid(on, square)
    # What is drawn from here on ends at the edges of the square: ways may lead far away.
    window = on.window(at, side, side)
    inner = replace(square, left=0.0, top=0.0)
    layout = _lay_out(scene, inner)
    look_of = {player.number: looks[player.participant.team_id] for player in scene.players}
    _draw_ways(window, scene, inner, layout, look_of)
    for link in sorted(scene.links, key=lambda link: link.damage):
        if link.actor in layout.spots and link.victim in layout.spots and link.actor != link.victim:
            _draw_damage(window, link, layout.spots, look_of[link.actor].colour)
    for player in scene.players:
        if player.number in layout.spots:
            _draw_player(window, player, layout.spots[player.number], look_of[player.number])
    for player in scene.players:
        fall = scene.fall_of(player)
        if fall is not None and player.number in layout.signs:
            draw_sign(window, fall.kind, layout.signs[player.number])
    return square


def _lay_out(scene: Scene, square: Square) -> _Layout:
    true = {player.number: square.place(player.place) for player in scene.players if player.place is not None}
    far: dict[int, Pixels] = {}
    for player in scene.players:
        fall = scene.fall_of(player)
        if player.number in true and fall is not None and fall.place is not None:
            fell = square.place(fall.place)
            if _distance(fell, true[player.number]) > _FELL_OFF:
                far[player.number] = fell
    moved = apart([*true.values(), *far.values()], [_RADIUS + 2] * len(true) + [SIGN + 1] * len(far), square)
    spots = dict(zip(true, moved[: len(true)], strict=True))
    beside = {no: (x + _RADIUS, y - _RADIUS) for no, (x, y) in spots.items()}
    return _Layout(true, spots, beside | dict(zip(far, moved[len(true) :], strict=True)), far.keys())


def _draw_ways(on: Group, scene: Scene, square: Square, layout: _Layout, look_of: Mapping[int, TeamLook]) -> None:
    """Draw which way everybody went, and what links a marker to where its player was and fell."""
    for player in scene.players:
        if player.number not in layout.spots:
            continue
        true, spot, colour = layout.true[player.number], layout.spots[player.number], look_of[player.number].colour
        points: list[Pixels] = []
        for place in player.track:
            point = square.place(place)
            if not points or _distance(point, points[-1]) >= _STRIDE:
                points.append(point)
        if len(points) > 1:
            on.add("path", d=path(points), class_="l", stroke=colour, stroke_dasharray=_DASHES, opacity=0.75)
        if _distance(true, spot) > _MOVED:
            on.line(true, spot, "f")
        if player.number in layout.is_far:
            on.line(spot, layout.signs[player.number], "l", stroke=colour)


def draw_legend(on: Group, look: TeamLook, at: Pixels) -> None:
    """Explain the signs, in one line."""
    x, y = at
    for hollow, text, width in ((False, "survived", 74), (True, "killed", 60)):
        look.draw(on, (x + 8, y - 4), 7, hollow=hollow)
        on.text((x + 20, y), text, "s q")
        x += width
    for kind, text, width in (("kill", "kill", 42), ("knock", "knock", 50), ("revive", "revive", 56)):
        draw_sign(on, kind, (x + 6, y - 4))
        on.text((x + 15, y), text, "s q")
        x += width
    on.add("path", d=path([(x, y - 4), (x + 22, y - 4)]), class_="l", stroke=look.colour, stroke_dasharray=_DASHES)
    on.text((x + 27, y), "way", "s q")
    x += 62
    for damage in _SAMPLES:
        on.add(
            "path", d=path([(x, y - 4), (x + 20, y - 4)]), class_="l", stroke=look.colour, stroke_width=_width(damage)
        )
        on.text((x + 25, y), f"{damage} HP", "s q")
        x += 72


def draw_inset(on: Group, known: Map, square: Square | None, at: Pixels, side: float) -> None:
    """Draw the whole map with the square in it, and say beside it how large they are."""
    x, y = at[0] + side + 14, at[1] + 12
    on.text((x, y), shown(known.name), "b")
    lines = [f"whole map: {number(known.side_m)} m" if known.side_m else "its size is not known"]
    if square is not None:
        lines.append(f"square of the fight: {square.side_m:.0f} m")
    for index, line in enumerate(lines, start=1):
        on.text((x, y + 15 * index), line, "q")
    on.add("rect", x=at[0], y=at[1], width=side, height=side, class_="f")
    if square is None or known.side_m is None:
        return
    whole = Square(0, 0, known.side_m, 0, 0, side)
    inset = on.window(at, side, side)
    middle_x, middle_y = whole.place((square.west_m + square.side_m / 2, square.north_m + square.side_m / 2))
    inset.line((middle_x, 0), (middle_x, side), "g")
    inset.line((0, middle_y), (side, middle_y), "g")
    size = max(square.side_m / known.side_m * side, 4)
    inset.add("rect", x=middle_x - size / 2, y=middle_y - size / 2, width=size, height=size)


def _draw_damage(on: Group, link: Link, spots: Mapping[int, Pixels], colour: str) -> None:
    """Draw damage as an arrow that bends to its left, so that the damage the other way has a place of its own."""
    (x1, y1), (x2, y2) = spots[link.actor], spots[link.victim]
    length = _distance((x1, y1), (x2, y2)) or 1.0
    bend = min(0.09 * length, 22) / length
    middle = ((x1 + x2) / 2 - (y2 - y1) * bend, (y1 + y2) / 2 + (x2 - x1) * bend)
    # It arrives in the direction from the middle.
    along = _distance(middle, (x2, y2)) or 1.0
    dx, dy = (x2 - middle[0]) / along, (y2 - middle[1]) / along
    width = _width(link.damage)
    head, wing = 5 + 1.2 * width, 2.5 + 0.8 * width
    tip = (x2 - dx * (_RADIUS + 2), y2 - dy * (_RADIUS + 2))
    base = (tip[0] - dx * head, tip[1] - dy * head)
    curve = " ".join(map(number, (*middle, *base)))
    on.add("path", d=f"{path([(x1, y1)])}Q{curve}", class_="a l", stroke=colour, stroke_width=width)
    wings = [(base[0] - dy * wing, base[1] + dx * wing), (base[0] + dy * wing, base[1] - dx * wing)]
    on.add("path", d=path([tip, *wings], closed=True), class_="a", fill=colour)


def _draw_player(on: Group, player: Player, at: Pixels, look: TeamLook) -> None:
    killed = player.participant.was_killed
    look.draw(on, at, _RADIUS, hollow=killed)
    on.text((at[0], at[1] + 3.4), str(player.number), "n", fill=look.text_on(hollow=killed))


def _width(damage: float) -> float:
    return min(0.8 + damage / 45, 7.0)


def _distance(one: Pixels, other: Pixels) -> float:
    return hypot(one[0] - other[0], one[1] - other[1])
