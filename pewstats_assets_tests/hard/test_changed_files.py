"""A telemetry file that changes after it was registered is quarantined, whenever it changes; the others load."""

import fcntl
import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from pewstats_assets_tests.hard.loads import BATCHES, PATIENCE_S, wait_until, write_sample
from pewstats_assets_tests.processes import Pewstats

pytestmark = pytest.mark.hard


def matches_of_first_batch(database_url: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database_url) as connection:
        return connection.execute(
            "SELECT m.status, m.reason, (SELECT count(*) FROM team_fights tf WHERE tf.match_no = m.match_no) > 0"
            " FROM matches m WHERE batch = 'batch_00001' ORDER BY match_no"
        ).fetchall()


def is_waiting_for(lock: Path) -> bool:
    inode = f":{lock.stat().st_ino} "
    return any(inode in line and "->" in line for line in Path("/proc/locks").read_text().splitlines())


@pytest.mark.parametrize("how", ["replaced", "cut off", "appended to"])
def test_a_file_changes_while_its_batch_loads_and_after(tmp_path: Path, database_url: str, how: str) -> None:
    folder = tmp_path / "telemetry" / "large"
    write_sample(tmp_path / "telemetry")
    files = sorted(folder.iterdir())
    pewstats = Pewstats(tmp_path / "home", database_url)
    pewstats.run("register", str(folder))

    def change(file: Path) -> None:
        content = file.read_bytes()
        changed = {"replaced": files[0].read_bytes(), "cut off": content[:-100], "appended to": content + b" "}[how]
        file.write_bytes(changed)

    # The run has read which files there are, and waits for its turn to write what it decodes.
    versions = tmp_path / "home" / "telemetry" / ".versions"
    versions.mkdir(parents=True)
    lock = versions / f"{BATCHES[0]}.lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        process = pewstats.start("backfill")
        wait_until(lambda: is_waiting_for(lock), "the run waits")
        change(files[3])
    _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, err
    loaded, changed = ("loaded", None, True), ("quarantined", "file_changed", False)
    assert matches_of_first_batch(database_url) == [loaded, loaded, loaded, changed, loaded, loaded]
    pewstats.run("verify")

    change(files[5])
    pewstats.run("backfill", "--all")
    assert matches_of_first_batch(database_url) == [loaded, loaded, loaded, changed, loaded, changed]
    rules = {row["rule"]: row for row in json.loads(pewstats.run("verify", "--json", exit_code=1)[0])}
    broken = {name for name, row in rules.items() if not row["passed"]}
    assert broken == {"quarantined_below_5_percent", "quarantined_below_25_percent"}
