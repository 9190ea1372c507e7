"""Settings: what the environment may change, each with its variable, its default and what it means.

Here: names, defaults, what is well formed, and what may be shown of a value. Not here: what a setting does. The page
`docs/settings.md` and `pewstats settings` are made of this.
"""

import os
import re
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, cast
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PlainValidator, PositiveInt, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from pewstats_assets.errors import PewstatsError
from pewstats_assets.home import TELEMETRY_FOLDER
from pewstats_assets.limits import DEFAULT_LIMITS, Limits
from pewstats_assets.places import Place, given_place

#: Training, tutorials and modes without battle royale's fights.
EXCLUDED_MATCH_TYPES: Final = ("training", "trainingroom", "tutorial", "tutorialatoz", "arcade", "event", "airoyale")

#: The least severity of a failed check that is told.
Severity = Literal["WARN", "ERROR"]

_PREFIX: Final = "PEWSTATS_"
#: Set by `instance` for the processes that it starts, to be Dagster's own storage: no setting, and no mistake.
DAGSTER_DATABASE_URL: Final = "PEWSTATS_DAGSTER_DATABASE_URL"
#: Secrets of object stores and others that are no settings of ours, by the variables that obstore reads.
_SECRETS_OF_OTHERS: Final = (
    "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_ACCESS_KEY",
    "AZURE_STORAGE_SAS_KEY", "AZURE_STORAGE_SAS_TOKEN", "AZURE_CLIENT_SECRET", "GOOGLE_SERVICE_ACCOUNT_KEY",
)  # fmt: skip
_MASK: Final = "********"


class SettingsError(PewstatsError):
    """A setting that cannot be used; the message names it."""


def _folder(text: str | Path) -> Path:
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError:
        msg = "No user has this home"
        raise ValueError(msg) from None


def _resolved_folder(text: str | Path) -> Path:
    return _folder(text).resolve()


def _place(text: str | Place) -> Place:
    place = given_place(text) if isinstance(text, str | Path) else text
    return place.absolute() if isinstance(place, Path) else place


def _database_url(text: str) -> str:
    if not text.isprintable():
        msg = "Give postgresql://user:password@host:5432/database"
        raise ValueError(msg)
    return text


def _names(text: str | frozenset[str]) -> frozenset[str]:
    return frozenset(filter(None, map(str.strip, text.split(",")))) if isinstance(text, str) else text


def _urls(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(filter(None, re.split(r"[,\s]+", text))) if isinstance(text, str) else text


def _http_url(text: str) -> str:
    if not re.fullmatch(r"https?://[!-~]+", text):
        msg = "Give http://host:port"
        raise ValueError(msg)
    return text.rstrip("/")


def _band(text: str | tuple[float, float]) -> tuple[float, float]:
    if not isinstance(text, str):
        return text
    numbers = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)-([0-9]+(?:\.[0-9]+)?)", text)
    if numbers is None or float(numbers[1]) > float(numbers[2]):
        msg = "Give the lowest and the highest usual mean, like 10-30"
        raise ValueError(msg)
    return float(numbers[1]), float(numbers[2])


_Band = Annotated[tuple[float, float], PlainValidator(_band)]


