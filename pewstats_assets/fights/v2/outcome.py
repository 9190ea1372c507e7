"""Rules 33 and 34: who won, who lost, and how clearly."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pewstats_assets.fights.model import Outcome, TeamOutcome
from pewstats_assets.fights.v2.window import Team, Window

#: From this lead in deaths on, a win without an elimination is decisive.
DECISIVE_LEAD: Final = 2
#: A lead of one death is a win from this number of the loser's deaths on.
MARGINAL_DEATHS: Final = 2


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of a fight; winner and loser are both None in a draw, and may be the same team (rule 33)."""

    outcome: Outcome
    winner: int | None
    loser: int | None
    team_outcomes: dict[int, TeamOutcome]


def decide_outcome(window: Window, team_ids: Sequence[int]) -> Result:
    """Decide the outcome of a fight between the listed teams, by the window's figures."""
    teams = {team: window.teams[team] for team in team_ids}
    most = max(teams, key=lambda team: (teams[team].deaths, -team))
    fewest = min(teams, key=lambda team: (teams[team].deaths, team))
    lead = teams[most].deaths - teams[fewest].deaths

    eliminated = window.eliminated & teams.keys()
    if eliminated:
        standing = {team: figures for team, figures in teams.items() if team not in eliminated}
        return _result(Outcome.DECISIVE_WIN, team_ids, winner=_strongest(standing), loser=most)
    if lead >= DECISIVE_LEAD:
        return _result(Outcome.DECISIVE_WIN, team_ids, winner=fewest, loser=most)
    if lead == 1 and teams[most].deaths >= MARGINAL_DEATHS:
        return _result(Outcome.MARGINAL_WIN, team_ids, winner=fewest, loser=most)
    return Result(Outcome.DRAW, None, None, dict.fromkeys(team_ids, TeamOutcome.DRAW))


def _strongest(teams: dict[int, Team]) -> int | None:
    """The team with the most kills, then knocks, then damage, a tie to the lowest id; None without teams."""
    if not teams:
        return None
    return max(teams, key=lambda team: (teams[team].kills, teams[team].knocks, teams[team].damage_dealt, -team))


def _result(kind: Outcome, team_ids: Sequence[int], *, winner: int | None, loser: int) -> Result:
    outcomes = dict.fromkeys(team_ids, TeamOutcome.DRAW)
    if winner is not None:
        outcomes[winner] = TeamOutcome.WON
    outcomes[loser] = TeamOutcome.LOST  # decided first, so it stands where both are one team
    more_than_two = len(team_ids) > 2  # noqa: PLR2004
    return Result(Outcome.THIRD_PARTY if more_than_two else kind, winner, loser, outcomes)
