"""Real matches, where they lie beside the project: what is found in them is what a coach could believe."""

from pathlib import Path
from typing import Final

import polars as pl
import pytest

from pewstats_assets.telemetry import decode_bytes
from pewstats_assets_tests.fights.participation.examples import described

SHARED: Final = Path(__file__).parents[4] / "shared" / "telemetry"
MATCHES: Final = {
    "c2fb5093-866c-4d6d-96bf-7abf755094af": "real",
    "0cfba5cb-c088-488d-86fc-86458cb91b9d": "real",
    "0cfba5cb-c088-488d-86fc-86458cb91b9d.killv2": "derived",
}
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="no real matches beside the project")

#: What nobody can do on foot or by car, in any fight.
FASTEST_MPS: Final = 45
HIGHEST_M: Final = 300


@needs_shared
@pytest.mark.parametrize(("name", "folder"), MATCHES.items())
def test_a_real_match_has_figures_to_believe(name: str, folder: str) -> None:
    path = SHARED / folder / f"{name}.json.gz"
    (match,), details = described(decode_bytes(path.read_bytes(), path))
    participants = details.participants
    assert participants.height == match.participants
    mean = participants.mean().row(0, named=True)
    assert participants["mean_speed_mps"].max() < FASTEST_MPS  # type: ignore[operator]
    assert participants["height_over_opponent_m"].abs().max() < HIGHEST_M  # type: ignore[operator]
    assert 0.5 < mean["mean_speed_mps"] < 6
    assert mean["mate_distance_mean_m"] < 200
    assert participants["mate_distance_mean_m"].null_count() < participants.height / 2
    assert participants["distance_moved_m"].null_count() < participants.height / 20
    assert (participants["team_standing"] >= 1).mean() > 0.98  # type: ignore[operator]
    assert participants["in_blue_zone"].null_count() == 0
    # Hits on the knocked are for nothing in real files.
    assert 100 * participants["damage_to_knocked"].sum() < participants["damage_to_standing"].sum()
    assert details.knocks.filter(pl.col("dbno_id") >= 0)["fate"].null_count() == 0
    assert 0 < participants["trades_by_self"].sum() <= participants["trade_opportunities"].sum()
