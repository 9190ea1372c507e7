"""Makes matches event by event, and describes their fights by the public path; see `fights.events` for the words."""

from typing import Any, Final

import polars as pl

from pewstats_assets.fights import MatchFights, detect_batch
from pewstats_assets.fights.participation import KNOCKS, PARTICIPATION, SQUADS, FightDetails, describe_fights
from pewstats_assets.telemetry import MatchTelemetry, decode_bytes
from pewstats_assets.telemetry.store import SCHEMAS, FrameName
from pewstats_assets_tests.fights.events import ANY_MATCH, ORIGIN, Place, Wire, as_json, player, wire_time

#: Weapons and numbers of knocks, as fields of an event.
AK47: Final = {"damageCauserName": "WeapAK47_C"}
M416: Final = {"damageCauserName": "WeapHK416_C"}
FRAMES: Final[tuple[FrameName, ...]] = ("combat", "positions", "phases", "rosters", "facts")


def revive(seconds: float, reviver: str | Wire, victim: str | Wire, dbno: int | None = None) -> Wire:
    sides = {
        role: player(side) if isinstance(side, str) else side
        for role, side in (("reviver", reviver), ("victim", victim))
    }
    return {"_T": "LogPlayerRevive", **sides, **numbered(dbno), "common": {"isGame": 1.0}, "_D": wire_time(seconds)}


def numbered(dbno: int | None) -> Wire:
    """Make the number of a knock; without one the event has none."""
    return {} if dbno is None else {"dBNOId": dbno}


def seen(seconds: float, written: str, place: Place | None = ORIGIN, *, health: float = 100, **changes: object) -> Wire:
    character = player(written, place) | {"health": health} | changes
    return {"_T": "LogPlayerPosition", "character": character, "common": {"isGame": 1.0}, "_D": wire_time(seconds)}


def roster(*written: str) -> list[Wire]:
    return [
        {"_T": "LogPlayerCreate", "character": player(one), "common": {"isGame": 0}, "_D": wire_time(-60)}
        for one in written
    ]


def phase(seconds: float, number: int, *, is_closing: bool = False) -> Wire:
    is_game = number if is_closing else number - 0.5
    return {"_T": "LogPhaseChange", "phase": number, "common": {"isGame": is_game}, "_D": wire_time(seconds)}


def decode(*events: Wire) -> MatchTelemetry:
    return decode_bytes(as_json(*events), ANY_MATCH)


def stacked(*telemetry: MatchTelemetry) -> dict[FrameName, pl.DataFrame]:
    """Put the frames of matches one below the other, numbered from 1."""
    return {
        name: pl.concat(
            [
                pl.DataFrame(schema=SCHEMAS[name]),
                *(
                    getattr(match, name).select(pl.lit(number, pl.Int64).alias("match_no"), pl.all())
                    for number, match in enumerate(telemetry, start=1)
                ),
            ]
        )
        for name in FRAMES
    }


def described(*telemetry: MatchTelemetry) -> tuple[list[MatchFights], FightDetails]:
    """Detect and describe the fights of matches that are numbered from 1."""
    frames = stacked(*telemetry)
    found = [match for match in detect_batch(frames["facts"], frames["combat"]) if isinstance(match, MatchFights)]
    details = describe_fights(found, *(frames[name] for name in ("combat", "positions", "phases", "rosters")))
    assert details.participants.schema == PARTICIPATION
    assert details.knocks.schema == KNOCKS
    assert details.squads.schema == SQUADS
    numbers = [
        (match.match_no, fight_no, number)
        for match in found
        for fight_no, fight in enumerate(match.fights, start=1)
        for number, _ in enumerate(fight.participants, start=1)
    ]
    assert details.participants.select("match_no", "fight_no", "participant_no").rows() == numbers
    return found, details


def describe(*events: Wire) -> dict[str, dict[str, Any]]:
    """Describe how everybody fought in the one fight of a match, by name."""
    (match,), details = described(decode(*events))
    (fight,) = match.fights
    rows = details.participants.to_dicts()
    return {who.player_name: row for who, row in zip(fight.participants, rows, strict=True)}


def knocks_in(*events: Wire) -> list[dict[str, Any]]:
    """List the knocks in the fights of a match."""
    return described(decode(*events))[1].knocks.to_dicts()


def some(row: dict[str, Any], *names: str) -> tuple[Any, ...]:
    """Take some of the columns of a row."""
    return tuple(row[name] for name in names)
