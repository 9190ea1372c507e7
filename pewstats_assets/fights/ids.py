"""Ids of fights and participants: made, not returned, so that they are known before anything is written.

Readable, too: 7004 is the fourth fight of match 7, 7004011 its eleventh participant.
"""

from typing import Final, TypeVar

import polars as pl

#: Whole numbers: one, or a column of them.
Whole = TypeVar("Whole", int, pl.Expr)

MAX_FIGHTS_PER_MATCH: Final = 999
MAX_PARTICIPANTS_PER_FIGHT: Final = 999


def fight_id(match_no: Whole, fight_no: Whole) -> Whole:
    """Return the id of a fight, by the number of its match and its own in it, from 1."""
    return match_no * (MAX_FIGHTS_PER_MATCH + 1) + fight_no


def participant_id(of_fight: Whole, participant_no: Whole) -> Whole:
    """Return the id of a participant, by the id of the fight and the number in it, from 1."""
    return of_fight * (MAX_PARTICIPANTS_PER_FIGHT + 1) + participant_no


def match_and_fight_no(of_fight: int) -> tuple[int, int]:
    """Return which match a fight is of, and which of its fights it is."""
    return divmod(of_fight, MAX_FIGHTS_PER_MATCH + 1)
