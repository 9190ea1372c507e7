"""Settings: what the environment may change, with defaults.

| variable | meaning | default |
|---|---|---|
| PEWSTATS_HOME | folder for everything that a run writes | `data` |
| PEWSTATS_DATABASE_URL | a PostgreSQL from 15 on, `postgresql://...` | an embedded one below the home |
| PEWSTATS_TELEMETRY_FOLDER | new matches in this folder are registered and loaded by themselves | none |
| PEWSTATS_BATCH_SIZE | matches in a batch, unless a command says otherwise | 100 |
| PEWSTATS_QUIET_SECONDS | so long after its last match, a batch that is not full is loaded as it is | 900 |
| PEWSTATS_EXCLUDED_MATCH_TYPES | match types that are not processed, by comma | see `EXCLUDED_MATCH_TYPES` |
| PEWSTATS_BATCHES_PER_RUN | batches in one run of a backfill | 10 |
| PEWSTATS_ALERT_URLS | who is told of failed checks and runs: URLs of apprise, by comma (one in a URL is %2C) | none |
| PEWSTATS_ALERT_SEVERITY | `WARN` tells of all failed checks, `ERROR` leaves out those of severity WARN | `WARN` |
| PEWSTATS_UI_URL | what links in alerts begin with | `http://127.0.0.1:3000` |
| PEWSTATS_FIGHTS_PER_MATCH | usual mean of a batch's matches on one map; a warning beyond | 10-30 |
| PEWSTATS_PARTICIPANTS_PER_FIGHT | the same of participants per fight | 3.3-13.2 |
| PEWSTATS_MAX_JSON_MB | size of a file, and of the JSON in it when inflated, in MiB | 256 |
| PEWSTATS_MAX_NESTING | levels of arrays and objects in the JSON of a file | 500 |
| PEWSTATS_MAX_VALUES | JSON values in a file: events, and everything in them | 8000000 |

A file that is beyond one of the three maxima is quarantined (see `limits`).
"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, Self, get_args

from pewstats_assets.errors import PewstatsError
from pewstats_assets.limits import DEFAULT_LIMITS, Limits

#: Training, tutorials and modes without battle royale's fights.
EXCLUDED_MATCH_TYPES: Final = ("training", "trainingroom", "tutorial", "tutorialatoz", "arcade", "event", "airoyale")

BATCH_SIZE: Final = 100
QUIET_S: Final = 900

#: The least severity of a failed check that is told.
Severity = Literal["WARN", "ERROR"]
#: A run costs the engine some four seconds and each of its batches half a second: docs/backfill.md.
BATCHES_PER_RUN: Final = 10
UI_URL: Final = "http://127.0.0.1:3000"
#: Of 36,687 matches, 87 % had so many fights.
FIGHTS_PER_MATCH: Final = (10.0, 30.0)
#: Half and twice the mean of 5,460,927 participants in 822,684 fights, 6.6.
PARTICIPANTS_PER_FIGHT: Final = (3.3, 13.2)


class SettingsError(PewstatsError):
    """A setting that cannot be used; the message names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of this process.

    `database_url` and `alert_urls` hold secrets: they must not reach logs or metadata.
    """

    home: Path
    database_url: str | None = field(repr=False)
    excluded_match_types: frozenset[str]
    batches_per_run: int
    fights_per_match: tuple[float, float]
    participants_per_fight: tuple[float, float]
    limits: Limits
    alert_urls: tuple[str, ...] = field(default=(), repr=False)
    alert_severity: Severity = "WARN"
    ui_url: str = UI_URL
    telemetry_folder: Path | None = None
    batch_size: int = BATCH_SIZE
    quiet_s: int = QUIET_S

    @classmethod
    def from_environment(cls) -> Self:
        """Read the settings.

        Raises:
            SettingsError: one of them is malformed.
        """
        excluded = os.environ.get("PEWSTATS_EXCLUDED_MATCH_TYPES")
        watched = os.environ.get("PEWSTATS_TELEMETRY_FOLDER")
        return cls(
            home=Path(os.environ.get("PEWSTATS_HOME") or "data").expanduser().resolve(),
            database_url=os.environ.get("PEWSTATS_DATABASE_URL") or None,
            excluded_match_types=frozenset(
                EXCLUDED_MATCH_TYPES if excluded is None else filter(None, map(str.strip, excluded.split(",")))
            ),
            batches_per_run=_positive("PEWSTATS_BATCHES_PER_RUN", default=BATCHES_PER_RUN),
            telemetry_folder=Path(watched).expanduser().absolute() if watched else None,
            batch_size=_positive("PEWSTATS_BATCH_SIZE", default=BATCH_SIZE),
            quiet_s=_positive("PEWSTATS_QUIET_SECONDS", default=QUIET_S),
            alert_urls=tuple(filter(None, re.split(r"[,\s]+", os.environ.get("PEWSTATS_ALERT_URLS", "")))),
            alert_severity=_severity("PEWSTATS_ALERT_SEVERITY"),
            ui_url=_http_url("PEWSTATS_UI_URL", default=UI_URL),
            fights_per_match=_band("PEWSTATS_FIGHTS_PER_MATCH", default=FIGHTS_PER_MATCH),
            participants_per_fight=_band("PEWSTATS_PARTICIPANTS_PER_FIGHT", default=PARTICIPANTS_PER_FIGHT),
            limits=Limits(
                json_bytes=_positive("PEWSTATS_MAX_JSON_MB", default=DEFAULT_LIMITS.json_bytes >> 20) << 20,
                nesting=_positive("PEWSTATS_MAX_NESTING", default=DEFAULT_LIMITS.nesting),
                values=_positive("PEWSTATS_MAX_VALUES", default=DEFAULT_LIMITS.values),
            ),
        )


def _positive(name: str, *, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        msg = f"{name} is {text!r}: give a whole number from 1 on."
        raise SettingsError(msg)
    return int(text)


def _severity(name: str) -> Severity:
    text = os.environ.get(name) or "WARN"
    for severity in get_args(Severity):
        if text == severity:
            return severity  # type: ignore[no-any-return]
    msg = f"{name} is {text!r}: give {' or '.join(get_args(Severity))}."
    raise SettingsError(msg)


def _http_url(name: str, *, default: str) -> str:
    text = os.environ.get(name) or default
    if not re.fullmatch(r"https?://[!-~]+", text):
        msg = f"{name} is malformed: give http://host:port."
        raise SettingsError(msg)
    return text.rstrip("/")


def _band(name: str, *, default: tuple[float, float]) -> tuple[float, float]:
    text = os.environ.get(name)
    if not text:
        return default
    numbers = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)-([0-9]+(?:\.[0-9]+)?)", text)
    if numbers is None or float(numbers[1]) > float(numbers[2]):
        msg = f"{name} is {text!r}: give the lowest and the highest usual mean, like 10-30."
        raise SettingsError(msg)
    return float(numbers[1]), float(numbers[2])
