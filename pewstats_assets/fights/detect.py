"""From a match's combat events to its fights, by a named ruleset."""

from collections.abc import Callable, Mapping
from typing import Final

import polars as pl

from pewstats_assets.fights import v2
from pewstats_assets.fights.model import Fight

#: The rulesets by name. One that has found fights is never changed; better rules get a new name.
RULESETS: Final[Mapping[str, Callable[[pl.DataFrame], list[Fight]]]] = {"v2": v2.detect}
DEFAULT_RULESET: Final = "v2"


def detect_fights(combat: pl.DataFrame, ruleset: str = DEFAULT_RULESET) -> list[Fight]:
    """Find the fights of one match.

    Args:
        combat: the match's combat events in file order, with the columns `time`, `kind`, `damage` and, of actor and
            victim each, `_name`, `_account_id`, `_team_id`, `_x`, `_y`, `_z` (see `telemetry.frames.COMBAT`).
        ruleset: a name in `RULESETS`.

    Returns:
        The fights by start time, participants in them; empty if there are none.

    Raises:
        KeyError: no ruleset has that name.
        TooMuchCombatError: it would not end in reasonable time.
    """
    return RULESETS[ruleset](combat)
