"""The base of the errors that are meant for the user, and the words of those that others raise."""


class PewstatsError(Exception):
    """An error whose message is one sentence that says what is wrong and what to do, without secrets."""


def first_line(text: str) -> str:
    """Return the first line of a message."""
    return text.strip().partition("\n")[0]


def reason_of(error: Exception) -> str:
    """Return why something failed: the system's words if it was the system, else the first line of the message."""
    return getattr(error, "strerror", None) or first_line(str(error))
