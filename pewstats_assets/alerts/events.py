"""What may be told of: evaluations of checks and failed runs; and which of them a receiver has to be told.

How they are read from a log, and how they are told, is elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from pewstats_assets.settings import Severity


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One evaluation of a check.

    Attributes:
        event_id: its place in the log.
        at: when, in UTC.
        run_id: of the run; None if it was reported without one.
        batch: None if the check is about the whole table.
        violations: how many rows break the rule; None if the check does not say.
        samples: a few of these rows.
        description: the result in a sentence.
        repair: what to do about it.
    """

    event_id: int
    at: datetime
    run_id: str | None
    check: str
    asset: str
    batch: str | None
    passed: bool
    severity: Severity
    violations: int | None
    samples: Sequence[object]
    description: str | None
    repair: str | None


@dataclass(frozen=True, slots=True)
class RunFailure:
    """A run that failed, and not because of a check.

    Attributes:
        event_id: its place in the log.
        at: when, in UTC.
        batches: the batch, or the first and the last of a range; empty if the run is about none.
        error: the error that started it all; only its first line is told.
    """

    event_id: int
    at: datetime
    run_id: str
    job: str
    batches: Sequence[str]
    error: str


Event = Evaluation | RunFailure


class Progress(msgspec.Struct):
    """How far through the log a receiver has been told, and what it was told of checks that still fail.

    Attributes:
        position: the receiver knows all up to this place of the log.
        failing: per check, asset and batch, the run of the last failure that the receiver was told of.
    """

    position: int = 0
    failing: dict[str, str] = {}

    def copy(self) -> "Progress":
        """Return one that can be changed apart from this one."""
        return Progress(self.position, dict(self.failing))

    def take(self, event: Event, threshold: Severity) -> bool:
        """Go on to `event`, and return whether the receiver has to be told of it.

        A failed check is told once per check, batch and run, however often the run evaluates it; a check that passes
        is told if the receiver was told of its failure. A result below the threshold changes nothing.
        """
        self.position = event.event_id
        if isinstance(event, RunFailure):
            return True
        subject = f"{event.check} {event.asset} {event.batch or ''}"
        if event.passed:
            return self.failing.pop(subject, None) is not None
        if event.severity == "WARN" and threshold == "ERROR":
            return False
        run = event.run_id or f"event {event.event_id}"
        is_told = self.failing.get(subject) == run
        self.failing[subject] = run
        return not is_told
