"""Whatever happens in whatever order: arrivals, ticks, crashes, registrations by hand, loads, other batch sizes.

Every match is in one batch in the end, no batch is over its size, a closed batch never changes, and the sensor never
requests two runs of one.
"""

import random
from collections import Counter
from collections.abc import Callable
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import pytest

from pewstats_assets.fights.participation import FightDetails
from pewstats_assets.partitions import PARTITIONS_NAME, follow_warehouse, register_folder
from pewstats_assets.settings import Settings
from pewstats_assets.warehouse import Databases, QuarantinedMatch, matches_of, replace_fights
from pewstats_assets_tests.sensors.ticking import Crash, Daemon, be_quiet
from pewstats_assets_tests.telemetry_folders import match_bytes, match_id_of, write_matches

STEPS = 30
LARGEST_BATCH = 5


class World:
    """A folder, a daemon, a person at the command line, and what has been seen of closed batches."""

    def __init__(
        self, seed: int, folder: Path, daemon: Daemon, databases: Databases, environment: pytest.MonkeyPatch
    ) -> None:
        self.random = random.Random(seed)
        self.folder = folder
        self.daemon = daemon
        self.databases = databases
        self.environment = environment
        self.matches = self.random.sample(range(1, 10_000), 2_000)
        self.expected: set[str] = set()
        self.closed: dict[str, list[str]] = {}
        self.half: list[Path] = []
        self._numbers = count()

    def arrive(self) -> None:
        for number in self._new(self.random.randint(1, 6)):
            write_matches(self.folder, range(number, number + 1))

    def begin_a_slow_copy(self) -> None:
        (number,) = self._new(1)
        path = self.folder / f"{match_id_of(number)}.json.gz"
        path.write_bytes(b"[")
        self.half.append(path)

    def end_a_slow_copy(self) -> None:
        if self.half:
            path = self.half.pop()
            path.write_bytes(match_bytes(int(path.name.split(".")[0].replace("-", ""), 16)))

    def arrive_twice(self) -> None:
        """Another file of a match that has one."""
        if self.expected:
            match_id = self.random.choice(sorted(self.expected))
            number = int(match_id.replace("-", ""), 16)
            (self.folder / f"again {next(self._numbers)}.json").write_bytes(match_bytes(number))

    def tick(self) -> None:
        self.daemon.tick()

    def tick_and_crash(self) -> None:
        self.daemon.tick(self.random.choice(list(Crash)))

    def lose_the_cursor(self) -> None:
        self.daemon.cursor = None

    def be_quiet(self) -> None:
        with self.databases.connect() as connection:
            be_quiet(connection)

    def register_by_hand(self) -> None:
        """Who registers by hand says that files are complete: never in the middle of a copy."""
        if not self.half:
            size = self.random.randint(1, LARGEST_BATCH)
            register_folder(self.databases, Settings.from_environment(), self.folder, size)
            follow_warehouse(self.databases, self.daemon.instance)

    def change_the_batch_size(self) -> None:
        self.environment.setenv("PEWSTATS_BATCH_SIZE", str(self.random.randint(1, LARGEST_BATCH)))

    def load(self) -> None:
        """Load any batch, the open one included, as a run does: all its matches get a final status."""
        batches = [batch for (batch,) in self._ask("SELECT batch FROM match_batches")]
        if batches:
            batch = self.random.choice(batches)
            with self.databases.connect() as connection:
                members = matches_of(connection, batch)
            with self.databases.connect() as connection:
                quarantined = [QuarantinedMatch(member.match_no, "no_events", "None.") for member in members]
                replace_fights(connection, batch, "v2", [], quarantined, details=FightDetails.concat([]))

    def check(self) -> None:
        """What holds at every moment."""
        rows = self._ask(
            "SELECT batch, closed_at IS NOT NULL, array_agg(match_id::text ORDER BY match_no), min(match_no),"
            " max(match_no) FROM match_batches JOIN matches USING (batch) GROUP BY batch ORDER BY batch"
        )
        members = {batch: match_ids for batch, _, match_ids, _, _ in rows}
        assert all(len(match_ids) <= LARGEST_BATCH for match_ids in members.values())
        assert all(last < first for (*_, last), (_, _, _, first, _) in pairwise(rows))
        assert [is_closed for _, is_closed, *_ in rows][:-1] == [True] * (len(rows) - 1)
        for batch, match_ids in self.closed.items():
            assert members[batch] == match_ids
        self.closed = {batch: match_ids for batch, is_closed, match_ids, _, _ in rows if is_closed}
        partitions = list(self.daemon.instance.get_dynamic_partitions(PARTITIONS_NAME))
        assert partitions == sorted(self.closed)[: len(partitions)]
        requested = Counter(self.daemon.requested())
        assert max(requested.values(), default=1) == 1
        assert requested.keys() <= set(partitions)

    def finish(self) -> None:
        """Let all copies end, and the sensor do what is left."""
        while self.half:
            self.end_a_slow_copy()
        self.tick()
        self.be_quiet()
        self.tick()
        self.tick()
        self.check()
        registered = Counter(match_id for match_ids in self.closed.values() for match_id in match_ids)
        assert registered == Counter(self.expected)
        assert list(self.daemon.instance.get_dynamic_partitions(PARTITIONS_NAME)) == sorted(self.closed)
        assert self._ask("SELECT batch FROM match_batches WHERE awaits_run OR closed_at IS NULL") == []

    def _ask(self, query: str) -> list[Any]:
        with self.databases.connect() as connection:
            return connection.execute(query.encode()).fetchall()

    def _new(self, number: int) -> list[int]:
        new = [self.matches.pop() for _ in range(number)]
        self.expected |= {match_id_of(match) for match in new}
        return new


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_every_match_finds_its_batch(
    seed: int,
    folder: Path,
    daemon: Daemon,
    databases: Databases,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(seed, folder, daemon, databases, monkeypatch)
    steps: dict[Callable[[], None], int] = {
        world.arrive: 6,
        world.begin_a_slow_copy: 2,
        world.end_a_slow_copy: 3,
        world.arrive_twice: 1,
        world.tick: 4,
        world.tick_and_crash: 6,
        world.lose_the_cursor: 1,
        world.be_quiet: 2,
        world.register_by_hand: 2,
        world.change_the_batch_size: 1,
        world.load: 2,
    }
    for step in world.random.choices(list(steps), list(steps.values()), k=STEPS):
        step()
        world.check()
    world.finish()
