"""Fights as plain JSON values, for whoever reads them outside of Python."""

from datetime import datetime
from typing import Any

from msgspec.structs import asdict

from pewstats_assets.fights.model import Fight


def fight_to_json(fight: Fight) -> dict[str, Any]:
    """Turn a fight, participants embedded, into values that JSON knows.

    The fight's times are ISO 8601 with an offset; knocks and kills have the form of the telemetry itself
    (`2025-07-12T17:12:13.971Z`). Team ids as keys of `team_outcomes` are text.
    """
    values = asdict(fight)
    values["participants"] = [asdict(participant) for participant in fight.participants]
    values["fight_start_time"] = fight.fight_start_time.isoformat()
    values["fight_end_time"] = fight.fight_end_time.isoformat()
    values["team_outcomes"] = {str(team): outcome for team, outcome in fight.team_outcomes.items()}
    for participant in values["participants"]:
        participant["knocked_at"] = _event_time(participant["knocked_at"])
        participant["killed_at"] = _event_time(participant["killed_at"])
    return values


def _event_time(time: datetime | None) -> str | None:
    if time is None:
        return None
    precision = "microseconds" if time.microsecond % 1000 else "milliseconds"
    return time.replace(tzinfo=None).isoformat(timespec=precision) + "Z"
