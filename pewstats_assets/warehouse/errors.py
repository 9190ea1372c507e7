"""The error of a database that cannot be used."""

from pewstats_assets.errors import PewstatsError


class DatabaseError(PewstatsError):
    """The database cannot be used."""
