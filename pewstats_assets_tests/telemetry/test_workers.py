"""Decoding in processes of their own: the same results in the same order, and nobody left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

import polars as pl
import pytest

from pewstats_assets.limits import Limits
from pewstats_assets.telemetry import BrokenTelemetryError, MatchTelemetry, Reason, RegisteredFile, decode_all, workers
from pewstats_assets_tests.fights.events import as_json, damage
from pewstats_assets_tests.telemetry.wire import definition, event

NUMBER: Final = 12


def uuid_of(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


@pytest.fixture
def files(tmp_path: Path) -> list[RegisteredFile]:
    """Registered files with as many damage events as their number says; every fifth is empty, the last is missing."""
    registered = []
    for number in range(NUMBER):
        path = tmp_path / f"{uuid_of(number)}.json"
        events = [damage(second, "a@1", "b@2") for second in range(number)]
        path.write_bytes(b"" if number % 5 == 4 else as_json(definition(uuid_of(number)), event("LogHeal"), *events))
        registered.append(RegisteredFile(path, None, uuid_of(number), None))
    registered[-1].file.unlink()
    return registered


def summary(files: list[RegisteredFile]) -> list[tuple[str | None, int] | Reason]:
    return [
        result.reason if isinstance(result, BrokenTelemetryError) else (result.match_id, result.combat.height)
        for result in decode_all(files)
    ]


@pytest.mark.parametrize("min_bytes", [0, workers.MIN_BYTES], ids=["in processes", "in this process"])
def test_results_are_in_the_order_of_the_files(
    files: list[RegisteredFile], min_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "MIN_BYTES", min_bytes)
    monkeypatch.setattr(workers, "_cores", lambda: 2)
    expected: list[tuple[str | None, int] | Reason] = [(uuid_of(number), number) for number in range(NUMBER)]
    expected[4] = expected[9] = Reason.EMPTY_FILE
    expected[-1] = Reason.FILE_MISSING
    assert summary(files) == expected


@pytest.mark.parametrize("min_bytes", [0, workers.MIN_BYTES], ids=["in processes", "in this process"])
def test_hostile_files_are_refused_with_their_place_and_by_the_limits_given(
    tmp_path: Path, min_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "MIN_BYTES", min_bytes)
    good = as_json(definition(uuid_of(0)), damage(1, "a@1", "b@2"))
    deep = b"[" * 100_000 + b"]" * 100_000
    contents = [
        (good, None),
        (good[:-1], (Reason.BROKEN_JSON, len(good) - 1)),
        (good.replace(b'"attacker":', b'"attacker":' + deep + b',"a":'), (Reason.TOO_DEEP, None)),
        (good.replace(b'"attacker":', b'"other":' + deep + b',"attacker":'), (Reason.TOO_DEEP, None)),
        (good[:-1] + b',{"a":' + deep + b',"_T":"LogHeal"}]', None),
        (good + bytes(1_000_000), (Reason.TOO_LARGE, None)),
    ]
    files = []
    for number, (content, _) in enumerate(contents):
        path = tmp_path / f"{number}.json"
        path.write_bytes(content)
        files.append(RegisteredFile(path, None, uuid_of(0), None))
    results = decode_all(files, Limits(json_bytes=1_000_000))
    refused = [
        (result.reason, result.byte_offset) if isinstance(result, BrokenTelemetryError) else None for result in results
    ]
    assert refused == [expected for _, expected in contents]


def test_frames_survive_the_way_between_processes(files: list[RegisteredFile], monkeypatch: pytest.MonkeyPatch) -> None:
    here = list(decode_all(files))
    monkeypatch.setattr(workers, "MIN_BYTES", 0)
    monkeypatch.setattr(workers, "_cores", lambda: 2)
    for mine, theirs in zip(here, decode_all(files), strict=True):
        assert type(mine) is type(theirs)
        if isinstance(mine, MatchTelemetry) and isinstance(theirs, MatchTelemetry):
            for frame in ("combat", "positions", "rosters", "phases", "facts"):
                assert getattr(theirs, frame).equals(getattr(mine, frame))
                assert getattr(theirs, frame).schema == getattr(mine, frame).schema


def test_worker_uses_one_thread_and_has_not_imported_dagster() -> None:
    with workers.start_workers(1) as pool:
        assert pool.submit(pl.thread_pool_size).result() == 1
        assert not pool.submit(_has_imported, "dagster").result()


def _has_imported(module: str) -> bool:
    return module in sys.modules


def test_file_that_kills_its_process_costs_no_other_its_place(
    files: list[RegisteredFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "MIN_BYTES", 0)
    monkeypatch.setattr(workers, "_cores", lambda: 2)
    expected = summary(files)
    deadly = files[2].file
    deadly.unlink()
    os.mkfifo(deadly)
    over = threading.Event()
    killer = threading.Thread(target=_kill_whoever_reads, args=(deadly, over))
    killer.start()
    try:
        found = summary(files)
    finally:
        over.set()
        killer.join()
    expected[2] = Reason.TOO_LARGE
    assert found == expected


def _kill_whoever_reads(fifo: Path, over: threading.Event) -> None:
    while not over.wait(0.01):
        try:
            write_end = os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody reads
            continue
        for reader in _processes_with(fifo) - {os.getpid()}:
            os.kill(reader, signal.SIGKILL)
        os.close(write_end)


def _processes_with(file: Path) -> set[int]:
    found = set()
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if link.readlink() == file:
                found.add(int(link.parts[2]))
    return found


PARENT: Final = """
import os, time
from pewstats_assets.telemetry.workers import start_workers
if __name__ == "__main__":
    pool = start_workers(2)
    print(*{pool.submit(os.getpid).result() for _ in range(20)}, flush=True)
    time.sleep(60)
"""


def test_workers_end_when_the_run_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert pids
        assert all(map(_is_alive, pids))
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 30
    while any(map(_is_alive, pids)):
        assert time.monotonic() < deadline, "a worker waits for work that never comes"
        time.sleep(0.05)


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
