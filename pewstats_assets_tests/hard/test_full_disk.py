"""The disk is full while Parquet is written: the run says so, nothing is lost, and with room the batch loads."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from pewstats_assets_tests.hard.loads import (
    BATCHES,
    Undisturbed,
    assert_complete,
    assert_store_is_clean,
    rows_of,
)
from pewstats_assets_tests.processes import Pewstats

#: Below the positions of a batch, above everything else that a run writes to files.
LARGEST_FILE: Final = 50_000

pytestmark = pytest.mark.hard


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True)
    subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["/bin/umount", folder], check=True)


def fill(file: Path) -> None:
    with file.open("wb", buffering=0) as filling:
        while True:
            filling.write(bytes(1 << 16))


@pytest.mark.skipif(os.geteuid() != 0 and "CI" not in os.environ, reason="only root may mount a small disk")
def test_a_full_disk_fails_the_run_and_keeps_what_the_batch_has(
    pewstats: Pewstats, tmp_path: Path, database_url: str, undisturbed: Undisturbed
) -> None:
    store = tmp_path / "home" / "telemetry"
    with small_disk(store):
        pewstats.run("backfill")
        before = {batch: (store / batch).resolve() for batch in BATCHES}
        filling = store / "filling"
        with pytest.raises(OSError, match="No space left"):
            fill(filling)
        _, err = pewstats.run("backfill", BATCHES[0], exit_code=1)
        assert "1 of 1 batches failed" in err
        assert f"The telemetry of {BATCHES[0]} cannot be written below {store}/.versions" in err
        assert "No space left on device" in err
        assert {batch: (store / batch).resolve() for batch in BATCHES} == before
        assert_store_is_clean(tmp_path / "home")
        assert rows_of(database_url) == undisturbed.rows
        filling.unlink()
        pewstats.run("backfill", BATCHES[0])
        assert_complete(pewstats, database_url, undisturbed)
        assert_store_is_clean(tmp_path / "home")


def test_a_file_that_may_not_grow_fails_the_run_and_the_next_one_loads(
    pewstats: Pewstats, tmp_path: Path, database_url: str, undisturbed: Undisturbed
) -> None:
    """What a full disk is on a machine where nobody may mount one, at a batch's first load."""
    process = pewstats.start("backfill", BATCHES[0])
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    out, err = process.communicate(timeout=300)
    assert process.returncode == 1
    assert "Traceback" not in out + err
    assert f"The telemetry of {BATCHES[0]} cannot be written below {tmp_path}/home/telemetry/.versions" in err
    assert "File too large" in err
    assert [path.suffix for path in (tmp_path / "home" / "telemetry" / ".versions").iterdir()] == [".lock"]
    pewstats.run("backfill")
    assert_complete(pewstats, database_url, undisturbed)
    assert_store_is_clean(tmp_path / "home")
