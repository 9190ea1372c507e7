"""Matches made of a few events, to be drawn, and pictures read back: what is drawn where, with which words."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from pewstats_assets.fights import MatchFights, detect_fights
from pewstats_assets.telemetry import decode_bytes
from pewstats_assets.telemetry.frames import PHASES, POSITIONS
from pewstats_assets_tests.fights.events import (
    ANY_MATCH,
    METRE,
    START,
    Place,
    Wire,
    as_json,
    at,
    damage,
    kill,
    knock,
    player,
    wire_time,
)

NO_POSITIONS: Final = pl.DataFrame(schema=POSITIONS)
NO_PHASES: Final = pl.DataFrame(schema=PHASES)
NORTH: Final = (1000.0, 2000.0, 0.0)
SOUTH: Final = (1000.0, 2080.0, 0.0)
SVG: Final = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True, slots=True)
class Example:
    """A match, and the combat that its fights were found in."""

    match: MatchFights
    combat: pl.DataFrame


def example(*events: object, map_name: str | None = "Baltic_Main", game_mode: str | None = "squad-fpp") -> Example:
    """Find the fights in events; the match has the number 12."""
    combat = decode_bytes(as_json(*events), ANY_MATCH).combat
    match = MatchFights(
        match_no=12,
        match_id=ANY_MATCH.stem,
        map_name=map_name,
        game_mode=game_mode,
        match_type="official",
        match_datetime=START,
        started_at=START,
        event_count=len(events),
        fights=detect_fights(combat),
    )
    return Example(match, combat)


def duel(one: str = "north", other: str = "south") -> Example:
    """North wounds, knocks and kills south, which hits back."""
    north, south = player(f"{one}@1", NORTH), player(f"{other}@2", SOUTH)
    return example(
        damage(0, north, south, 60), damage(2, south, north, 25), damage(4, north, south, 70), knock(4, north, south),
        kill(9, north, south),
    )  # fmt: skip


def revive(seconds: float, reviver: str, victim: str, place: Place | None = None) -> Wire:
    sides = {"reviver": player(reviver, place), "victim": player(victim, place)}
    return {"_T": "LogPlayerRevive", **sides, "_D": wire_time(seconds)}


def positions(*rows: tuple[float, str, float, float]) -> pl.DataFrame:
    """Where players were: seconds, name, m to the east, m to the south."""
    return pl.DataFrame(
        [{"time": at(seconds), "player_name": name, "x": x * METRE, "y": y * METRE} for seconds, name, x, y in rows],
        schema_overrides=POSITIONS,
    )


def parse(svg: str) -> ET.Element:
    """Read a picture as a browser does: whatever is not sound XML fails."""
    return ET.fromstring(svg)  # noqa: S314  our own


def texts(svg: str) -> list[str]:
    """Every piece of text, in the order in which it is drawn."""
    return [element.text or "" for element in parse(svg).iter(f"{SVG}text")]


def places_of(svg: str, text: str, class_: str = "n") -> list[tuple[float, float]]:
    """Where markers with this text are, in their square."""
    return [
        (float(element.attrib["x"]), float(element.attrib["y"]))
        for element in parse(svg).iter(f"{SVG}text")
        if element.text == text and element.get("class") == class_
    ]


def fills(svg: str) -> set[str]:
    return {element.attrib["fill"] for element in parse(svg).iter() if "fill" in element.attrib}


def numbers_in(svg: str) -> Sequence[float]:
    """All numbers of the shapes that are drawn."""
    drawn = [
        element.get(name, "")
        for element in parse(svg).iter()
        for name in ("d", "x", "y", "cx", "cy", "r", "width", "height", "transform")
    ]
    return [float(found) for found in re.findall(r"-?[0-9.]+(?:e[+-]?[0-9]+)?|nan|inf", " ".join(drawn))]
