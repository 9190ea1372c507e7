"""Detection against golden results: where they lie beside the project, every one of them must agree in every field."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from pewstats_assets.fights import detect_fights
from pewstats_assets.fights.serialize import fight_to_json
from pewstats_assets.telemetry import TelemetryFile, decode_bytes, decode_file
from pewstats_assets_tests.fights.comparison import assert_same_fights

SHARED = Path(__file__).parents[3] / "shared"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="no golden results beside the project")
ANY_MATCH = Path("00000000-0000-4000-8000-000000000000.json")
MATCHES = {
    "c2fb5093-866c-4d6d-96bf-7abf755094af": "real",
    "0cfba5cb-c088-488d-86fc-86458cb91b9d": "real",
    "0cfba5cb-c088-488d-86fc-86458cb91b9d.killv2": "derived",
}


@needs_shared
@pytest.mark.parametrize(("file", "number_of_cases"), [("v2_cases", 400), ("v2_edges", 599)])
def test_every_golden_case_agrees(file: str, number_of_cases: int) -> None:
    with gzip.open(SHARED / "golden" / f"{file}.jsonl.gz", "rt", encoding="utf-8") as lines:
        cases: list[dict[str, Any]] = [json.loads(line) for line in lines]
    assert len(cases) == number_of_cases
    for case in cases:
        telemetry = decode_bytes(json.dumps(case["events"]).encode(), ANY_MATCH)
        assert_same_fights([fight_to_json(fight) for fight in detect_fights(telemetry.combat)], case["fights"])


@needs_shared
@pytest.mark.parametrize(("name", "folder"), MATCHES.items())
def test_every_golden_match_agrees(name: str, folder: str) -> None:
    telemetry = decode_file(TelemetryFile(SHARED / "telemetry" / folder / f"{name}.json.gz", match_object=None))
    expected = json.loads((SHARED / "golden" / f"{name}.fights.json").read_text(encoding="utf-8"))
    assert_same_fights([fight_to_json(fight) for fight in detect_fights(telemetry.combat)], expected)
