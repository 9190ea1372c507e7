"""Is everything as it must be: what `pewstats doctor` looks at, and how to mend what is wrong.

It only looks: nothing is started, made, migrated or sent; but where Parquet goes to an object store, whether it can be
written shows by an object that is written and removed. Here: what is well, what is not, and what to do. Not here:
how PostgreSQL is asked (see `warehouse.health`), and how it is printed.
"""

import os
import platform
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Final, Literal

import psycopg

from pewstats_assets.alerts import receivers_of
from pewstats_assets.errors import first_line
from pewstats_assets.home import DAGSTER_FOLDER, EMBEDDED_FOLDER
from pewstats_assets.places import ObjectUrl, Place
from pewstats_assets.settings import Settings, SettingsError, redacted, show
from pewstats_assets.telemetry import ObjectStoreError
from pewstats_assets.telemetry.objects import (
    ReplacedError,
    UnusableKeyError,
    list_objects,
    remove_objects,
    replace_object,
)
from pewstats_assets.warehouse import DatabaseError
from pewstats_assets.warehouse.embedded import is_server
from pewstats_assets.warehouse.health import Health, Heartbeat, look_at
from pewstats_assets.warehouse.server import find_databases

#: Below, a season may not find room.
ENOUGH_BYTES: Final = 5 << 30
#: Below, PostgreSQL may not find room for its own log, and stops.
LEAST_BYTES: Final = 1 << 29
#: Dagster's daemons say every 30 s that they live.
SILENCE: Final = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look gave.

    Attributes:
        state: `warn` for what may be meant so, `fail` for what does not work.
        mend: what to do; empty where all is well.
    """

    about: str
    state: Literal["ok", "warn", "fail"]
    detail: str
    mend: str = ""


def examine() -> Iterator[Finding]:
    """Look at everything, one thing after the other; without readable settings, only at what does not need them."""
    yield Finding("python", "ok", f"Python {platform.python_version()}, pewstats-assets {version('pewstats-assets')}.")
    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        yield Finding("settings", "fail", str(error), "Mend these variables, then ask again: all else depends on them.")
        return
    names = [setting.name for setting in show(settings) if setting.origin == "environment"]
    yield Finding("settings", "ok", f"From the environment: {', '.join(names) or 'none'}.")
    yield _home(settings.home)
    yield _disk(settings.home)
    yield from _database(settings)
    yield _dagster_home(settings)
    yield _telemetry_folder(settings)
    if settings.parquet is not None:  # below the home otherwise
        yield _parquet(settings.parquet)
    yield from _alerts(settings)


def _home(home: Path) -> Finding:
    there = _nearest(home)
    if not there.is_dir():
        return Finding("home", "fail", f"{there} is a file.", "Set PEWSTATS_HOME to a folder.")
    if not _is_writable(there):
        mend = "Get the right to write there, or set PEWSTATS_HOME to another folder."
        return Finding("home", "fail", f"Nothing can be written to {there}.", mend)
    return Finding("home", "ok", f"{home} can be written to." if there == home else f"{home} can be made.")


def _disk(home: Path) -> Finding:
    free = shutil.disk_usage(_nearest(home)).free
    detail = f"{free / (1 << 30):.1f} GiB are free for {home}."
    if free < ENOUGH_BYTES:
        state: Literal["warn", "fail"] = "fail" if free < LEAST_BYTES else "warn"
        return Finding("disk", state, detail, "Make room, or set PEWSTATS_HOME to a folder on a larger disk.")
    return Finding("disk", "ok", detail)


def _database(settings: Settings) -> Iterator[Finding]:
    embedded = settings.home / EMBEDDED_FOLDER
    try:
        databases = find_databases(settings)
    except (SettingsError, DatabaseError) as error:
        yield Finding("server", "fail", str(error), "See the sentence before.")
        return
    if databases is None:
        is_made = is_server(embedded)
        state = "does not run: it starts and stops with what uses it" if is_made else "is made by its first use"
        yield Finding("server", "ok", f"The embedded server below {embedded} {state}.")
        detail = "Without a server, neither the databases nor the daemon can be looked at."
        mend = "Ask again while `pewstats ui` runs." if is_made else "Begin with `pewstats demo FOLDER`."
        yield Finding("schema", "warn", detail, mend)
        return
    try:
        health = look_at(databases)
    except psycopg.Error as error:
        yield Finding(
            "server",
            "fail",
            redacted(" ".join(str(error).split())),
            "Start the server, or mend PEWSTATS_DATABASE_URL."
            if settings.database_url
            else f"Its log is {embedded / 'log'}.",
        )
        return
    kind = "The server" if settings.database_url else "The embedded server"
    yield Finding(
        "server",
        "fail" if health.is_too_old else "ok",
        f"{kind} is PostgreSQL {health.version} ({health.where}).",
        "Use PostgreSQL 15 or later." if health.is_too_old else "",
    )
    yield _schema(health)
    yield _roles(health)
    yield _daemon(settings, health.heartbeats)


def _schema(health: Health) -> Finding:
    if health.schema is None:
        return Finding("schema", "ok", "The warehouse is made by its first use.")
    if health.schema.problem:
        return Finding("schema", "fail", health.schema.problem, "See the sentence before.")
    return Finding("schema", "ok", f"The schema is {health.schema.revision}, the newest.")


def _roles(health: Health) -> Finding:
    if health.lacking:
        detail = "The warehouse lacks roles, so that only the user who made its tables can use it."
        mend = f"Let somebody who may make roles run {'; '.join(health.lacking)}; then run `pewstats migrate`."
        return Finding("roles", "warn", detail, mend)
    return Finding("roles", "ok", "The warehouse has its roles (docs/postgresql.md).")


def _daemon(settings: Settings, heartbeats: list[Heartbeat]) -> Finding:
    tasks = {"alerts": settings.alert_urls, "new matches": settings.telemetry_folder}
    needs = [task for task, is_set in tasks.items() if is_set]
    state: Literal["warn", "fail"] = "fail" if needs else "warn"
    lost = f"Without it {' and '.join(needs or ['backfills and sensors of the UI'])} do not work"
    mend = f"{lost}: start `pewstats ui`, or `dagster-daemon run` in production."
    if not heartbeats:
        return Finding("daemon", state, "Dagster's daemon has never run.", mend)
    last = min(heartbeat.heard_of for heartbeat in heartbeats)
    if datetime.now(UTC) - last > SILENCE:
        return Finding("daemon", state, f"Dagster's daemon was last heard of at {last:%Y-%m-%d %H:%M:%S} UTC.", mend)
    for heartbeat in heartbeats:
        if heartbeat.error:
            error = redacted(first_line(heartbeat.error))
            mend = "The daemon's console says more; see to it, and the error is gone with the next heartbeat."
            return Finding("daemon", "fail", f"Dagster's daemon {heartbeat.daemon} told of an error: {error}", mend)
    return Finding("daemon", "ok", f"Dagster's daemon runs, last heard of at {last:%H:%M:%S} UTC.")


def _dagster_home(settings: Settings) -> Finding:
    given = os.environ.get("DAGSTER_HOME")
    home = Path(given or settings.home / DAGSTER_FOLDER).expanduser()
    if given and not home.is_absolute():
        return Finding(
            "dagster_home", "fail", f"DAGSTER_HOME is {given}, which Dagster refuses.", "Give the whole path."
        )
    if not _is_writable(_nearest(home)):
        mend = f"Get the right to write there, or set {'DAGSTER_HOME' if given else 'PEWSTATS_HOME'} to another folder."
        return Finding("dagster_home", "fail", f"Nothing can be written to {_nearest(home)}.", mend)
    if given and not (home / "dagster.yaml").exists():
        detail = f"{home} has no dagster.yaml: Dagster keeps its runs in SQLite there."
        return Finding(
            "dagster_home", "warn", detail, "Unset DAGSTER_HOME, or copy dagster.yaml of pewstats_assets there."
        )
    return Finding("dagster_home", "ok", f"{home} can be written to." if home.exists() else f"{home} can be made.")


def _telemetry_folder(settings: Settings) -> Finding:
    folder = settings.telemetry_folder
    if folder is None:
        return Finding("telemetry_folder", "ok", "PEWSTATS_TELEMETRY_FOLDER is not set: no folder is watched.")
    if isinstance(folder, ObjectUrl):
        try:
            next(list_objects(folder), None)
        except (ObjectStoreError, UnusableKeyError) as error:
            return Finding("telemetry_folder", "fail", str(error), "See the sentence before.")
        return Finding("telemetry_folder", "ok", f"{folder} can be listed.")
    if not folder.is_dir():
        mend = "Make it, or set PEWSTATS_TELEMETRY_FOLDER to the one where matches arrive."
        return Finding("telemetry_folder", "fail", f"{folder} is not a folder.", mend)
    if not os.access(folder, os.R_OK | os.X_OK):
        return Finding("telemetry_folder", "fail", f"{folder} cannot be read.", "Get the right to read it.")
    return Finding("telemetry_folder", "ok", f"{folder} can be read.")


def _parquet(root: Place) -> Finding:
    if isinstance(root, ObjectUrl):
        probe = root / f".pewstats-doctor-{uuid.uuid4().hex}"
        try:
            is_conditional = _is_written_once(probe)
        except ObjectStoreError as error:
            return Finding("parquet", "fail", str(error), "See the sentence before.")
        if not is_conditional:
            detail = f"{root} overwrites what is to be written only if it is not there."
            return Finding(
                "parquet", "fail", detail, "Use a store that knows conditional writes: If-None-Match, If-Match."
            )
        return Finding("parquet", "ok", f"{root} can be written to.")
    there = _nearest(root)
    if not _is_writable(there):
        mend = "Get the right to write there, or set PEWSTATS_PARQUET to another folder."
        return Finding("parquet", "fail", f"Nothing can be written to {there}.", mend)
    return Finding("parquet", "ok", f"{root} can be written to." if there == root else f"{root} can be made.")


def _is_written_once(probe: ObjectUrl) -> bool:
    """Whether an object that is there is left alone by a write that wants none there."""
    replace_object(probe, b"", None)
    try:
        replace_object(probe, b"", None)
    except ReplacedError:
        return True
    finally:
        remove_objects([probe])
    return False


def _alerts(settings: Settings) -> Iterator[Finding]:
    if not settings.alert_urls:
        yield Finding("alerts", "ok", "PEWSTATS_ALERT_URLS is not set: nobody is told of failed checks and runs.")
    for receiver in receivers_of(settings.alert_urls):
        if receiver.problem:
            yield Finding("alerts", "fail", f"{receiver.name}: its URL cannot be used.", receiver.problem)
        else:
            yield Finding("alerts", "ok", f"{receiver.name}: its URL is well formed; `pewstats alerts test` tries it.")


def _nearest(path: Path) -> Path:
    """The path, or the folder nearest to it that there is."""
    return next(there for there in (path, *path.parents) if there.exists())


def _is_writable(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
