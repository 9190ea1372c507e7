"""Decoding the files of a batch, in processes of their own: one core decodes about 20 full-size files a second.

A process writes what it decodes: frames that went back to the run would be packed, unpacked and written by one process.
"""

import logging
import multiprocessing
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Final, TypeVar

from pewstats_assets.garbage import pass_over_imported
from pewstats_assets.limits import DEFAULT_LIMITS, Limits
from pewstats_assets.places import ObjectUrl, Place
from pewstats_assets.telemetry.errors import BrokenTelemetryError, Reason
from pewstats_assets.telemetry.registered import Decoded, RegisteredFile, decode_registered
from pewstats_assets.telemetry.store import Frames, Make, WrittenPart, write_part
from pewstats_assets.worker_server import worker_context

logger = logging.getLogger(__name__)

T = TypeVar("T")

#: Below this, starting the processes (about half a second) takes longer than they save.
MIN_BYTES: Final = 16 << 20
#: Matches that are written together, and so in memory at once: about 2 MB each.
PART_MATCHES: Final = 25
#: What an object counts for: to ask for the size of each would take a request.
_OBJECT_BYTES: Final = 1 << 20
#: Parts for each process, if there are enough matches: the last ones are done at about the same time.
_PARTS_EACH: Final = 4

#: Files with the `match_no` of each.
NumberedFiles = Sequence[tuple[int, RegisteredFile]]


def nothing(frames: Frames) -> None:
    """Make nothing of a part."""


def write_telemetry(
    folder: Place, files: NumberedFiles, make: Make[T], limits: Limits = DEFAULT_LIMITS
) -> Iterator[WrittenPart[T]]:
    """Decode files on all cores that this process may use, and write their telemetry.

    However many files there are, only a few of each process are held in memory.

    Args:
        folder: the folder of the batch that is being written.
        files: by rising `match_no`.
        make: makes something of the frames of a part, where they are; `nothing`, for example.
        limits: what a file may hold.

    Returns:
        The parts in their order, each when it and those before it are written; one at least.

    Raises:
        UnwritablePartError: the disk is full, or the folder may not be written.
        ObjectStoreError: an object store that is read from or written to is away, or refuses.
    """
    workers = min(_cores(), len(files))
    if workers > 1 and sum(_size(file) for _, file in files) >= MIN_BYTES:
        size = min(PART_MATCHES, -(-len(files) // (workers * _PARTS_EACH)))
        yield from _write_in_processes(folder, _parts(files, size), make, limits, workers)
    else:
        for number, part in enumerate(_parts(files, PART_MATCHES)):
            yield _write_part(folder, number, part, make, limits)


def _parts(files: NumberedFiles, size: int) -> list[NumberedFiles]:
    """Cut files into parts; without files there is one part, with nothing in it."""
    return [files[start : start + size] for start in range(0, len(files), size)] or [[]]


def _write_in_processes(
    folder: Place, parts: Sequence[NumberedFiles], make: Make[T], limits: Limits, workers: int
) -> Iterator[WrittenPart[T]]:
    written = 0
    try:
        with start_workers(workers) as pool:
            results = [
                pool.submit(_write_part, folder, number, part, make, limits) for number, part in enumerate(parts)
            ]
            try:
                for result in results:
                    yield result.result()
                    written += 1
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
    except BrokenProcessPool:
        left = sum(map(len, parts[written:]))
        logger.warning("A process that decodes was killed: its file is looked for among %d.", left)
    # One of the files that are left may have killed it, and must not cost the others their place in the batch.
    for number in range(written, len(parts)):
        results_alone = [(match_no, _decode_alone(file, limits)) for match_no, file in parts[number]]
        yield write_part(folder, number, results_alone, make)


def _write_part(folder: Place, number: int, part: NumberedFiles, make: Make[T], limits: Limits) -> WrittenPart[T]:
    return write_part(folder, number, [(match_no, _decode(file, limits)) for match_no, file in part], make)


def _decode_alone(file: RegisteredFile, limits: Limits) -> Decoded:
    """Decode a file that may kill the process that does it."""
    try:
        with start_workers(1) as pool:
            return pool.submit(_decode, file, limits).result()
    except BrokenProcessPool:
        return BrokenTelemetryError(Reason.TOO_LARGE, "The process that decodes it is killed, probably for its memory.")


def start_workers(number: int) -> ProcessPoolExecutor:
    """Start processes that have imported this room, but neither Dagster nor this process's connections."""
    return ProcessPoolExecutor(number, mp_context=worker_context(), initializer=_begin)


def _decode(file: RegisteredFile, limits: Limits) -> Decoded:
    try:
        return decode_registered(file, limits)
    except BrokenTelemetryError as error:
        return error
    except MemoryError:
        return BrokenTelemetryError(Reason.TOO_LARGE, "There is not enough memory to decode it.")


def _cores() -> int:
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _size(file: RegisteredFile) -> int:
    if isinstance(file.file, ObjectUrl):
        return _OBJECT_BYTES
    with suppress(OSError):  # decoding says what is wrong with it
        return file.file.stat().st_size
    return 0


def _begin() -> None:
    pass_over_imported()
    _end_with_parent()


def _end_with_parent() -> None:
    """Let a worker end when the run is killed, instead of waiting for work for ever."""
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
