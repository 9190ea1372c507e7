"""Settings: what the environment may change, with defaults.

| variable | meaning | default |
|---|---|---|
| PEWSTATS_HOME | folder for everything that a run writes | `data` |
| PEWSTATS_DATABASE_URL | a PostgreSQL from 15 on, `postgresql://...` | an embedded one below the home |
| PEWSTATS_EXCLUDED_MATCH_TYPES | match types that are not processed, by comma | see `EXCLUDED_MATCH_TYPES` |
| PEWSTATS_BATCHES_PER_RUN | batches in one run of a backfill | 1 |
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from pewstats_assets.errors import PewstatsError

#: Training, tutorials and modes without battle royale's fights.
EXCLUDED_MATCH_TYPES: Final = ("training", "trainingroom", "tutorial", "tutorialatoz", "arcade", "event", "airoyale")


class SettingsError(PewstatsError):
    """A setting that cannot be used; the message names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of this process. `database_url` holds a secret: it must not reach logs or metadata."""

    home: Path
    database_url: str | None = field(repr=False)
    excluded_match_types: frozenset[str]
    batches_per_run: int

    @classmethod
    def from_environment(cls) -> Self:
        """Read the settings.

        Raises:
            SettingsError: one of them is malformed.
        """
        excluded = os.environ.get("PEWSTATS_EXCLUDED_MATCH_TYPES")
        return cls(
            home=Path(os.environ.get("PEWSTATS_HOME") or "data").expanduser().resolve(),
            database_url=os.environ.get("PEWSTATS_DATABASE_URL") or None,
            excluded_match_types=frozenset(
                EXCLUDED_MATCH_TYPES if excluded is None else filter(None, map(str.strip, excluded.split(",")))
            ),
            batches_per_run=_positive("PEWSTATS_BATCHES_PER_RUN", default=1),
        )


def _positive(name: str, *, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        msg = f"{name} is {text!r}: give a whole number from 1 on."
        raise SettingsError(msg)
    return int(text)
