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
    fights = cast.fights.select(
        "fight",
        "match_no",
        seconds=(pl.col("end") - pl.col("start")).dt.total_microseconds() // US_PER_S + 1,
        events=pl.Series(windows.behind - windows.first),
        knocks=pl.Series(knocks_before[windows.behind] - knocks_before[windows.first]),
    )
    of_team = ["match_no", "team_id"]
    sides = (
        cast.participants.group_by("fight", *of_team)
        .agg(participants=pl.len().cast(pl.Int64))
        .join(cast.members.group_by(of_team).agg(members=pl.len().cast(pl.Int64)), on=of_team)
        .join(fights.drop("match_no"), on="fight")
    )
    people = pl.col("participants") + pl.col("members")
    grids = sides.select("match_no", work=pl.col("participants") * pl.col("members") * pl.col("seconds"))
    chances = sides.select("match_no", work=pl.col("knocks") * people * _WIDTH_OF_CHANCE)
    in_windows = fights.select("match_no", work=pl.col("events") * _WIDTH_OF_EVENT)
    work = pl.concat([grids, chances, in_windows]).group_by("match_no").agg(pl.col("work").sum())
    too_much = work.filter(pl.col("work") > MAX_WORK)["match_no"].sort().to_list()
    if too_much:
        raise TooMuchToDescribeError(too_much)
