"""Whether a player stands, is knocked, or is dead: by the knocks, revives and kills of the whole match.

A knock, revive or kill changes the state of its victim, whoever dealt it, the environment too. Two changes have no
event: who revives himself, and whom a mode brings back from death. But positions of the knocked and, for a minute, of
the dead have no health; so whoever is seen with health `UP_AFTER` a knock or later stands again, and so does whoever is
seen with health, or is the victim of an event, that long after death. To deal damage proves nothing: fires outlive who
lit them.
"""

from datetime import timedelta
from typing import Final

import polars as pl

STANDING: Final = 0
KNOCKED: Final = 1
DEAD: Final = 2

UP_AFTER: Final = timedelta(seconds=5)

#: Of its victim, by the kind of event.
_STATE_AFTER: Final = {"knock": KNOCKED, "revive": STANDING, "kill": DEAD, "kill_v1": DEAD}


def state_after() -> pl.Expr:
    """Tell the state that an event leaves its victim in, by `kind`; null if it changes nothing."""
    return pl.col("kind").replace_strict(_STATE_AFTER, default=None, return_dtype=pl.UInt8)


def with_states(sightings: pl.DataFrame) -> pl.DataFrame:
    """Add the state just before and just after every sighting, and whether it shows that the player stands again.

    Args:
        sightings: sorted by player, and each player's in order, with `player`, `time`, `is_victim` (of an event),
            `change` (the state that the event leaves its victim in, or null) and `has_health` (by a position).

    Returns:
        Them with `state_before` and `state`, UInt8, and `is_up_again`.
    """
    is_sign_of_life = pl.col("has_health") | (pl.col("is_victim") & pl.col("was_killed"))
    is_long_after = pl.col("time") >= pl.col("downed_at") + UP_AFTER
    is_standing = pl.col("is_up_again") | pl.col("is_first")
    standing = pl.lit(STANDING, pl.UInt8)

    def since_last_down(value: pl.Expr, otherwise: pl.Expr) -> pl.Expr:
        """What a value was at the player's last knock or death before the sighting."""
        was_down = pl.col("is_down").shift()
        return pl.when("is_first").then(otherwise).when(was_down).then(value.shift()).forward_fill()

    return (
        sightings.with_columns(
            is_first=(pl.col("player") != pl.col("player").shift()).fill_null(value=True),
            is_down=(pl.col("change") != STANDING).fill_null(value=False),
        )
        .with_columns(
            downed_at=since_last_down(pl.col("time"), pl.col("time").max()),  # nobody is seen so long after that
            was_killed=since_last_down(pl.col("change") == DEAD, pl.lit(value=False)),
        )
        .with_columns(is_sign=is_sign_of_life & is_long_after)
        .with_columns(signs=pl.col("is_sign").cum_sum())
        .with_columns(signs_before=since_last_down(pl.col("signs"), pl.col("signs")))
        .with_columns(is_up_again=pl.col("is_sign") & (pl.col("signs") == pl.col("signs_before") + 1))
        .with_columns(state=pl.coalesce("change", pl.when(is_standing).then(standing)).forward_fill())
        .with_columns(state_before=pl.when(is_standing).then(standing).otherwise(pl.col("state").shift()))
        .drop("is_first", "is_down", "downed_at", "was_killed", "is_sign", "signs", "signs_before")
    )
