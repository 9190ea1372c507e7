"""The UI in Chromium, used as a person does: by what it says, with a mouse. Pictures are left in data/screenshots."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import ConsoleMessage, Locator, Page, expect, sync_playwright

from pewstats_assets.definitions import JOB_NAME, TABLE_CHECK_SCHEDULE_NAME
from pewstats_assets.drawing.fight import WIDTH
from pewstats_assets_tests.processes import Pewstats
from pewstats_assets_tests.telemetry_folders import write_matches
from pewstats_assets_tests.test_definitions import JOBS, REPOSITORY
from pewstats_assets_tests.test_ui import console_of, free_port, user_interface

pytestmark = pytest.mark.browser

SCREENSHOTS: Final = Path(__file__).parents[1] / "data" / "screenshots"
ASSETS: Final = ("telemetry", "team_fights", "fight_participants", "player_profiles")
LOCATION: Final = "/locations/pewstats_assets.definitions"
#: All pages about what is ours, and a text that is on each when it is there.
TOUR: Final = {
    "/overview/activity/timeline": "Timeline",
    "/runs": "batch_00001",
    "/assets": "player_profiles",
    **{f"/assets/{asset}": "Description" for asset in (*ASSETS, "player_populations", "warehouse")},
    "/assets/warehouse?view=checks": "constraints_are_in_force",
    "/jobs": JOB_NAME,
    **{f"{LOCATION}/jobs/{job.name}": "Description" for job in JOBS},
    "/automation": TABLE_CHECK_SCHEDULE_NAME,
    **{f"{LOCATION}/schedules/{schedule.name}": "Description" for schedule in REPOSITORY.schedule_defs},
    **{f"{LOCATION}/sensors/{sensor.name}": "Description" for sensor in REPOSITORY.sensor_defs},
    **{f"{LOCATION}/resources/{name}": "Description" for name in REPOSITORY.get_top_level_resources()},
    f"{LOCATION}/ops/match_batch": "Description",
    "/deployment/locations": "Loaded",
    "/deployment/daemons": "Running",
}
#: For what a page shows by itself, and for what a run or a backfill has to do first (the daemon looks every 30 s).
SOON_MS: Final = 30_000
AFTER_RUNS_MS: Final = 180_000
#: What is on no page in normal use.
COMPLAINTS: Final = re.compile(
    r"(?i)no description|not (found|loaded)|went wrong|unexpected|traceback|exception|deprecat|\bwarning|\berror\b"
)
#: What Dagster's client for GraphQL says in the console of how Dagster uses it.
NOT_OURS: Final = "go.apollo.dev"


class Person:
    """Somebody at a browser who looks, clicks and takes pictures; `complaints` is what the browser's console said."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        self._pictures = 0
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def picture(self, name: str) -> None:
        self._pictures += 1
        self.page.screenshot(path=SCREENSHOTS / f"{self._pictures:02d}-{name}.png")

    def visit(self, path: str, text: str) -> None:
        """Go to a page that says this, and see nothing on it that should not be there."""
        self.page.goto(f"{self.address}{path}")
        expect(self.text(text)).to_be_visible()
        self.page.wait_for_load_state("networkidle")
        self.picture(re.sub(r"\W+", "-", path).strip("-"))
        said = self.page.locator("body").inner_text()
        assert not COMPLAINTS.search(said), said

    def open(self, link: str) -> None:
        """Follow a link of the navigation."""
        links = self.page.get_by_role("navigation").get_by_role("link")
        links.filter(has_text=re.compile(f"^{link}$")).click()

    def text(self, text: str, *, exact: bool = True) -> Locator:
        """What says this. The UI keeps invisible copies of names, by which it measures where to cut them."""
        return self.page.get_by_text(text, exact=exact).filter(visible=True).first

    def sees(self, *texts: str, exact: bool = True) -> None:
        for text in texts:
            expect(self.text(text, exact=exact)).to_be_visible()

    def state_of(self, asset: str) -> Locator:
        """The sign of an asset's state, in the list beside the graph."""
        return self.page.get_by_role("button", name=asset).get_by_role("img")

    def launch(self, batches: list[str], button: str, then: str) -> None:
        """Choose batches in the dialog that materializes all assets, launch them, and go to where they are shown."""
        self.page.get_by_role("button", name="Materialize all").click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_text("Select a partition").click()
        for batch in batches:
            dialog.get_by_role("menuitem", name=batch).click()
        dialog.get_by_text("Launch runs to materialize").click()  # which closes the menu
        expect(dialog.get_by_role("menuitem")).to_have_count(0)
        expect(dialog.get_by_text(re.compile(rf"^{len(batches)} partitions?$"))).to_be_visible()
        self.picture(f"dialog-{len(batches)}-partitions")
        dialog.get_by_role("button", name=button).click()
        notifications = self.page.get_by_role("region", name="Notifications")
        expect(notifications).to_contain_text(then)
        notifications.get_by_role("link", name="View").click()

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and NOT_OURS not in message.text:
            self.complaints.append(message.text)


