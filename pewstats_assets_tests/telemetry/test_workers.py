"""Decoding in processes of their own: the same results in the same order, and nobody left behind."""

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pewstats_assets.limits import DEFAULT_LIMITS, Limits
from pewstats_assets.places import Place
from pewstats_assets.telemetry import (
    BrokenTelemetryError,
    MatchTelemetry,
    Reason,
    RegisteredFile,
    TelemetryStore,
    WrittenPart,
    decode_registered,
    nothing,
    workers,
)
from pewstats_assets.telemetry.folder_versions import UnwritablePartError
from pewstats_assets.telemetry.store import SCHEMAS, FrameName
from pewstats_assets_tests.fights.events import as_json, damage
from pewstats_assets_tests.processes import is_alive
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
    (tmp_path / f"{uuid_of(NUMBER - 1)}.json").unlink()
    return registered


def write(
    root: Path, files: list[RegisteredFile], limits: Limits = DEFAULT_LIMITS
) -> list[BrokenTelemetryError | None]:
    """Write the telemetry of files as batch "a"; why each could not be decoded."""
    broken: dict[int, BrokenTelemetryError] = {}

    def write_parts(folder: Place) -> Iterator[WrittenPart[None]]:
        for part in workers.write_telemetry(folder, list(enumerate(files)), nothing, limits):
            broken.update(part.broken)
            yield part

    TelemetryStore(root).write("a", write_parts)
    return [broken.get(number) for number in range(len(files))]


def read(root: Path, frame: FrameName) -> pl.DataFrame:
    return pl.concat([part[frame] for part in TelemetryStore(root).read("a", frame)])


def summary(root: Path, files: list[RegisteredFile]) -> list[tuple[str, int] | Reason]:
    """The match id and the number of combat events of each file, or why there are none."""
    broken = write(root, files)
    match_ids = dict(read(root, "facts").select("match_no", "match_id").iter_rows())
    heights = Counter(read(root, "combat")["match_no"])
    return [
        (match_ids[number], heights[number]) if error is None else error.reason for number, error in enumerate(broken)
    ]


@pytest.mark.parametrize("min_bytes", [0, workers.MIN_BYTES], ids=["in processes", "in this process"])
def test_results_are_in_the_order_of_the_files(
    tmp_path: Path, files: list[RegisteredFile], min_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "MIN_BYTES", min_bytes)
    monkeypatch.setattr(workers, "_cores", lambda: 2)
    expected: list[tuple[str, int] | Reason] = [(uuid_of(number), number) for number in range(NUMBER)]
    expected[4] = expected[9] = Reason.EMPTY_FILE
    expected[-1] = Reason.FILE_MISSING
    assert summary(tmp_path, files) == expected
    for frame in ("facts", "combat", "quarantined"):
        assert read(tmp_path, frame)["match_no"].is_sorted()


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
    errors = write(tmp_path / "store", files, Limits(json_bytes=1_000_000))
    refused = [error and (error.reason, error.byte_offset) for error in errors]
    assert refused == [expected for _, expected in contents]


