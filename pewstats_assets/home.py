"""What is below PEWSTATS_HOME: the names of its parts. Not here: what is in them, and who writes it."""

from typing import Final

#: The embedded server's data.
EMBEDDED_FOLDER: Final = "postgres"
#: Dagster's home, unless DAGSTER_HOME is set.
DAGSTER_FOLDER: Final = "dagster"
#: The Parquet folders of the batches.
TELEMETRY_FOLDER: Final = "telemetry"
