"""The roster of a fight: who took part, by team, with what result."""

from typing import Final

from pewstats_assets.drawing import words
from pewstats_assets.drawing.scene import Player, Scene
from pewstats_assets.drawing.style import TeamLook, draw_sign
from pewstats_assets.drawing.svg import Group, Pixels, shown

_ROW: Final = 16.0
_TEAM_ROW: Final = 22.0
#: From the left edge: where the columns of numbers end, and where the last column begins.
_KNOCKS: Final = 174.0
_KILLS: Final = 202.0
_HP: Final = 238.0
_FATE: Final = 248.0


def roster_height(scene: Scene) -> float:
    """Pixels that the roster of a fight takes up."""
    return _ROW + _TEAM_ROW * len(scene.teams) + _ROW * len(scene.players)


def draw_roster(on: Group, scene: Scene, looks: dict[int, TeamLook], at: Pixels) -> None:
    """Draw the roster of a fight, its upper left corner at this place."""
    x, y = at[0], at[1] + _ROW - 4
    for right, head in ((_KNOCKS, "knocks"), (_KILLS, "kills"), (_HP, "HP")):
        on.text((x + right, y), head, "s q e")
    on.text((x + _FATE, y), "fate", "s q")
    for team in scene.teams:
        y += _TEAM_ROW
        looks[team].draw(on, (x + 8, y - 4), 6)
        ended = scene.fight.team_outcomes.get(team)
        on.text((x + 20, y), f"Team {team}" + (f" · {ended.value.lower()}" if ended else ""), "b")
        for player in scene.of_team(team):
            y += _ROW
            _draw_player(on, scene, player, (x, y))


def _draw_player(on: Group, scene: Scene, player: Player, at: Pixels) -> None:
    x, y = at
    participant = player.participant
    on.text((x + 15, y), str(player.number), "b e")
    # However wide or high the letters of a name are, it stays in its cell.
    name = on.window((x + 20, y - _ROW + 4), _KNOCKS - 46, _ROW)
    name.text((0, _ROW - 4), shown(participant.player_name))
    figures = (participant.knocks_dealt, participant.kills_dealt, words.hit_points(participant.damage_dealt))
    for right, figure in zip((_KNOCKS, _KILLS, _HP), figures, strict=True):
        on.text((x + right, y), str(figure), "e")
    fall = scene.fall_of(player)
    if fall is None:
        on.text((x + _FATE, y), "killed" if participant.was_killed else "survived", "q")
        return
    draw_sign(on, fall.kind, (x + _FATE + 5, y - 4))
    by = "" if fall.actor is None else f" by {fall.actor}"
    on.text((x + _FATE + 14, y), words.clock(fall.seconds) + by)
