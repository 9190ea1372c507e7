"""At least once, to every receiver, oldest first: how far each has got, and the next attempt to get it further.

Each receiver has a progress of its own, so that one which is down neither holds up the others nor loses anything, and
it moves only after the receiver has accepted the message. Where the log comes from, and where the cursor is kept, is
for the caller to know.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import msgspec

from pewstats_assets.alerts.events import Event, Progress
from pewstats_assets.alerts.messages import messages_of
from pewstats_assets.alerts.receivers import SEND_TIMEOUT_S, Receiver
from pewstats_assets.settings import Settings, Severity

#: Dagster gives up a tick after 60 s, and with it the cursor: what was sent would be sent again.
TICK_TIMEOUT_S: Final = 60.0
#: After so many s no message is begun that could then outlast the tick; half of them may pass with reading.
PATIENCE_S: Final = TICK_TIMEOUT_S - SEND_TIMEOUT_S - 5
#: What one tick tells a receiver at most.
MAX_EVENTS: Final = 500

#: Gives the events after a place of the log, and up to another: a page of them, and the place where the page ends.
Read = Callable[[int, int], tuple[Sequence[Event], int]]


class Cursor(msgspec.Struct):
    """What is kept between two ticks.

    Attributes:
        settled: the end of the log at the last tick. Ids are given at the insert, but seen at the commit, so that a
            lower one can appear after a higher one; what was there a tick ago has nothing missing before it any more.
        progress: per key of a receiver.
    """

    settled: int = 0
    progress: dict[str, Progress] = {}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one receiver's alerts: how many it accepted, how many wait, and why."""

    receiver: str
    accepted: int
    waiting: int
    problem: str | None


@dataclass(frozen=True, slots=True)
class _Backlog:
    """What a receiver does not know yet: all events up to `end` of the log, of which it has to be told some."""

    events: Sequence[Event]
    to_tell: Sequence[Event]
    end: int


def deliver(
    receivers: Sequence[Receiver], cursor: Cursor, read: Read, end: int, settings: Settings
) -> tuple[Cursor, list[Outcome]]:
    """Try once to bring all receivers to the settled end of the log.

    Args:
        receivers: one at least.
        cursor: what the last tick returned; a new one begins at the start of the log.
        read: reads the log.
        end: the end of the log now.
        settings: say which failed checks are told, and where links lead.
    """
    start = time.monotonic()
    progress = _inherit([receiver.key for receiver in receivers], cursor.progress)
    backlogs = [
        _backlog(progress[receiver.key], read, cursor.settled, settings.alert_severity, start + PATIENCE_S / 2)
        for receiver in receivers
    ]
    with ThreadPoolExecutor(len(receivers)) as threads:
        tasks = [
            threads.submit(_send, receiver, backlog.to_tell, settings.ui_url, start + PATIENCE_S)
            for receiver, backlog in zip(receivers, backlogs, strict=True)
        ]
    outcomes = []
    for receiver, backlog, task in zip(receivers, backlogs, tasks, strict=True):
        accepted, problem = task.result()
        waiting = backlog.to_tell[accepted:]
        end_of_told = waiting[0].event_id - 1 if waiting else backlog.end
        _advance(progress[receiver.key], backlog.events, end_of_told, settings.alert_severity)
        outcomes.append(Outcome(receiver.name, accepted, len(waiting), problem))
    return Cursor(end, progress), outcomes


def _inherit(keys: Sequence[str], known: dict[str, Progress]) -> dict[str, Progress]:
    """Give every receiver its progress.

    A URL that takes the place of another (a new token, a typing error mended) goes on where the least advanced of those
    that are gone was, so that nothing is lost; one that is added to the others begins where the most advanced of them
    is; the very first begin at the start of the log.
    """
    gone = [progress for key, progress in known.items() if key not in keys]
    if gone:
        heritage = min(gone, key=lambda progress: progress.position)
    else:
        heritage = Progress(max((progress.position for progress in known.values()), default=0))
    return {key: known.get(key, heritage).copy() for key in keys}


def _backlog(progress: Progress, read: Read, settled: int, threshold: Severity, deadline: float) -> _Backlog:
    ahead = progress.copy()
    end = progress.position
    events: list[Event] = []
    to_tell: list[Event] = []
    while end < settled and len(to_tell) < MAX_EVENTS and time.monotonic() < deadline:
        page, end = read(end, settled)
        events += page
        to_tell += [event for event in page if ahead.take(event, threshold)]
    return _Backlog(events, to_tell, end)


def _send(receiver: Receiver, events: Sequence[Event], ui_url: str, deadline: float) -> tuple[int, str | None]:
    """Send oldest first until one message is not accepted; return how many events were told, and why not the rest."""
    accepted = 0
    if receiver.problem is not None:
        return accepted, receiver.problem
    for message, number_of_events in messages_of(events, ui_url):
        if time.monotonic() > deadline:
            return accepted, "There was no time for more."
        problem = receiver.send(message)
        if problem is not None:
            return accepted, problem
        accepted += number_of_events
    return accepted, None


def _advance(progress: Progress, events: Sequence[Event], end: int, threshold: Severity) -> None:
    for event in events:
        if event.event_id <= end:
            progress.take(event, threshold)
    progress.position = end