def test_processes_write_the_same_frames_as_this_process(
    tmp_path: Path, files: list[RegisteredFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "here", files)
    monkeypatch.setattr(workers, "MIN_BYTES", 0)
    monkeypatch.setattr(workers, "_cores", lambda: 2)
    write(tmp_path / "there", files)
    for frame in SCHEMAS:
        assert_frame_equal(read(tmp_path / "there", frame), read(tmp_path / "here", frame))
    assert len(list((tmp_path / "there" / "a").glob("facts.*"))) > 1


@pytest.mark.parametrize(("number", "parts"), [(0, [0]), (1, [1]), (51, [25, 25, 1])])
def test_only_a_part_of_the_files_is_held_in_memory(
    tmp_path: Path, number: int, parts: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part is written before the next one is begun."""
    on_disk: list[int] = []

    def watch(file: RegisteredFile, limits: Limits) -> MatchTelemetry:
        on_disk.append(len(list(tmp_path.glob("facts.*"))))
        return decode_registered(file, limits)

    monkeypatch.setattr(workers, "decode_registered", watch)
    path = tmp_path / f"{uuid_of(1)}.json"
    path.write_bytes(as_json(definition(uuid_of(1)), event("LogHeal")))
    files = [(match_no, RegisteredFile(path, None, uuid_of(1), None)) for match_no in range(number)]
    assert [part.matches for part in workers.write_telemetry(tmp_path, files, nothing)] == parts
    assert [on_disk.count(part) for part in range(len(parts))] == parts


@pytest.mark.parametrize("min_bytes", [0, workers.MIN_BYTES], ids=["in processes", "in this process"])
def test_folder_that_cannot_be_written_is_named(
    tmp_path: Path, files: list[RegisteredFile], min_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "MIN_BYTES", min_bytes)
    monkeypatch.setattr(workers, "_cores", lambda: 2)
    with pytest.raises(UnwritablePartError, match="No such file or directory"):
        list(workers.write_telemetry(tmp_path / "nowhere", list(enumerate(files)), nothing))


def test_worker_uses_one_thread_and_has_not_imported_dagster() -> None:
    with workers.start_workers(1) as pool:
        assert pool.submit(pl.thread_pool_size).result() == 1
        assert not pool.submit(_has_imported, "dagster").result()


@pytest.mark.parametrize("module", ["pewstats_assets.fights", "pewstats_assets.cli"])
def test_worker_has_imported_what_it_will_need_before_it_is_forked(module: str) -> None:
    with workers.start_workers(1) as pool:
        assert pool.submit(_has_imported, module).result()


def test_worker_does_not_look_for_garbage_among_what_it_has_imported() -> None:
    with workers.start_workers(1) as pool:
        assert pool.submit(gc.get_freeze_count).result() > 10_000


def test_workers_of_a_season_leave_a_server_that_is_ready_for_a_batch(tmp_path: Path) -> None:
    """A process has one server, which whoever comes first starts: `simulate`, then `demo`, say."""
    script = tmp_path / "both.py"
    script.write_text(
        "from pathlib import Path\n"
        "import polars\n"
        "from pewstats_assets.simulation.season import Size, write_season\n"
        "from pewstats_assets.telemetry.workers import start_workers\n"
        "if __name__ == '__main__':\n"
        f"    list(write_season(2, 1, Path({str(tmp_path)!r}), Size.SMALL, processes=2))\n"
        "    with start_workers(1) as pool:\n"
        "        print(pool.submit(polars.thread_pool_size).result())\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1"]


def _has_imported(module: str) -> bool:
    return module in sys.modules


def test_file_that_kills_its_process_costs_no_other_its_place(
    tmp_path: Path, files: list[RegisteredFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "MIN_BYTES", 0)
    monkeypatch.setattr(workers, "_cores", lambda: 2)
    expected = summary(tmp_path, files)
    deadly = tmp_path / f"{uuid_of(2)}.json"
    deadly.unlink()
    os.mkfifo(deadly)
    over = threading.Event()
    killer = threading.Thread(target=_kill_whoever_reads, args=(deadly, over))
    killer.start()
    try:
        found = summary(tmp_path, files)
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
        # A reader that was woken has the file a moment later; closed before, it would be an empty one to it.
        while not (readers := _processes_with(fifo) - {os.getpid()}) and not over.wait(0.001):
            pass
        for reader in readers:
            os.kill(reader, signal.SIGKILL)
        os.close(write_end)


def _processes_with(file: Path) -> set[int]:
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ends meanwhile
            if any(link.readlink() == file for link in (process / "fd").iterdir()):
                found.add(int(process.name))
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
        assert all(map(is_alive, pids))
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 30
    while any(map(is_alive, pids)):
        assert time.monotonic() < deadline, "a worker waits for work that never comes"
        time.sleep(0.05)
