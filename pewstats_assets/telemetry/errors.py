"""Why a telemetry file cannot be used: the reason codes of quarantine, and the error that carries one."""

from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    """The code in `matches.reason` of a quarantined match. Stable: people filter on it.

    * `file_missing`: there is no file at the registered path.
    * `file_unreadable`: the operating system refuses to read it.
    * `file_changed`: its bytes are not those that were registered.
    * `empty_file`: it has no bytes.
    * `too_large`: it is, inflates to, or holds more than the limits allow.
    * `too_deep`: its JSON is nested more deeply than the limits allow.
    * `broken_gzip`: its gzip is cut off or damaged.
    * `broken_json`: what is in it is not JSON, or is cut off.
    * `not_an_array`: it is JSON, but not an array of events.
    * `no_events`: there is nothing beside the match's definition.
    * `no_match_id`: neither the definition nor the path says which match it is.
    * `wrong_match_id`: it is of another match than the one registered.
    * `too_much_combat`: so much combat at once that detection would not end in reasonable time.
    * `too_many_fights`: the match has more fights than its ids have room for.
    * `too_many_participants`: a fight has more participants than its ids have room for.
    """

    FILE_MISSING = "file_missing"
    FILE_UNREADABLE = "file_unreadable"
    FILE_CHANGED = "file_changed"
    EMPTY_FILE = "empty_file"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    BROKEN_GZIP = "broken_gzip"
    BROKEN_JSON = "broken_json"
    NOT_AN_ARRAY = "not_an_array"
    NO_EVENTS = "no_events"
    NO_MATCH_ID = "no_match_id"
    WRONG_MATCH_ID = "wrong_match_id"
    TOO_MUCH_COMBAT = "too_much_combat"
    TOO_MANY_FIGHTS = "too_many_fights"
    TOO_MANY_PARTICIPANTS = "too_many_participants"


#: There is nothing to judge: the file, or the folder it is in, is away.
AWAY: Final = frozenset({Reason.FILE_MISSING, Reason.FILE_UNREADABLE})


class BrokenTelemetryError(Exception):
    """A telemetry file that cannot be used. The match is quarantined; its batch goes on.

    Attributes:
        reason: the code, for machines.
        detail: one sentence for people, without the file's name.
        byte_offset: where it is broken, from 0: for broken JSON in the inflated JSON, for broken gzip in the file; None
            where there is no such place.
    """

    def __init__(self, reason: Reason, detail: str, byte_offset: int | None = None) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.byte_offset = byte_offset

    def __reduce__(self) -> tuple[type["BrokenTelemetryError"], tuple[Reason, str, int | None]]:
        """Survive the way between processes, which would otherwise call `__init__` with the message alone."""
        return type(self), (self.reason, self.detail, self.byte_offset)
