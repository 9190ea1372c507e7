"""Pieces of JSON that events are put together from: numbers, places, items.

Everything is text. The shapes are those of `simulation.wire`; what they are put together to belongs in `recording`.
"""

from collections.abc import Sequence
from math import sin
from typing import Final

SIXTEENTHS: Final = tuple(f"{n / 16}"[1:] if n else "" for n in range(16))
SIXTY_FOURTHS: Final = tuple(f"{n / 64}"[1:] if n else "" for n in range(64))
"""Fractions as they are written. Coordinates come in sixteenths of a cm, heights, health and damage in 64ths."""

NOWHERE: Final = '{"x":0,"y":0,"z":0}'
UNINITIALISED: Final = '{"itemId":"","stackCount":0,"category":"","subCategory":"","attachedItems":[]}'


def decimal(value: float) -> str:
    """A number that is not negative, to a 64th."""
    n = int(value * 64)
    return f"{n >> 6}{SIXTY_FOURTHS[n & 63]}"


def location(x: float, y: float, z: float) -> str:
    """A place: x and y in metres, z in cm; on the wire, all in cm."""
    n, m, h = max(0, int(x * 1600)), max(0, int(y * 1600)), max(0, int(z * 64))
    return f'{{"x":{n >> 4}{SIXTEENTHS[n & 15]},"y":{m >> 4}{SIXTEENTHS[m & 15]},"z":{h >> 6}{SIXTY_FOURTHS[h & 63]}}}'


def height(x: float, y: float) -> float:
    """How high the ground is, in cm: long ridges."""
    return 2_600 + 1_900 * sin(x * 0.0043 + y * 0.0029)


def item(item_id: str, category: str, sub_category: str, stack: int = 1, attached: Sequence[str] = ()) -> str:
    """An item, with what is mounted on it."""
    mounted = ",".join(f'"{name}"' for name in attached)
    return (
        f'{{"itemId":"{item_id}","stackCount":{stack},"category":"{category}","subCategory":"{sub_category}",'
        f'"attachedItems":[{mounted}]}}'
    )


def attack(attack_id: int, rounds_left: int, attacker: str, weapon: str) -> str:
    """The body of an attack, without the vehicle."""
    return (
        f'"attackId":{attack_id},"fireWeaponStackCount":{rounds_left},"attacker":{attacker},"attackType":"Weapon",'
        f'"weapon":{weapon}'
    )
