"""The way out of quarantine: a match whose file was replaced goes back into its batch.

Here: looking at the files again, and saying in a sentence what became of each match. Not here: loading the batches (see
`backfill`), and the SQL.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pewstats_assets.partitions import new_match
from pewstats_assets.places import stored_place
from pewstats_assets.settings import Settings
from pewstats_assets.telemetry import AWAY, BrokenTelemetryError, TelemetryFile, match_object_of, read_bytes
from pewstats_assets.warehouse import Databases
from pewstats_assets.warehouse.quarantine import MatchInQuarantine, put_back


@dataclass(frozen=True, slots=True)
class Retried:
    """A match that was to be put back: whether its batch has to be loaded again, and what became of it.

    Attributes:
        match: as it was in quarantine.
        is_put_back: whether its file was registered again.
        sentence: what became of it.
    """

    match: MatchInQuarantine
    is_put_back: bool
    sentence: str


def put_back_matches(
    databases: Databases,
    settings: Settings,
    matches: list[MatchInQuarantine],
    progress: Callable[[list[MatchInQuarantine]], Iterable[MatchInQuarantine]] = iter,
) -> list[Retried]:
    """Register the files of quarantined matches as they are now; what is wrong with one, its run will say.

    A match whose file cannot be read stays in quarantine.
    """
    return [_put_back(databases, settings, match) for match in progress(matches)]


def _put_back(databases: Databases, settings: Settings, match: MatchInQuarantine) -> Retried:
    path = stored_place(match.file)
    content, unusable = None, ""
    try:
        content = read_bytes(path, settings.limits)
    except BrokenTelemetryError as error:
        if error.reason in AWAY:
            return Retried(match, is_put_back=False, sentence=f"It stays in quarantine. {error.detail}")
        unusable = error.detail
    found = new_match(TelemetryFile(path, match_object_of(path)), content, settings)
    with databases.connect() as connection:
        result = put_back(connection, match.match_no, found)
    if result is None:
        return Retried(match, is_put_back=False, sentence="It was left alone: it is quarantined no longer.")
    if found.excluded_because is not None:
        sentence = f"It is excluded now. {found.excluded_because}"
    elif result.registered_with is not None:
        sentence = f"Its file is of match {found.match_id}, which is registered with {result.registered_with} already."
    elif found.match_id is not None and found.match_id != result.match_id:
        sentence = f"Its file is of match {found.match_id}: put the file of match {result.match_id} in its place."
    elif unusable:
        sentence = f"{unusable} It is tried again all the same."
    elif result.is_same_file:
        sentence = "Its file is the same as before; it is tried again all the same."
    else:
        sentence = "Its file was replaced."
    return Retried(match, is_put_back=True, sentence=sentence)
