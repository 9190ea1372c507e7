"""Which files that arrive are complete: slow copies, hanging copies, files that stay broken, clocks that are wrong."""

import os
import time
from pathlib import Path

import pytest

from pewstats_assets.limits import Limits
from pewstats_assets.telemetry import TelemetryFile, arrivals, list_telemetry_files, read_arrival, read_bytes
from pewstats_assets.telemetry.arrivals import SETTLE_S, Arrival
from pewstats_assets_tests.telemetry.wire import MATCH_ID, gzipped

QUIET_S = 900.0
MATCH = b'[{"_T": "LogMatchDefinition"}, {"victims": [1, 2]}]\n'
COMPLETE = [MATCH, gzipped(MATCH), gzipped(MATCH, 2), gzipped(MATCH) + gzipped(MATCH), gzipped(MATCH[:-9]), b"[]"]
INCOMPLETE = [
    MATCH[:-9],
    gzipped(MATCH)[:-1],
    gzipped(MATCH)[:1],
    gzipped(MATCH) + gzipped(MATCH)[:30],
    gzipped(gzipped(MATCH)[:-1]),
    b"",
    b"<html>503</html>",
    b'{"errors": []}',
]


def write(folder: Path, content: bytes) -> str:
    path = folder / f"{MATCH_ID}.json.gz"
    path.write_bytes(content)
    return str(path)


def file_at(path: str) -> TelemetryFile:
    return list_telemetry_files(Path(path).parent).file(path)


def after_a_moment() -> float:
    """When what was written before has settled, but nothing that is written from now on: file systems' clocks tick."""
    time.sleep(0.1)
    return time.time() + SETTLE_S - 0.05


def look(path: str, untouched_s: float, limits: Limits | None = None) -> Arrival | None:
    """Look at a file that was written just now, so many seconds later."""
    return read_arrival(file_at(path), QUIET_S, limits or Limits(), time.time() + untouched_s)


@pytest.mark.parametrize("content", COMPLETE)
def test_a_file_that_ends_as_it_should_is_complete_once_it_has_settled(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path, content)
    assert look(path, 0) is None
    assert look(path, SETTLE_S - 1) is None
    arrival = look(path, SETTLE_S + 1)
    assert arrival is not None
    assert arrival.content == content
    assert arrival.changed_ns == Path(path).stat().st_ctime_ns


@pytest.mark.parametrize("content", INCOMPLETE)
def test_a_file_that_does_not_is_waited_for_but_not_for_ever(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path, content)
    assert look(path, SETTLE_S + 1) is None
    assert look(path, QUIET_S - 1) is None
    arrival = look(path, QUIET_S + 1)
    assert arrival is not None
    assert arrival.content == (content or None)


def test_a_copy_that_keeps_the_time_of_the_original_has_to_settle_all_the_same(tmp_path: Path) -> None:
    path = write(tmp_path, MATCH)
    os.utime(path, (0, 0))
    assert look(path, SETTLE_S - 1) is None
    assert look(path, SETTLE_S + 1) is not None


def test_a_file_that_is_written_on_has_to_settle_again(tmp_path: Path) -> None:
    path = write(tmp_path, MATCH[:20])
    settled = after_a_moment()
    with Path(path).open("ab") as file:
        file.write(MATCH[20:])
    assert read_arrival(file_at(path), QUIET_S, now=settled) is None
    assert read_arrival(file_at(path), QUIET_S, now=settled + 1) is not None


@pytest.mark.parametrize("ahead_s", [60.0, 86_400.0])
def test_a_clock_that_is_ahead_makes_no_file_wait_for_ever(tmp_path: Path, ahead_s: float) -> None:
    assert look(write(tmp_path, MATCH), -ahead_s) is not None
    broken = write(tmp_path, MATCH[:20])
    assert look(broken, -ahead_s) is None or ahead_s > QUIET_S
    assert look(broken, QUIET_S + 1) is not None


def test_a_file_that_is_too_large_is_taken_after_the_quiet_time(tmp_path: Path) -> None:
    path = write(tmp_path, MATCH)
    assert look(path, SETTLE_S + 1, Limits(json_bytes=10)) is None
    arrival = look(path, QUIET_S + 1, Limits(json_bytes=10))
    assert arrival is not None
    assert arrival.content is None


def test_a_match_object_that_is_being_written_is_waited_for(tmp_path: Path) -> None:
    path = write(tmp_path, MATCH)
    settled = after_a_moment()
    (tmp_path / f"{MATCH_ID}.match.json").write_bytes(b"{}")
    file = file_at(path)
    assert file.match_object is not None
    assert read_arrival(file, QUIET_S, now=settled) is None
    assert read_arrival(file, QUIET_S, now=settled + 1) is not None


def test_a_file_that_is_gone_is_no_arrival(tmp_path: Path) -> None:
    path = write(tmp_path, MATCH)
    file = file_at(path)
    Path(path).unlink()
    assert read_arrival(file, QUIET_S, now=time.time() + QUIET_S) is None


@pytest.mark.parametrize("change", ["write", "replace", "remove"])
def test_a_file_that_changes_while_it_is_read_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    path = write(tmp_path, MATCH)
    file = file_at(path)

    def read_and_change(file: Path, limits: Limits) -> bytes:
        content = read_bytes(file, limits)
        time.sleep(0.1)  # file systems' clocks tick
        if change == "write":
            file.write_bytes(MATCH)
        elif change == "remove":
            file.unlink()
        else:
            other = file.with_name(".hidden")
            other.write_bytes(MATCH)
            other.rename(file)
        return content

    monkeypatch.setattr(arrivals, "read_bytes", read_and_change)
    assert read_arrival(file, QUIET_S, now=time.time() + QUIET_S) is None
