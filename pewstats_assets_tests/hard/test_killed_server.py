"""The database is killed and started again in the middle of a load: it ends loaded, or it fails loudly and goes on."""

import logging
import random
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from pewstats_assets_tests.hard.loads import (
    BATCHES,
    PATIENCE_S,
    Undisturbed,
    assert_complete,
    assert_nothing_is_half_written,
    open_writes,
    register_sample,
    watch,
)
from pewstats_assets_tests.processes import Pewstats
from pewstats_assets_tests.servers import Server, own_server

SEED: Final = 20261126
ROUNDS: Final = 4

pytestmark = pytest.mark.hard
_log = logging.getLogger(__name__)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that nobody else uses."""
    with own_server() as server:
        yield server


def wait_for_write(database_url: str, process: "subprocess.Popen[str]", skip: int) -> None:
    seen: set[str] = set()
    with watch(database_url) as connection:
        while len(seen) <= skip and process.poll() is None:
            seen.update(open_writes(connection))


def test_a_load_whose_database_is_killed_ends_in_words_or_with_every_row(
    server: Server, sample: Path, tmp_path: Path, undisturbed: Undisturbed
) -> None:
    database_url = f"{server.url}/pewstats"
    pewstats = Pewstats(tmp_path / "home", database_url)
    register_sample(pewstats, sample)
    chance = random.Random(SEED)
    for number in range(ROUNDS):
        writes, delay, away = chance.randrange(6), chance.uniform(0, undisturbed.seconds), chance.choice([0, 1, 4])
        when = f"seed {SEED}, round {number}: {writes=} {delay=} {away=}"
        process = pewstats.start("backfill", "--all")
        if number % 2:
            time.sleep(delay)
        else:
            wait_for_write(database_url, process, writes)
        server.kill()
        time.sleep(away)
        server.start()
        out, err = process.communicate(timeout=PATIENCE_S)
        _log.warning("%s: exit code %s\n%s", when, process.returncode, err)
        assert "Traceback" not in out + err, when
        assert process.returncode in {0, 1}, when
        if process.returncode:
            assert "Error: " in err, when
        else:
            assert all(f"{batch}: complete" in err for batch in BATCHES), f"{when}: {err}"
        with watch(database_url) as connection:
            assert_nothing_is_half_written(connection, when)
    pewstats.run("backfill")
    assert_complete(pewstats, database_url, undisturbed)
