"""Every command of the README, run as it stands, in a fresh checkout and a fresh home.

What takes minutes and is run elsewhere is in a table, with where that is. Nothing is left out without being named.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import psycopg
import pytest

from pewstats_assets_tests.documentation import README, ROOT, commands_of, inline_commands, shell_blocks
from pewstats_assets_tests.receivers import http_receiver
from pewstats_assets_tests.telemetry_folders import write_matches
from pewstats_assets_tests.test_ui import free_port, wait_until

pytestmark = pytest.mark.hard

#: Commands that are not run here, and where they are.
ELSEWHERE: Final = {
    "make test": ".ci/run",
    "make test-hard": ".ci/run, and this is a part of it",
    "make test-browser": ".ci/run",
    "make test-celery": ".ci/run",
    "make docs": "test_documentation.py and the tests of the pages compare what it writes with what is committed",
    "make pictures": "by hand: two pictures of a browser are never the same to the byte; test_browser.py takes others",
    "make bench": "by hand: it measures",
    "make bench FILE=match.json.gz": "by hand: it measures",
    "make bench-profiles": "by hand: it measures",
    "make bench-postgres": "by hand: it measures",
    "make season MATCHES=1200": "by hand: it takes an hour; hard/test_backfill.py loads a small season as it does",
}
#: What stands for something of the reader's own.
PLACEHOLDER: Final = "postgresql://user:password@host:5432/pewstats"
#: Commands in sentences that need what the sentence says: tests of their own below.
IN_SENTENCES: Final = {
    ".venv/bin/pewstats migrate",
    ".venv/bin/pewstats settings",
    ".venv/bin/pewstats doctor",
    ".venv/bin/pewstats alerts test",
    "make ui",
    "make demo",
}


class Reader:
    """Somebody who has cloned the project and types what the README says."""

    def __init__(self, folder: Path) -> None:
        self.checkout = folder / "checkout"
        self.home = folder / "home"
        self.checkout.mkdir()
        self.home.mkdir()
        for path in ROOT.iterdir():
            if path.name not in {"data", ".git"}:
                (self.checkout / path.name).symlink_to(path)
        (self.checkout / "data").mkdir()
        (self.checkout / "data" / "sample").symlink_to(ROOT / "data" / "sample")
        write_matches(self.home / "telemetry", range(1, 4))
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PEWSTATS_", "DAGSTER_"))}
        self.environment = kept | {"HOME": str(self.home), "PORT": str(free_port())}

    def types(self, script: str, **environment: str) -> str:
        """Run a script in the checkout; every command of it has to succeed."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],  # noqa: S607
            cwd=self.checkout,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done.stdout


@pytest.fixture
def reader() -> Iterator[Reader]:
    """A reader whose folder the embedded server's own user may enter: every pytest that starts closes pytest's own."""
    with TemporaryDirectory(prefix="pewstats-reader-") as folder:
        Path(folder).chmod(0o755)
        yield Reader(Path(folder))


def block_with(command: str) -> str:
    """The block that has a command."""
    (block,) = [block for block in shell_blocks(README) if command in commands_of(block)]
    return block


def without(block: str, *commands: str) -> str:
    """A block without the lines of these commands."""
    return "\n".join(command for command in commands_of(block) if command not in commands)


def test_every_command_of_the_readme_is_run_here_or_named_with_where() -> None:
    tested = Path(__file__).read_text(encoding="utf-8")
    run_here = {block_with(start) for start in re.findall(r'block_with\("(.+?)"\)', tested)}
    for block in shell_blocks(README):
        if block not in run_here:
            assert set(commands_of(block)) <= ELSEWHERE.keys(), block
    assert set(inline_commands(README)) <= ELSEWHERE.keys() | IN_SENTENCES
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {command.split()[1] for command in ELSEWHERE} <= targets
    for place in ELSEWHERE.values():
        for file in re.findall(r"[\w/.]+\.py|\.ci/run", place):
            assert (ROOT / file).exists() or (ROOT / "pewstats_assets_tests" / file).exists(), file


