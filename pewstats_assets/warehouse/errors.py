"""The error of a database that cannot be used."""


class DatabaseError(Exception):
    """The database cannot be used; the message says why and what to do, without secrets."""
