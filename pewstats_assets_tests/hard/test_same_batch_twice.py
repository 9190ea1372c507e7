"""Runs of one batch at the same time: one after the other, or one fails loudly; rows and folder are of one run."""

import subprocess
from pathlib import Path
from typing import Final

import pytest

from pewstats_assets_tests.hard.loads import (
    PATIENCE_S,
    Undisturbed,
    assert_complete,
    assert_nothing_is_half_written,
    assert_store_is_clean,
    watch,
)
from pewstats_assets_tests.processes import Pewstats

ROUNDS: Final = 3
BATCH: Final = "batch_00001"

pytestmark = pytest.mark.hard


def end(process: "subprocess.Popen[str]") -> bool:
    """Wait for the end; whether the batch was loaded. If not, a sentence says why."""
    out, err = process.communicate(timeout=PATIENCE_S)
    assert "Traceback" not in out + err
    if process.returncode == 0:
        assert f"{BATCH}: complete" in err
        return True
    assert process.returncode == 1
    assert f"{BATCH} (run " in err
    return False


def test_two_processes_load_one_batch(
    pewstats: Pewstats, tmp_path: Path, database_url: str, undisturbed: Undisturbed
) -> None:
    for number in range(ROUNDS):
        loaded = [end(process) for process in [pewstats.start("backfill", BATCH) for _ in range(2)]]
        assert any(loaded), number
        with watch(database_url) as connection:
            assert_nothing_is_half_written(connection, f"round {number}")
    pewstats.run("backfill")
    assert_complete(pewstats, database_url, undisturbed)
    assert_store_is_clean(tmp_path / "home")
