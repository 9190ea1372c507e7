"""A load into an object store that is killed while it writes leaves the old version whole; the next load goes on."""

import os
import signal
import time
from pathlib import Path
from typing import Final

import polars as pl
import psycopg
import pytest
from polars.testing import assert_frame_equal

from pewstats_assets.places import ObjectUrl
from pewstats_assets.telemetry import TelemetryStore, object_versions
from pewstats_assets.telemetry.objects import list_names, list_objects
from pewstats_assets.telemetry.store import SCHEMAS, FrameName
from pewstats_assets_tests.hard.loads import PATIENCE_S, assert_nothing_is_half_written, rows_of, wait_until
from pewstats_assets_tests.hard.test_killed_processes import wait_until_ended
from pewstats_assets_tests.object_stores import ObjectServer, copy_files
from pewstats_assets_tests.processes import Pewstats
from pewstats_assets_tests.telemetry_folders import write_matches

BATCH: Final = "batch_00001"
#: In parts of 8 by two workers: a version has 6 objects for each.
MATCHES: Final = 60
#: So many objects a killed writer had written, at least: none yet, in the middle, most of them.
MOMENTS: Final = (1, 13, 40)

pytestmark = pytest.mark.hard


def frames(store: TelemetryStore) -> dict[FrameName, pl.DataFrame]:
    parts = list(store.read(BATCH, *SCHEMAS))
    return {name: pl.concat([part[name] for part in parts]) for name in SCHEMAS}


def test_a_load_that_is_killed_while_it_writes_objects(
    server: ObjectServer, bucket: ObjectUrl, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_matches(tmp_path / "telemetry", range(1, MATCHES + 1))
    copy_files(tmp_path / "telemetry", bucket / "telemetry")
    root = bucket / "parquet"
    store, versions = TelemetryStore(root), root / ".versions" / BATCH
    pewstats = Pewstats(tmp_path / "home", database_url)
    pewstats.environment |= {**server.environment, "PEWSTATS_PARQUET": str(root)}
    pewstats.run("demo", f"{bucket}/telemetry", "--batch-size", str(MATCHES))
    rows, before = rows_of(database_url), frames(store)
    (old,) = list_names(versions)
    for killed, least in enumerate(MOMENTS, start=1):
        known = set(list_names(versions))
        process = pewstats.start("backfill", "--all", start_new_session=True)

        def has_written(known: set[str] = known, least: int = least) -> bool:
            new = [stored for stored in list_objects(versions) if stored.url.parent.name not in known]
            return len(new) >= least

        wait_until(has_written, f"{least} objects are written")
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=PATIENCE_S)
        wait_until_ended(process.pid, f"{least} objects")
        assert len(list_names(versions)) == 1 + killed, "it was killed before its version was whole"
        for name, frame in frames(store).items():
            assert_frame_equal(frame, before[name])
        with psycopg.connect(database_url, autocommit=True) as connection:
            assert_nothing_is_half_written(connection, f"{least} objects")
        assert rows_of(database_url) == rows
    pewstats.run("backfill", "--all")
    assert old not in list_names(versions)
    assert len(list_names(versions)) == 1 + len(MOMENTS), "somebody might be writing them"
    for name, frame in frames(store).items():
        assert_frame_equal(frame, before[name])
    assert rows_of(database_url) == rows
    an_hour_later = time.time() + object_versions.ABANDONED_S + 2
    monkeypatch.setattr(time, "time", lambda: an_hour_later)
    assert store.leftovers() == [BATCH]
    store.remove_leftovers(BATCH)
    assert len(list_names(versions)) == 1
    assert frames(store)["facts"].height == MATCHES
