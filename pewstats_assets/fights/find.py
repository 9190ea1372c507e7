"""From the telemetry frames of some matches to their fights, and to how everybody fought in them."""

from collections.abc import Iterable
from dataclasses import dataclass

from pewstats_assets.fights.batch import MatchFights, UndetectedMatch, detect_batch
from pewstats_assets.fights.detect import DEFAULT_RULESET
from pewstats_assets.fights.participation import FightDetails, TooMuchToDescribeError, describe_fights
from pewstats_assets.telemetry import Frames


@dataclass(frozen=True, slots=True)
class FoundFights:
    """What was found in the telemetry of some matches.

    Attributes:
        matches: an entry for each match.
        details: of the matches with fights that were found; of no others.
    """

    matches: list[MatchFights | UndetectedMatch]
    details: FightDetails


def find_fights(frames: Frames, ruleset: str = DEFAULT_RULESET) -> FoundFights:
    """Find the fights of every match, and describe how everybody fought in them.

    Args:
        frames: `facts`, `combat`, `positions`, `phases` and `rosters`, with the columns of `telemetry.store`.
        ruleset: a name in `RULESETS`.
    """
    matches = detect_batch(frames["facts"], frames["combat"], ruleset)
    try:
        return FoundFights(matches, _describe(matches, frames))
    except TooMuchToDescribeError as error:
        detail = str(error)
        matches = [
            UndetectedMatch(match.match_no, detail) if match.match_no in error.match_nos else match for match in matches
        ]
        return FoundFights(matches, _describe(matches, frames))


def _describe(matches: Iterable[MatchFights | UndetectedMatch], frames: Frames) -> FightDetails:
    detected = [match for match in matches if isinstance(match, MatchFights)]
    return describe_fights(detected, frames["combat"], frames["positions"], frames["phases"], frames["rosters"])


def joined(parts: Iterable[FoundFights]) -> FoundFights:
    """Put what was found in several parts of a batch together."""
    found = list(parts)
    return FoundFights(
        [match for part in found for match in part.matches], FightDetails.concat(part.details for part in found)
    )
