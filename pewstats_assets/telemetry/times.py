"""Times on the wire: ISO 8601 text to UTC."""

from datetime import UTC, datetime


def parse_time(text: str | None) -> datetime | None:
    """Parse ISO 8601 with any number of fraction digits, truncated to microseconds; without a zone it is UTC.

    Returns None for what is no time.
    """
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