@pytest.fixture
def pewstats(tmp_path: Path) -> Pewstats:
    """Four batches of two small matches are registered."""
    write_matches(tmp_path / "telemetry", range(1, 9))
    pewstats = Pewstats(tmp_path / "home")
    pewstats.run("register", str(tmp_path / "telemetry"), "--batch-size", "2")
    return pewstats


@pytest.fixture
def person(pewstats: Pewstats) -> Iterator[Person]:
    """Somebody at a browser, and the UI runs."""
    chromium = shutil.which("chromium")
    assert chromium, "Chromium is not installed: `make browser` does it."
    shutil.rmtree(SCREENSHOTS, ignore_errors=True)
    SCREENSHOTS.mkdir(parents=True)
    expect.set_options(timeout=SOON_MS)
    port = free_port()
    with user_interface(pewstats, port), sync_playwright() as playwright:
        # Chromium refuses to build its sandbox as root.
        browser = playwright.chromium.launch(executable_path=chromium, chromium_sandbox=os.geteuid() != 0)
        page = browser.new_page(viewport={"width": 1500, "height": 1000}, timezone_id="UTC")
        page.set_default_timeout(SOON_MS)
        yield Person(page, f"http://127.0.0.1:{port}")
        browser.close()


def test_a_person_loads_batches_in_the_ui(person: Person, pewstats: Pewstats) -> None:
    page = person.page
    page.goto(person.address)

    # The asset graph.
    person.open("Lineage")
    for asset in (*ASSETS, "warehouse"):
        expect(person.state_of(asset)).to_have_accessible_name("missing")
    person.picture("asset-graph")

    # One partition from its dialog: its run succeeds, it is green, and it says what came out of it.
    person.launch(["batch_00001"], "Launch 1 run", "Launched run")
    expect(person.text("Success")).to_be_visible(timeout=AFTER_RUNS_MS)
    person.picture("run")
    person.open("Catalog")
    person.text("team_fights").click()
    expect(page.get_by_role("link", name="batch_00001")).to_be_visible()
    person.sees("The team fights of a batch's matches, one row per fight.", "Owners", "fight_spread_radius")
    person.sees("From the centre to the farthest position", exact=False)
    person.picture("asset")
    page.get_by_role("tab", name="Partitions").click()
    person.text("batch_00001").click()
    person.sees("Materialized", "matches_per_second")
    person.sees("210 to 240 s", exact=False)
    person.picture("partition")

    # The largest fight, drawn: the browser has read the picture.
    person.open("Catalog")
    person.text("fight_participants").click()
    page.get_by_role("tab", name="Partitions").click()
    person.text("batch_00001").click()
    person.text("[Show Markdown]").click()
    image = page.get_by_role("dialog").get_by_role("img", name="Fight 1001")
    expect(image).to_be_visible()
    assert image.evaluate("image => image.naturalWidth") == WIDTH
    person.picture("largest-fight")
    page.get_by_role("dialog").get_by_role("button", name="Close").click()

    # The check's page.
    page.get_by_role("tab", name="Checks").click()
    person.text("fight_id_is_not_null").click()
    person.sees("Every participant has a fight_id.", "Passed", "batch_00001")
    person.picture("check")

    # A backfill over the range of the others, after which all is green.
    person.open("Lineage")
    person.launch(["batch_00002", "batch_00003", "batch_00004"], "Launch backfill", "Created backfill")
    expect(page.get_by_text("100% completed")).to_have_count(len(ASSETS), timeout=AFTER_RUNS_MS)
    # The backfill's own status: the rows of assets without partitions, and a link, say the same word before it does.
    status = page.get_by_text("Status", exact=True).locator("xpath=following-sibling::*")
    expect(status.get_by_text("Succeeded", exact=True)).to_be_visible(timeout=AFTER_RUNS_MS)
    person.picture("backfill")
    person.open("Lineage")
    for asset in ASSETS:
        expect(person.state_of(asset)).to_have_accessible_name("run_success")
    person.picture("asset-graph-green")

    # Everything else that there is to see.
    for path, text in TOUR.items():
        person.visit(path, text)
    assert person.complaints == []
    console = console_of(pewstats).read_text(encoding="utf-8")
    assert f"The UI opens on {person.address}" in console
    assert not COMPLAINTS.search(console), console
    loaded = [(batch["batch"], batch["loaded"]) for batch in pewstats.json("status")["batches"]]
    assert loaded == [(f"batch_0000{number}", 2) for number in range(1, 5)]
