"""Focus: damage on enemies whom a team mate hit at about the same time."""

from datetime import timedelta
from typing import Final

import polars as pl

from pewstats_assets.fights.participation.events import is_hit

#: Before and after a hit, inclusive.
FOCUS_WITHIN: Final = timedelta(seconds=3)

_TARGET: Final = ("fight", "victim_name", "actor_team_id")
_LONG: Final = timedelta(hours=1)


def focused_damage(window: pl.DataFrame) -> pl.DataFrame:
    """Sum the damage of hits on whom a team mate hit, too, within 3 s.

    Returns:
        `participant`, `focused_damage`, for who dealt a hit.
    """
    hits = window.filter(is_hit()).sort(*_TARGET, "event")
    time = pl.col("time")
    is_same_target = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in _TARGET)
    is_other_player = pl.col("actor_name").ne_missing(pl.col("actor_name").shift())
    # Of the hits on one target by one team, the last by somebody else is where the name changed last, and long ago if
    # it never did; the next by somebody else likewise.
    last_of_other = (
        pl.when("is_new_target").then(time.min() - _LONG).when("is_new_player").then(time.shift()).forward_fill()
    )
    next_of_other = (
        pl.when(pl.col("is_new_target").shift(-1, fill_value=True))
        .then(time.max() + _LONG)
        .when(pl.col("is_new_player").shift(-1))
        .then(time.shift(-1))
        .backward_fill()
    )
    return (
        hits.with_columns(is_new_target=~is_same_target, is_new_player=is_other_player)
        .with_columns(
            pl.col("is_new_target").fill_null(value=True),
            is_focused=((time - last_of_other) <= FOCUS_WITHIN) | ((next_of_other - time) <= FOCUS_WITHIN),
        )
        .group_by(participant="actor_participant", maintain_order=True)
        .agg(focused_damage=pl.col("damage").filter("is_focused").sum())
    )
