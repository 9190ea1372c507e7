"""The base of the errors that are meant for the user."""


class PewstatsError(Exception):
    """An error whose message is one sentence that says what is wrong and what to do, without secrets."""
