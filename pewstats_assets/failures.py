"""Why a step or a run of Dagster failed, in words."""

from dagster_shared.error import SerializableErrorInfo


def cause(error: SerializableErrorInfo | None) -> str:
    """Return the first line of the error that started it all."""
    while error is not None and error.cause is not None:
        error = error.cause
    return error.message.strip().partition("\n")[0] if error is not None else "no reason was recorded"
