"""What a receiver is told, in words: one message per event, or digests of many. Plain text, fit for every service."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from urllib.parse import quote

from pewstats_assets.alerts.events import Evaluation, Event, RunFailure
from pewstats_assets.alerts.neutral import neutral, redact
from pewstats_assets.errors import first_line

MAX_SAMPLES: Final = 5
#: So many messages at once are still read one by one; what is more comes in digests of as many lines.
MAX_MESSAGES: Final = 20
_TITLE_LENGTH: Final = 200
_ROW_LENGTH: Final = 300
#: The module of an exception, which says nothing to the reader.
_MODULE: Final = re.compile(r"^(?:\w+\.)+(?=\w+: )")

Kind = Literal["failure", "warning", "success", "info"]


@dataclass(frozen=True, slots=True)
class Message:
    """A title, a text, and what kind of news it is, by which services choose a colour or an icon."""

    title: str
    body: str
    kind: Kind


def messages_of(events: Sequence[Event], ui_url: str) -> Iterator[tuple[Message, int]]:
    """Put events into words, in their order: each message comes with the number of events that it tells of."""
    if len(events) <= MAX_MESSAGES:
        yield from ((_message(event, ui_url), 1) for event in events)
        return
    for start in range(0, len(events), MAX_MESSAGES):
        part = events[start : start + MAX_MESSAGES]
        yield _digest(part, ui_url), len(part)


def _message(event: Event, ui_url: str) -> Message:
    lines = _failed_run(event) if isinstance(event, RunFailure) else _evaluation(event)
    lines += [f"Run: {_link(event, ui_url)}", f"At: {_time(event.at)}"]
    return Message(_title(event), "\n".join(lines), _kind(event))


def _digest(events: Sequence[Event], ui_url: str) -> Message:
    lines = [f"{_time(event.at)} {_title(event)}. {_link(event, ui_url)}" for event in events]
    kinds = {_kind(event) for event in events}
    kind: Kind = "failure" if "failure" in kinds else "warning" if "warning" in kinds else "success"
    return Message(f"Digest of {len(events)} alerts, oldest first", "\n".join(lines), kind)


def _title(event: Event) -> str:
    return neutral(_headline(event), _TITLE_LENGTH)


def _headline(event: Event) -> str:
    if isinstance(event, RunFailure):
        return f"Run failed: {event.job}{_of(event.batches)}"
    where = f"{event.check} on {event.asset}, {event.batch or 'whole table'}"
    if event.passed:
        return f"Passes again: {where}"
    count = "" if event.violations is None else f", {event.violations} rows"
    return f"Check failed ({event.severity}): {where}{count}"


def _of(batches: Sequence[str]) -> str:
    return f", {' to '.join(dict.fromkeys(batches))}" if batches else ""


def _failed_run(event: RunFailure) -> list[str]:
    return [
        f"Job: {neutral(event.job)}",
        f"Batch: {neutral(' to '.join(dict.fromkeys(event.batches)) or 'none')}",
        f"Error: {neutral(redact(_MODULE.sub('', first_line(event.error))))}",
    ]


def _evaluation(event: Evaluation) -> list[str]:
    lines = [
        f"Check: {neutral(event.check)}",
        f"Asset: {neutral(event.asset)}",
        f"Batch: {neutral(event.batch or 'whole table')}",
        f"Result: {'passed' if event.passed else f'failed, {event.severity}'}",
    ]
    if event.description:
        lines.append(f"Finding: {neutral(event.description)}")
    if not event.passed:
        lines.append(f"Count: {'unknown' if event.violations is None else event.violations}")
        samples = event.samples[:MAX_SAMPLES]
        lines += [f"Sample {number}: {_row(row)}" for number, row in enumerate(samples, start=1)]
        if event.repair:
            lines.append(f"Repair: {neutral(event.repair)}")
    return lines


def _row(row: object) -> str:
    if not isinstance(row, dict):
        return _value(row)
    text = ", ".join(f"{neutral(str(column))}={_value(value)}" for column, value in row.items())
    return text if len(text) <= _ROW_LENGTH else f"{text[:_ROW_LENGTH]}..."


def _value(value: object) -> str:
    if isinstance(value, str):
        return '"' + neutral(value).replace('"', r"\u0022") + '"'  # so that no name can look like another column
    return neutral(json.dumps(value, default=str))


def _link(event: Event, ui_url: str) -> str:
    return f"{ui_url}/runs/{quote(event.run_id, safe='')}" if event.run_id else "none, it was reported without one"


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _kind(event: Event) -> Kind:
    if isinstance(event, RunFailure):
        return "failure"
    if event.passed:
        return "success"
    return "failure" if event.severity == "ERROR" else "warning"