class Settings(BaseModel):
    """The settings of this process; those with `repr=False` hold secrets, which must not reach logs or metadata."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_by_name=True,
        validate_default=True,
        hide_input_in_errors=True,
    )

    home: Annotated[Path, PlainValidator(_resolved_folder)] = Field(
        default=Path("data"),
        validation_alias="PEWSTATS_HOME",
        description="Folder where everything is written: database, Parquet, Dagster's logs. "
        "The embedded database wants no spaces in its path.",
    )
    database_url: Annotated[str, PlainValidator(_database_url)] | None = Field(
        default=None,
        validation_alias="PEWSTATS_DATABASE_URL",
        description="A PostgreSQL from 15 on, postgresql://user:password@host:5432/pewstats; Dagster's storage goes to "
        "pewstats_dagster beside it. Without it: an embedded one below PEWSTATS_HOME.",
        repr=False,
    )
    statement_timeout_s: NonNegativeInt = Field(
        default=3600,
        le=2_147_483,  # PostgreSQL counts milliseconds in 31 bits
        validation_alias="PEWSTATS_STATEMENT_TIMEOUT_SECONDS",
        description="So long one SQL statement of a run or a command may take, its wait for locks included; 0 for "
        "without end. A lower limit of the database's user stays; migrations have none (docs/postgresql.md).",
    )
    telemetry_folder: Annotated[Place, PlainValidator(_place)] | None = Field(
        default=None,
        validation_alias="PEWSTATS_TELEMETRY_FOLDER",
        description="New matches in this folder are registered and loaded by themselves (docs/new-matches.md). "
        "May be a URL of an object store (docs/object-storage.md). Without it nobody watches.",
    )
    parquet: Annotated[Place, PlainValidator(_place)] | None = Field(
        default=None,
        validation_alias="PEWSTATS_PARQUET",
        description="Folder of the batches' telemetry as Parquet. May be a URL of an object store "
        "(docs/object-storage.md). Without it: `telemetry` below PEWSTATS_HOME.",
    )
    batch_size: PositiveInt = Field(
        default=100,
        validation_alias="PEWSTATS_BATCH_SIZE",
        description="Matches in a batch, unless a command says otherwise.",
    )
    quiet_s: PositiveInt = Field(
        default=900,
        validation_alias="PEWSTATS_QUIET_SECONDS",
        description="So long after its last match, a batch that is not full is loaded as it is.",
    )
    excluded_match_types: Annotated[frozenset[str], PlainValidator(_names)] = Field(
        default=frozenset(EXCLUDED_MATCH_TYPES),
        validation_alias="PEWSTATS_EXCLUDED_MATCH_TYPES",
        description="Match types that are registered, but not processed, by comma; empty for none.",
    )
    # A run costs the engine some four seconds and each of its batches half a second: docs/backfill.md.
    batches_per_run: PositiveInt = Field(
        default=10,
        validation_alias="PEWSTATS_BATCHES_PER_RUN",
        description="Batches in one run of a backfill (docs/backfill.md).",
    )
    max_json_mb: PositiveInt = Field(
        default=DEFAULT_LIMITS.json_bytes >> 20,
        validation_alias="PEWSTATS_MAX_JSON_MB",
        description="Size of a file, and of the JSON in it when inflated, in MiB. A file beyond is quarantined.",
    )
    max_nesting: PositiveInt = Field(
        default=DEFAULT_LIMITS.nesting,
        validation_alias="PEWSTATS_MAX_NESTING",
        description="Levels of arrays and objects in the JSON of a file. A file beyond is quarantined.",
    )
    max_values: PositiveInt = Field(
        default=DEFAULT_LIMITS.values,
        validation_alias="PEWSTATS_MAX_VALUES",
        description="JSON values in a file: events, and everything in them. A file beyond is quarantined.",
    )
    # Of 36,687 matches, 87 % had so many fights.
    fights_per_match: _Band = Field(
        default=(10.0, 30.0),
        validation_alias="PEWSTATS_FIGHTS_PER_MATCH",
        description="Usual mean of a batch's matches on one map; a check warns beyond.",
    )
    # Half and twice the mean of 5,460,927 participants in 822,684 fights, 6.6.
    participants_per_fight: _Band = Field(
        default=(3.3, 13.2),
        validation_alias="PEWSTATS_PARTICIPANTS_PER_FIGHT",
        description="Usual mean of a batch's fights on one map; a check warns beyond.",
    )
    broker_url: str | None = Field(
        default=None,
        validation_alias="PEWSTATS_BROKER_URL",
        description="Where runs wait for Celery workers, redis://:password@host:6379/0 (docs/celery.md). "
        "Without it they are executed where the daemon is.",
        repr=False,
    )
    alert_urls: Annotated[tuple[str, ...], PlainValidator(_urls)] = Field(
        default=(),
        validation_alias="PEWSTATS_ALERT_URLS",
        description="Who is told of failed checks and runs: URLs of apprise, by comma (one in a URL is %2C). "
        "Without it nobody.",
        repr=False,
    )
    alert_severity: Severity = Field(
        default="WARN",
        validation_alias="PEWSTATS_ALERT_SEVERITY",
        description="WARN tells of all failed checks, ERROR leaves out those of severity WARN.",
    )
    ui_url: Annotated[str, PlainValidator(_http_url)] = Field(
        default="http://127.0.0.1:3000",
        validation_alias="PEWSTATS_UI_URL",
        description="What links in alerts begin with.",
    )

    @classmethod
    def from_environment(cls) -> Self:
        """Read the settings.

        Raises:
            SettingsError: one of them is malformed, or a variable PEWSTATS_... is none of them.
        """
        given = {
            name: text
            for name, text in os.environ.items()
            if name.startswith(_PREFIX)
            and name != DAGSTER_DATABASE_URL
            # An empty text is the default, except where it says something.
            and (text or name == "PEWSTATS_EXCLUDED_MATCH_TYPES")
        }
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            problems = error.errors(include_url=False, include_context=False)
        # Not in the handler: what failed stays out of the error's context, too, for it holds the values.
        raise SettingsError(" ".join(map(_sentence, problems)))

    @property
    def parquet_root(self) -> Place:
        """Where the batches' telemetry is, as Parquet."""
        return self.parquet or self.home / TELEMETRY_FOLDER

    @property
    def limits(self) -> Limits:
        """What a telemetry file may hold."""
        return Limits(json_bytes=self.max_json_mb << 20, nesting=self.max_nesting, values=self.max_values)


