"""Runs on Celery workers: real Redis, real workers, the daemon, and a worker that dies or has old code.

A machine is a process group here: what kills all of it at once is what a power failure does.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import dagster as dg
import psycopg
import pytest

import pewstats_assets
from pewstats_assets.code_version import CODE_VERSION, CODE_VERSION_TAG
from pewstats_assets.instance import open_instance
from pewstats_assets.settings import Settings
from pewstats_assets.warehouse import connect_databases
from pewstats_assets_tests.backfills import cancel, launch, wait
from pewstats_assets_tests.hard.loads import assert_nothing_is_half_written, wait_until, watch, write_sample
from pewstats_assets_tests.processes import Pewstats
from pewstats_assets_tests.telemetry_folders import write_matches
from pewstats_assets_tests.test_ui import free_port, user_interface

pytestmark = pytest.mark.celery

DAGSTER_YAML: Final = Path(__file__).parents[1] / "deploy" / "celery" / "dagster.yaml"
BATCHES: Final = [f"batch_{number:05d}" for number in range(1, 21)]
# Who is about to write fights waits for this lock.
HOLD_WRITES: Final = "LOCK TABLE team_fights IN SHARE MODE"
WAITING: Final = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%team_fights%'
"""


class Cluster:
    """A home with runs on Celery workers; each worker is a process group of its own."""

    def __init__(self, home: Path, database_url: str, broker_url: str) -> None:
        self.pewstats = Pewstats(home, database_url)
        self.pewstats.environment |= {"PEWSTATS_BROKER_URL": broker_url, "PEWSTATS_BATCHES_PER_RUN": "2"}
        (home / "dagster").mkdir(parents=True)
        shutil.copy(DAGSTER_YAML, home / "dagster")
        self._home = home

    @contextmanager
    def worker(self, name: str, code: Path | None = None) -> Iterator[subprocess.Popen[str]]:
        """Run a worker, with other code if it is given; wait until it listens, and kill its machine at the end."""
        worker = Pewstats(self._home)
        worker.environment = self.pewstats.environment | ({"PYTHONPATH": str(code)} if code else {})
        with (self._home / f"{name}.log").open("a", encoding="utf-8") as log:
            process = worker.start("worker", "--name", name, start_new_session=True, output=log)
        try:
            wait_until(lambda: f"{name}@{socket.gethostname()}" in self._answering(), f"the worker {name} listens")
            yield process
        finally:
            kill_machine(process)

    def console_of(self, name: str) -> str:
        return (self._home / f"{name}.log").read_text(encoding="utf-8")

    def _answering(self) -> str:
        command = [sys.executable, "-m", "celery", "-b", self.pewstats.environment["PEWSTATS_BROKER_URL"]]
        return subprocess.run([*command, "status"], capture_output=True, text=True, check=False).stdout


def kill_machine(process: subprocess.Popen[str]) -> None:
    """End a process and all that it has started, at once."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def broker_url(tmp_path: Path) -> Iterator[str]:
    """URL of a Redis of the test's own."""
    redis = shutil.which("redis-server")
    assert redis, "Redis is not installed: `make redis` does it."
    port = free_port()
    with (tmp_path / "redis.log").open("w") as log:
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        process = subprocess.Popen([redis, *options], stdout=log, cwd=tmp_path)
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait()


@pytest.fixture
def cluster(tmp_path: Path, database_url: str, broker_url: str) -> Cluster:
    return Cluster(tmp_path / "home", database_url, broker_url)


@contextmanager
def instance_of(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """Dagster's instance, and its launcher, as the daemon has them."""
    for name, value in cluster.pewstats.environment.items():
        if name.startswith("PEWSTATS_"):
            monkeypatch.setenv(name, value)
    settings = Settings.from_environment()
    with open_instance(settings, connect_databases(settings)) as instance:
        yield instance


def failures_of(instance: dg.DagsterInstance) -> list[str]:
    """What failed each of the failed runs."""
    failed = instance.get_run_records(dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE]))
    entries = [
        instance.all_logs(record.dagster_run.run_id, of_type=dg.DagsterEventType.RUN_FAILURE) for record in failed
    ]
    return [str(entry.dagster_event) for of_run in entries for entry in of_run]


