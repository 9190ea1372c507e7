"""Decoding the files of a batch in processes of their own: one core decodes about 15 full-size files a second."""

import logging
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Final

from pewstats_assets.limits import DEFAULT_LIMITS, Limits
from pewstats_assets.telemetry.errors import BrokenTelemetryError, Reason
from pewstats_assets.telemetry.registered import Decoded, RegisteredFile, decode_registered

logger = logging.getLogger(__name__)

#: Below this, starting the processes (about half a second) takes longer than they save.
MIN_BYTES: Final = 16 << 20
#: Files that are handed to each process ahead of the one that is waited for.
_AHEAD: Final = 2


def decode_all(files: Sequence[RegisteredFile], limits: Limits = DEFAULT_LIMITS) -> Iterator[Decoded]:
    """Decode files on all cores that this process may use; their telemetry, or why there is none, in their order.

    However many files there are, only a few that wait for their turn are held in memory.
    """
    workers = min(_cores(), len(files))
    if workers > 1 and sum(map(_size, files)) >= MIN_BYTES:
        yield from _decode_in_processes(files, limits, workers)
    else:
        yield from (_decode(file, limits) for file in files)


def _decode_in_processes(files: Sequence[RegisteredFile], limits: Limits, workers: int) -> Iterator[Decoded]:
    ahead = iter(files)
    waiting: deque[RegisteredFile] = deque()
    results: deque[Future[Decoded]] = deque()
    try:
        with start_workers(workers) as pool:
            for file in ahead:
                waiting.append(file)
                results.append(pool.submit(_decode, file, limits))
                if len(waiting) > _AHEAD * workers:
                    yield results[0].result()
                    results.popleft()
                    waiting.popleft()
            while waiting:
                yield results[0].result()
                results.popleft()
                waiting.popleft()
    except BrokenProcessPool:
        logger.warning("A process that decodes was killed: its file is looked for among %d.", len(waiting))
    # One of those that waited may have killed it, and must not cost the others their place in the batch.
    for file in (*waiting, *ahead):
        yield _decode_alone(file, limits)


def _decode_alone(file: RegisteredFile, limits: Limits) -> Decoded:
    """Decode a file that may kill the process that does it."""
    try:
        with start_workers(1) as pool:
            return pool.submit(_decode, file, limits).result()
    except BrokenProcessPool:
        return BrokenTelemetryError(Reason.TOO_LARGE, "The process that decodes it is killed, probably for its memory.")


def start_workers(number: int) -> ProcessPoolExecutor:
    """Start processes that have imported this room, but neither Dagster nor this process's connections."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pewstats_assets.worker_process", __name__])
    return ProcessPoolExecutor(number, mp_context=context, initializer=_end_with_parent)


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
    with suppress(OSError):  # decoding says what is wrong with it
        return file.file.stat().st_size
    return 0


def _end_with_parent() -> None:
    """Let a worker end when the run is killed, instead of waiting for work for ever."""
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