def _sentence(problem: ErrorDetails) -> str:
    name = str(problem["loc"][0])
    fields = {variable(field): field for field in Settings.model_fields.values()}
    if problem["type"] == "extra_forbidden":
        near = get_close_matches(name.removeprefix(_PREFIX), [known.removeprefix(_PREFIX) for known in fields], n=1)
        hint = f"do you mean {_PREFIX}{near[0]}?" if near else "unset it, or see docs/settings.md."
        return f"{name} is no setting: {hint}"
    text = str(problem["input"])
    # A URL may hold a password, whichever variable it was written into.
    may_be_shown = fields[name].repr and not {":", "@"} & set(text)
    what_to_do = problem["msg"].removeprefix("Value error, ")
    return f"{name} is {repr(text) if may_be_shown else 'malformed'}: {what_to_do}."


def variable(field: FieldInfo) -> str:
    """Return the environment variable of a setting."""
    return cast("str", field.validation_alias)


def redacted(text: str) -> str:
    """Mask the secrets of the environment in a text that somebody else wrote: a stack trace, say."""
    hidden = [
        DAGSTER_DATABASE_URL,
        *_SECRETS_OF_OTHERS,
        *(variable(field) for field in Settings.model_fields.values() if not field.repr),
    ]
    values = [os.environ.get(name, "") for name in hidden]
    secrets = {*values, *chain.from_iterable(map(_urls, values)), *chain.from_iterable(map(_passwords, values))}
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, _MASK)
    return text


def _passwords(url: str) -> list[str]:
    """Return the passwords in a database's URL, of a key for TLS too, as they are written there and as they are."""
    given = [*re.findall(r"://[^:/@]*:([^@]*)@", url), *re.findall(r"[?&](?:ssl)?password=([^&]*)", url)]
    return [text for password in given for text in (password, unquote(password))]


@dataclass(frozen=True, slots=True)
class ShownSetting:
    """A setting as it may be shown to anybody: `value` is masked where it holds a secret, None where there is none."""

    name: str
    value: str | None
    origin: Literal["default", "environment"]
    description: str


def show(settings: Settings) -> list[ShownSetting]:
    """Return all settings, in the order of their definition."""
    return [
        ShownSetting(
            variable(field),
            as_text(value) if field.repr else _MASK if value else None,
            "environment" if name in settings.model_fields_set else "default",
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
        for value in [getattr(settings, name)]
    ]


def as_text(value: Any) -> str | None:  # noqa: ANN401 the value of any setting
    """Write a value as the environment would have it; None for a setting that has none."""
    match value:
        case None | ():
            return None
        case frozenset():
            return ",".join(sorted(value))
        case (lowest, highest):
            return f"{lowest:g}-{highest:g}"
        case _:
            # A path need not be text.
            return str(value).encode(errors="backslashreplace").decode()
