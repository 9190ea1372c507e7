"""Detection against golden results: where they lie beside the project, every one of them must agree in every field."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from pewstats_assets.fights import detect_fights
from pewstats_assets.fights.serialize import fight_to_json
from pewstats_assets.telemetry import decode_bytes, decode_combat
from pewstats_assets.telemetry.files import inflate
from pewstats_assets.telemetry.spans import EventSpans
from pewstats_assets_tests.fights.comparison import assert_same_fights
from pewstats_assets_tests.fights.events import as_json

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
        as_published, otherwise = as_json(*case["events"]), json.dumps(case["events"]).encode()
        assert (EventSpans.find(as_published) is None) == (not case["events"])
        assert EventSpans.find(otherwise) is None
        for content in (as_published, otherwise):
            for decode in (decode_bytes, decode_combat):
                fights = detect_fights(decode(content, ANY_MATCH).combat)
                assert_same_fights([fight_to_json(fight) for fight in fights], case["fights"])


@needs_shared
@pytest.mark.parametrize(("name", "folder"), MATCHES.items())
def test_every_golden_match_agrees(name: str, folder: str) -> None:
    path = SHARED / "telemetry" / folder / f"{name}.json.gz"
    content = bytes(inflate(path.read_bytes()))
    expected = json.loads((SHARED / "golden" / f"{name}.fights.json").read_text(encoding="utf-8"))
    assert EventSpans.find(content)
    as_published, all_parsed = decode_bytes(content, path), decode_bytes(content + b"\n", path)
    for decoded in (as_published, decode_combat(content, path), all_parsed):
        assert_same_fights([fight_to_json(fight) for fight in detect_fights(decoded.combat)], expected)
    for frame in ("combat", "positions", "rosters", "phases", "facts"):
        assert getattr(as_published, frame).equals(getattr(all_parsed, frame))