def test_a_backfill_outlives_a_worker(
    tmp_path: Path, cluster: Cluster, database_url: str, server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One batch is large enough for processes of its own to decode it.
    write_sample(tmp_path / "sample")
    write_matches(tmp_path / "small", range(1, 39))
    pewstats = cluster.pewstats
    pewstats.run("register", str(tmp_path / "sample" / "large"), "--batch-size", "6")
    pewstats.run("register", str(tmp_path / "small"), "--batch-size", "2")
    assert [batch["batch"] for batch in pewstats.json("status")["batches"]] == BATCHES

    with ExitStack() as machines, watch(database_url) as eye:
        machines.enter_context(cluster.worker("first"))
        second = machines.enter_context(cluster.worker("second"))
        ask = machines.enter_context(user_interface(pewstats))
        with psycopg.connect(database_url) as holder:
            holder.execute(HOLD_WRITES)
            backfill = launch(ask, BATCHES)
            wait_until(lambda: eye.execute(WAITING).fetchone() == (2,), "both workers are in the middle of a write")
            kill_machine(second)
        ended = wait(ask, backfill)
        with instance_of(cluster, monkeypatch) as instance:
            (failure,) = failures_of(instance)
    assert "The Celery worker second@" in failure
    assert "does not answer" in failure
    assert ended["status"] == "COMPLETED_SUCCESS"
    assert ended["assets"] == {
        asset: {"targeted": len(BATCHES), "materialized": len(BATCHES), "failed": 0} for asset in ended["assets"]
    }
    statuses = sorted(run["status"] for run in ended["runs"])
    assert statuses == ["FAILURE", *["SUCCESS"] * 10]
    pewstats.run("verify")
    with watch(database_url) as eye:
        assert_nothing_is_half_written(eye, "after the backfill")
    assert "every registered batch is complete" in pewstats.run("backfill")[1]
    assert "Traceback" not in cluster.console_of("first")


def test_a_canceled_backfill_stays_canceled(
    tmp_path: Path, cluster: Cluster, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_matches(tmp_path / "small", range(1, 3))
    pewstats = cluster.pewstats
    pewstats.run("register", str(tmp_path / "small"), "--batch-size", "2")
    with (
        user_interface(pewstats) as ask,
        cluster.worker("only"),
        watch(database_url) as eye,
        instance_of(cluster, monkeypatch) as instance,
    ):
        with psycopg.connect(database_url) as holder:
            holder.execute(HOLD_WRITES)
            backfill = launch(ask, BATCHES[:1])
            wait_until(lambda: eye.execute(WAITING).fetchone() == (1,), "the worker is in the middle of a write")
            cancel(ask, backfill)
            wait_until(lambda: eye.execute(WAITING).fetchone() == (0,), "the worker lets go of the write")
        assert wait(ask, backfill)["status"] == "CANCELED"
        assert [record.dagster_run.status for record in instance.get_run_records()] == [dg.DagsterRunStatus.CANCELED]
        assert [(batch["loaded"], batch["waiting"]) for batch in pewstats.json("status")["batches"]] == [(0, 2)]
        assert wait(ask, launch(ask, BATCHES[:1]))["status"] == "COMPLETED_SUCCESS"
    assert [(batch["loaded"], batch["waiting"]) for batch in pewstats.json("status")["batches"]] == [(2, 0)]


def test_a_worker_with_old_code_writes_nothing(
    tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_matches(tmp_path / "small", range(1, 3))
    pewstats = cluster.pewstats
    pewstats.run("register", str(tmp_path / "small"), "--batch-size", "2")
    monkeypatch.chdir(tmp_path)  # Celery prefers what is where it starts
    old = tmp_path / "old"
    shutil.copytree(Path(pewstats_assets.__file__).parent, old / "pewstats_assets")
    with (old / "pewstats_assets" / "fights" / "detect.py").open("a") as module:
        module.write("# what was changed since\n")
    with user_interface(pewstats) as ask, instance_of(cluster, monkeypatch) as instance:
        with cluster.worker("old", old):
            ended = wait(ask, launch(ask, BATCHES[:1]))
            assert ended["status"] == "COMPLETED_FAILED"
        failures = failures_of(instance)
        for failure in failures:
            assert f"but the run was launched by code {CODE_VERSION}: update both" in failure
        assert {record.dagster_run.tags[CODE_VERSION_TAG] for record in instance.get_run_records()} == {CODE_VERSION}
        assert [(batch["loaded"], batch["waiting"]) for batch in pewstats.json("status")["batches"]] == [(0, 2)]
        with cluster.worker("new"):
            assert wait(ask, launch(ask, BATCHES[:1]))["status"] == "COMPLETED_SUCCESS"
    assert [(batch["loaded"], batch["waiting"]) for batch in pewstats.json("status")["batches"]] == [(2, 0)]
