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
    """How far through the log a receiver has been told, and which checks fail as far as it knows.

    Attributes:
        position: the receiver knows all up to this place of the log.
        failing: per check and asset, the batches; of a check of a whole table, the empty text.
    """

    position: int = 0
    failing: dict[str, set[str]] = {}

    def copy(self) -> "Progress":
        """Return one that can be changed apart from this one."""
        return Progress(self.position, {check: set(batches) for check, batches in self.failing.items()})

    def take(self, event: Event, threshold: Severity) -> bool:
        """Go on to `event`, and return whether the receiver has to be told of it.

        A failed check is told, unless it is below the threshold: then it changes nothing. One that passes is told if
        the receiver was told that it failed.
        """
        self.position = event.event_id
        if isinstance(event, RunFailure):
            return True
        check = f"{event.check} {event.asset}"
        batches = self.failing.get(check, set())
        batch = event.batch or ""
        if not event.passed:
            if event.severity == "WARN" and threshold == "ERROR":
                return False
            self.failing[check] = batches | {batch}
            return True
        if batch not in batches:
            return False
        self.failing[check] = batches - {batch}
        if not self.failing[check]:
            del self.failing[check]
        return True
