"""How much there is to do for a match: forged files can have more than memory has room for."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from pewstats_assets.fights.participation.cast import Cast
from pewstats_assets.fights.participation.events import US_PER_S, Window

#: A full-size match takes 100,000; at this one it is a second, and some hundred MB.
MAX_WORK: Final = 20_000_000

#: How much wider than a point of a grid the rows are that are made of an event in a window, and of a knock and a mate.
_WIDTH_OF_EVENT: Final = 20
_WIDTH_OF_CHANCE: Final = 10


class TooMuchToDescribeError(Exception):
    """Matches whose fights would take too long, or too much memory, to describe; the message is of any of them."""

    def __init__(self, match_nos: Sequence[int]) -> None:
        super().__init__(f"To describe its fights takes more than {MAX_WORK:,} steps.")
        self.match_nos = match_nos


def refuse_too_much(events: pl.DataFrame, cast: Cast, windows: Window) -> None:
    """Estimate the work from above before it is done.

    Raises:
        TooMuchToDescribeError: for some matches it is too much.
    """
    knocks_before = np.concatenate([[0], np.cumsum((events["kind"] == "knock").to_numpy())])
    start, end = (cast.fights[name].to_physical().to_numpy() for name in ("start", "end"))
    seconds = (end - start) // US_PER_S + 1
    knocks = knocks_before[windows.behind] - knocks_before[windows.first]
    fight, team = cast.sides["fight"].to_numpy(), cast.sides["team"].to_numpy()
    participants = np.bincount(cast.participants["side"].to_numpy(), minlength=len(fight))
    members = np.bincount(cast.members.team, minlength=cast.teams.height)[team]
    grids = participants * members * seconds[fight]
    chances = np.where(participants > 0, knocks[fight] * (participants + members) * _WIDTH_OF_CHANCE, 0)
    in_windows = (windows.behind - windows.first) * _WIDTH_OF_EVENT
    work = in_windows + np.bincount(fight, grids + chances, minlength=len(in_windows))
    match_nos, match = np.unique(cast.fights["match_no"].to_numpy(), return_inverse=True)
    too_much = match_nos[np.bincount(match, work) > MAX_WORK].tolist()
    if too_much:
        raise TooMuchToDescribeError(too_much)
