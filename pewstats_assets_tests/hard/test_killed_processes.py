"""A load that is killed at any moment leaves every batch its old rows or its new ones, and the next load goes on."""

import logging
import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
import pytest

from pewstats_assets_tests.hard.loads import (
    PATIENCE_S,
    Undisturbed,
    assert_complete,
    assert_nothing_is_half_written,
    assert_store_is_clean,
    open_writes,
    wait_until,
    watch,
)
from pewstats_assets_tests.processes import Pewstats

SEEDS: Final = (20261124, 20261125)
KILLS: Final = 25

pytestmark = pytest.mark.hard
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kill:
    """A moment to kill at, and whom.

    Attributes:
        aim: `writing`: while the database is written; `decoding`: while workers decode; `any`: after `delay` alone.
        skip: writing transactions that are let through before.
        delay: seconds after the moment that is aimed at has begun.
        whole_session: kill all processes, not the first one alone.
    """

    number: int
    aim: str
    skip: int
    delay: float
    whole_session: bool


def plan(seed: int, seconds: float) -> list[Kill]:
    chance = random.Random(seed)
    kills = []
    for number in range(KILLS):
        aim = ("writing", "any", "writing", "decoding", "any")[number % 5]
        delay = chance.uniform(0, {"writing": 0.01, "decoding": 0.4, "any": seconds}[aim])
        kills.append(Kill(number, aim, chance.randrange(3), delay, whole_session=number % 3 != 0))
    return kills


def processes_of(session: int) -> list[int]:
    """All processes of a session that have not ended."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, of_session = stat.read_text().rpartition(")")[2].split()[:4]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(of_session) == session and state != "Z":
            found.append(int(stat.parent.name))
    return found


def wait_for_moment(kill: Kill, process: "subprocess.Popen[str]", connection: psycopg.Connection) -> bool:
    """Wait for the moment to kill; whether it came before the process had ended."""
    seen: set[str] = set()

    def writing() -> bool:
        writes = open_writes(connection)
        seen.update(writes)
        return len(seen) > kill.skip and any(age >= kill.delay for age in writes.values())

    began: list[float] = []

    def decoding() -> bool:
        # The first process, and beside it the fork server, its resource tracker, and at least one worker.
        if not began and len(processes_of(process.pid)) > 3:
            began.append(time.monotonic())
        return bool(began) and time.monotonic() >= began[0] + kill.delay

    start = time.monotonic()
    moments: dict[str, Callable[[], bool]] = {
        "writing": writing,
        "decoding": decoding,
        "any": lambda: time.monotonic() >= start + kill.delay,
    }
    while not moments[kill.aim]():
        if process.poll() is not None:
            return False
        time.sleep(0.001)
    return True


def kill_processes(kill: Kill, process: "subprocess.Popen[str]") -> None:
    if kill.whole_session:
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def wait_until_ended(session: int, when: str) -> None:
    wait_until(lambda: not processes_of(session), f"{when}: its processes end")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_load_that_is_killed_at_random_moments(
    pewstats: Pewstats, tmp_path: Path, database_url: str, undisturbed: Undisturbed, seed: int
) -> None:
    hits: Counter[str] = Counter()
    with watch(database_url) as connection:
        for kill in plan(seed, undisturbed.seconds):
            when = f"seed {seed}, {kill}"
            process = pewstats.start("backfill", "--all", start_new_session=True)
            if wait_for_moment(kill, process, connection):
                hits[kill.aim] += 1
                hits["left alone"] += not kill.whole_session and len(processes_of(process.pid)) > 1
                kill_processes(kill, process)
            out, err = process.communicate(timeout=PATIENCE_S)
            _log.warning("%s: exit code %s", when, process.returncode)
            assert "Traceback" not in out + err, when
            wait_until_ended(process.pid, when)
            assert_nothing_is_half_written(connection, when)
    _log.warning("%s", hits)
    assert hits["writing"] > KILLS // 3
    assert hits["decoding"]
    assert hits["left alone"], "no worker outlived its run"
    pewstats.run("backfill")
    assert_complete(pewstats, database_url, undisturbed)
    pewstats.run("backfill", "--all")
    assert_complete(pewstats, database_url, undisturbed)
    assert_store_is_clean(tmp_path / "home")
