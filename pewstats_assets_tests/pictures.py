"""`make docs` and `make pictures`: the pictures of the documentation, made by the project itself.

The fight and the match are of a simulated season, and the same every time: `drawings` is what the tests compare the
committed files with. The asset graph is the real UI's, in Chromium, after `pewstats demo` on the sample.
"""

import argparse
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import polars as pl
from playwright.sync_api import Page, expect, sync_playwright

from pewstats_assets.definitions import defs
from pewstats_assets.drawing import draw_fight, draw_match
from pewstats_assets.fights import MatchFights, detect_batch
from pewstats_assets.simulation.season import Size, write_season
from pewstats_assets.telemetry import decode_file, list_telemetry_files
from pewstats_assets_tests.processes import Pewstats
from pewstats_assets_tests.test_ui import free_port, user_interface

ROOT: Final = Path(__file__).parents[1]
PICTURES: Final = ROOT / "docs" / "pictures"
SEED: Final = 1
#: Which match of the season, and which of its fights.
MATCH_NO: Final = 2
FIGHT_NO: Final = 3
_OF_BATCHES: Final = ("telemetry", "team_fights", "fight_participants", "player_profiles")
#: Room for the graph, which is as large as it lets it be, and pixels around it in the picture.
_WINDOW: Final = (2300, 1000)
_MARGIN: Final = 40
#: How far a node of the graph reaches from its name to the right and down.
_NODE: Final = (238, 145)
_SOON_MS: Final = 60_000


def drawings() -> Mapping[str, str]:
    """Draw a match of a simulated season, and one of its fights: SVG by file name."""
    with TemporaryDirectory() as folder:
        *_, written = write_season(MATCH_NO, SEED, Path(folder), Size.SMALL)
        telemetry = decode_file(list_telemetry_files(Path(folder)).file(f"{folder}/{written.match_id}.json.gz"))
    number = pl.lit(MATCH_NO, pl.Int64()).alias("match_no")
    facts, combat = (frame.with_columns(number) for frame in (telemetry.facts, telemetry.combat))
    (match,) = detect_batch(facts, combat)
    assert isinstance(match, MatchFights)
    return {
        "fight.svg": draw_fight(match, FIGHT_NO, telemetry.combat, telemetry.positions),
        "match.svg": draw_match(match, telemetry.phases),
    }


def photograph_asset_graph(file: Path) -> None:
    """Load the sample, open the UI, and take a picture of the asset graph."""
    with TemporaryDirectory() as home:
        # The embedded PostgreSQL has a user of its own, who has to get there.
        Path(home).chmod(0o755)
        pewstats = Pewstats(Path(home) / "data")
        pewstats.run("demo", str(ROOT / "data" / "sample"), "--batch-size", "7")
        with _browser(pewstats) as page:
            page.get_by_role("navigation").get_by_role("link", name="Lineage").click()
            for asset in _OF_BATCHES:
                sign = page.get_by_role("button", name=asset).get_by_role("img")
                expect(sign).to_have_accessible_name("run_success", timeout=_SOON_MS)
            page.wait_for_load_state("networkidle")
            # The names in the list beside the graph are the first of their kind, those in the graph the last.
            boxes = [page.get_by_text(asset, exact=True).last.bounding_box() for asset in _assets()]
            found = [box for box in boxes if box is not None]
            assert len(found) == len(boxes)
            left, top = (min(box[side] for box in found) - _MARGIN for side in ("x", "y"))
            right = max(box["x"] for box in found) + _NODE[0]
            bottom = max(box["y"] for box in found) + _NODE[1]
            page.screenshot(path=file, clip={"x": left, "y": top, "width": right - left, "height": bottom - top})


def _assets() -> list[str]:
    return [key.to_user_string() for key in defs.resolve_asset_graph().get_all_asset_keys()]


@contextmanager
def _browser(pewstats: Pewstats) -> Iterator[Page]:
    chromium = shutil.which("chromium")
    assert chromium, "Chromium is not installed: `make browser` does it."
    port = free_port()
    with user_interface(pewstats, port), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, chromium_sandbox=False)
        page = browser.new_page(viewport={"width": _WINDOW[0], "height": _WINDOW[1]}, timezone_id="UTC")
        page.goto(f"http://127.0.0.1:{port}")
        yield page
        browser.close()


def main() -> None:
    """Write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--asset-graph", action="store_true", help="that one alone; it needs Chromium")
    PICTURES.mkdir(parents=True, exist_ok=True)
    if parser.parse_args().asset_graph:
        photograph_asset_graph(PICTURES / "asset-graph.png")
        return
    for name, svg in drawings().items():
        (PICTURES / name).write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
