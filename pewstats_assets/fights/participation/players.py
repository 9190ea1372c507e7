"""Numbers for players, each a player's own in one match: by account id, and by name where there is none."""

from collections.abc import Iterable

import numpy as np
import polars as pl

from pewstats_assets.fights.participation.ordered import Flags, Numbers


class Players:
    """Gives everybody of some matches a number, from 0 on; not every number is somebody's."""

    def __init__(self, match_nos: Iterable[int]) -> None:
        self._match_nos: Numbers = np.array(sorted(match_nos), np.int64)
        # Categories are forgotten with the last series of them.
        self._keys = pl.Series(dtype=pl.Categorical(pl.Categories.random()))

    def number(self, frame: pl.DataFrame, role: str) -> pl.Series:
        """Number the players who have a role in the rows of a frame, all of these matches.

        Args:
            frame: with `match_no`, and `_name` and `_account_id` of the role.
            role: such as `actor`.
        """
        key = frame.select(_key(role).cast(self._keys.dtype).to_physical()).to_series().to_numpy().astype(np.int64)
        place = np.searchsorted(self._match_nos, frame["match_no"].to_numpy())
        return pl.Series(role, key * len(self._match_nos) + place)

    def are_of_matches(self, players: Numbers, match_nos: Numbers) -> Flags:
        """Tell which players are of some of the matches."""
        return np.isin(self._match_nos, match_nos)[players % len(self._match_nos)]


def is_account(role: str) -> pl.Expr:
    """Whether a player is told by account id."""
    return (pl.col(f"{role}_account_id") != "").fill_null(value=False)


def _key(role: str) -> pl.Expr:
    """Tell a player of a match from the others; empty is nobody."""
    account, name = pl.col(f"{role}_account_id"), pl.col(f"{role}_name")
    return pl.when(is_account(role)).then(account).otherwise(name.fill_null(""))
