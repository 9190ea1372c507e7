"""The maps of PUBG: how large they are, and what people call them."""

from dataclasses import dataclass
from typing import Final

#: By the name on the wire: what people call it, and the length of its side in m. The API's `mapName` dictionary has
#: the names, the API's documentation of telemetry the sizes; Rondo's is that of the maps of its kind.
_MAPS: Final = {
    "Baltic_Main": ("Erangel", 8160),
    "Erangel_Main": ("Erangel", 8160),
    "Desert_Main": ("Miramar", 8160),
    "Tiger_Main": ("Taego", 8160),
    "Kiki_Main": ("Deston", 8160),
    "DihorOtok_Main": ("Vikendi", 8160),
    "Neon_Main": ("Rondo", 8160),
    "Savage_Main": ("Sanhok", 4080),
    "Chimera_Main": ("Paramo", 3060),
    "Summerland_Main": ("Karakin", 2040),
    "Range_Main": ("Camp Jackal", 2040),
    "Heaven_Main": ("Haven", 1020),
}
#: A place that is farther off, in m, is a mistake of the file: no map is so large.
FARTHEST_M: Final = 20_000.0


@dataclass(frozen=True, slots=True)
class Map:
    """A map.

    Attributes:
        name: what people call it; its name on the wire where nobody has told us.
        side_m: length of its side; None for a map that nobody has told us of.
    """

    name: str
    side_m: float | None


def map_of(map_name: str | None) -> Map:
    """Return the map of this name on the wire."""
    name, side_m = _MAPS.get(map_name or "", (map_name or "unknown map", None))
    return Map(name, side_m)
