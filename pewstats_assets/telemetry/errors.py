"""Why a telemetry file cannot be used: the reason codes of quarantine, and the error that carries one."""

from enum import StrEnum


class Reason(StrEnum):
    """The code in `matches.reason` of a quarantined match. Stable: people filter on it."""

    FILE_MISSING = "file_missing"
    FILE_UNREADABLE = "file_unreadable"
    FILE_CHANGED = "file_changed"
    EMPTY_FILE = "empty_file"
    TOO_LARGE = "too_large"
    BROKEN_GZIP = "broken_gzip"
    BROKEN_JSON = "broken_json"
    NOT_AN_ARRAY = "not_an_array"
    NO_EVENTS = "no_events"
    NO_MATCH_ID = "no_match_id"
    WRONG_MATCH_ID = "wrong_match_id"
    TOO_MANY_FIGHTS = "too_many_fights"
    TOO_MANY_PARTICIPANTS = "too_many_participants"


class BrokenTelemetryError(Exception):
    """A telemetry file that cannot be used. The match is quarantined; its batch goes on.

    Attributes:
        reason: the code, for machines.
        detail: one sentence for people, without the file's name.
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail

    def __reduce__(self) -> tuple[type["BrokenTelemetryError"], tuple[Reason, str]]:
        """Survive the way between processes, which would otherwise call `__init__` with the message alone."""
        return type(self), (self.reason, self.detail)