def test_the_demo_the_ui_and_a_look_at_it(reader: Reader) -> None:
    block = block_with("make ui")
    assert commands_of(block) == ["make demo", "make ui"]
    printed = reader.types("make demo")
    rows = [line.split()[:8] for line in printed.splitlines() if line.strip()]
    for line in README.read_text(encoding="utf-8").splitlines():
        if line.startswith((" batch_0", " all ")):
            assert line.split()[:8] in rows  # the README's figures, but for the seconds

    port = reader.environment["PORT"]
    with (reader.home / "ui.log").open("w", encoding="utf-8") as log:
        ui = subprocess.Popen(
            ["make", "ui"],  # noqa: S607
            cwd=reader.checkout,
            env=reader.environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/server_info"))
    finally:
        os.killpg(ui.pid, signal.SIGINT)  # Ctrl-C
        ui.wait(timeout=180)
    assert f"http://127.0.0.1:{port}" in (reader.home / "ui.log").read_text(encoding="utf-8")

    reader.types(block_with(".venv/bin/pewstats status"))
    assert (reader.checkout / "match.png").read_bytes().startswith(b"\x89PNG")
    assert (reader.checkout / "fight.png").read_bytes().startswith(b"\x89PNG")
    assert (reader.checkout / "profiles.csv").read_text(encoding="utf-8").startswith("player_account_id,")
    for command in ("migrate", "settings", "doctor"):
        reader.types(f".venv/bin/pewstats {command}")


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:  # noqa: S310
            return bool(reply.status == 200)
    except OSError:
        return False


def test_own_telemetry_at_once(reader: Reader) -> None:
    out = reader.types(block_with("make demo TELEMETRY=~/telemetry"))
    assert re.search(r"batch_00001 +3 +0 +3 +9 ", out)


def test_own_telemetry_step_by_step(reader: Reader) -> None:
    reader.types(block_with(".venv/bin/pewstats backfill"))
    status = json.loads(reader.types(".venv/bin/pewstats status --json"))
    assert [(batch["batch"], batch["loaded"]) for batch in status["batches"]] == [("batch_00001", 3)]


def test_one_file_and_a_season(reader: Reader) -> None:
    reader.types(
        block_with(".venv/bin/pewstats detect data/sample/11ba422f-df5c-4c91-8014-46a24b22a346.json.gz > fights.json")
    )
    assert len(json.loads((reader.checkout / "fights.json").read_text(encoding="utf-8"))["fights"]) == 11
    reader.types(block_with(".venv/bin/pewstats simulate --matches 20 --size small --out ~/season"))
    files = list((reader.home / "season").glob("*.json.gz"))
    assert len([file for file in files if not file.name.endswith(".match.json.gz")]) == 20
    assert not (reader.checkout / "data" / "postgres").exists()  # neither needs a database


def test_own_postgresql(reader: Reader, server_url: str) -> None:
    block = block_with("export PEWSTATS_DATABASE_URL=postgresql://user:password@host:5432/pewstats")
    url = f"{server_url}/of_the_reader"
    reader.types(block.replace(PLACEHOLDER, url))
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM team_fights").fetchone() == (163,)
    assert not (reader.checkout / "data" / "postgres").exists()


def test_alerts(reader: Reader) -> None:
    with http_receiver() as receiver:
        out = reader.types(".venv/bin/pewstats alerts test", PEWSTATS_ALERT_URLS=receiver.url)
    assert "It accepted the message." in out


def test_a_fresh_checkout_is_all_that_is_needed(reader: Reader) -> None:
    """What the table says is run elsewhere can be started here, at least: make knows how."""
    for command in ELSEWHERE:
        reader.types(f"make --dry-run {command.removeprefix('make ')}")
    shutil.rmtree(reader.home)
