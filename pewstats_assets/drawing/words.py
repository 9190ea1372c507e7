"""Figures and outcomes in words, as every drawing has them."""

from datetime import UTC, datetime
from typing import Final

from pewstats_assets.drawing.maps import map_of
from pewstats_assets.drawing.svg import shown
from pewstats_assets.fights import Fight, MatchFights, Outcome

_LONGEST: Final = 60
_MANY: Final = 1e6


def outcome(fight: Fight) -> str:
    """How a fight ended, in words."""
    winner = "won by nobody" if fight.winning_team_id is None else f"won by team {fight.winning_team_id}"
    return {
        Outcome.DECISIVE_WIN: f"{winner}",
        Outcome.MARGINAL_WIN: f"{winner}, by little",
        Outcome.THIRD_PARTY: f"with third parties, {winner}",
        Outcome.DRAW: "a draw",
    }[fight.outcome]


def facts(match: MatchFights, fight: Fight) -> str:
    """Where and when a fight was, how long, and what it cost."""
    return " · ".join(
        [
            where(match),
            utc(fight.fight_start_time),
            f"{fight.duration_seconds:.0f} s",
            count(fight.total_knocks, "knock"),
            count(fight.total_kills, "kill"),
            f"{hit_points(fight.total_damage)} HP",
        ]
    )


def where(match: MatchFights) -> str:
    """Map and mode of a match."""
    known = map_of(match.map_name)
    name = known.name if known.name == match.map_name else f"{known.name} ({match.map_name})"
    return " · ".join(shown(word, _LONGEST) for word in (name, match.game_mode, match.match_type) if word)


def utc(time: datetime) -> str:
    """A time to the second, in UTC."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def clock(seconds: float) -> str:
    """Minutes and seconds, as `3:07`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def count(number: int, word: str) -> str:
    """A number with its word: `1 kill`, `3 kills`."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def hit_points(damage: float) -> str:
    """Damage, short however large a hostile file makes it."""
    return f"{damage:.0f}" if abs(damage) < _MANY else f"{damage:.0e}"
