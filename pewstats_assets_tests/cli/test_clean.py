"""Uninstalling: all is written below PEWSTATS_HOME, and `clean` removes that, after asking, and nothing else."""

import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pewstats_assets_tests.cli.terminals import on_a_terminal
from pewstats_assets_tests.processes import PEWSTATS, Pewstats, is_alive
from pewstats_assets_tests.telemetry_folders import match_id_of, write_matches
from pewstats_assets_tests.test_ui import user_interface

REFUSED = "Nothing was removed, for nobody can be asked: say so by --yes, or by `make clean FORCE=1`."


@contextmanager
def public_folder() -> Iterator[Path]:
    """Not below pytest's folder: that is private, and the server runs as a user of its own where we are root."""
    with tempfile.TemporaryDirectory(prefix="pewstats-tests-") as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def loaded_home() -> Iterator[Path]:
    """A home with a match in it, and beside it what was registered."""
    with public_folder() as folder:
        write_matches(folder / "matches", range(1, 2))
        Pewstats(folder / "home").run("demo", str(folder / "matches"))
        yield folder


@pytest.fixture
def folder() -> Iterator[Path]:
    with public_folder() as folder:
        yield folder


@pytest.fixture
def used(loaded_home: Path, folder: Path) -> Pewstats:
    """A copy of that home."""
    subprocess.run(["/bin/cp", "-a", loaded_home / "home", loaded_home / "matches", folder], check=True)
    return Pewstats(folder / "home")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_all_that_is_written_is_below_the_home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_matches(folder / "matches", range(1, 2))
    pewstats = Pewstats(folder / "home")
    elsewhere = ("HOME", "TMPDIR", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "PWD")
    for name in elsewhere:
        (folder / name).mkdir()
        pewstats.environment[name] = str(folder / name)
    monkeypatch.chdir(folder / "PWD")
    pewstats.run("demo", str(folder / "matches"))
    pewstats.run("doctor")
    with user_interface(pewstats) as ask:
        assert ask("{ version }")
    assert {name: names(folder / name) for name in elsewhere} == {name: [] for name in elsewhere}
    assert names(folder / "matches") == [f"{match_id_of(1)}.json.gz"]
    # The last is what this test has the UI say.
    assert names(folder / "home") == ["dagster", "postgres", "postgres.lock", "telemetry", "ui.log"]


def test_a_home_of_pewstats_alone_is_gone_afterwards(used: Pewstats, folder: Path) -> None:
    _, err = used.run("clean", "--yes")
    for part in ("dagster", "postgres", "postgres.lock", "telemetry"):
        assert f"  {folder}/home/{part}\n" in err
    assert names(folder) == ["matches"]
    assert names(folder / "matches") == [f"{match_id_of(1)}.json.gz"]
    assert "There is nothing of pewstats below" in used.run("clean")[1]
    assert not (folder / "home").exists()


def test_nothing_is_removed_without_a_yes(used: Pewstats, folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    assert REFUSED in used.run("clean", exit_code=1)[1]
    for no in ("n\n", "\n"):
        assert "Nothing was removed." in on_a_terminal(used, "clean", typed=no, exit_code=1)[0]
    assert sorted(folder.rglob("*")) == before
    assert "Removed all that pewstats has written" in on_a_terminal(used, "clean", typed="y\n")[0]
    assert not (folder / "home").exists()


def test_what_others_have_in_the_home_stays(used: Pewstats, folder: Path) -> None:
    home = folder / "home"
    others = [home / "notes.txt", home / "telemetry" / f"{match_id_of(2)}.json.gz", home / "telemetry" / "my" / "file"]
    for other in others:
        other.parent.mkdir(exist_ok=True)
        other.write_text("mine", encoding="utf-8")
    (home / "telemetry" / "batch_99999").symlink_to(folder / "matches")
    used.run("clean", "--yes")
    assert names(home) == ["notes.txt", "telemetry"]
    assert names(home / "telemetry") == sorted(["batch_99999", "my", f"{match_id_of(2)}.json.gz"])
    assert names(folder / "matches") == [f"{match_id_of(1)}.json.gz"]


def test_folders_of_the_same_names_stay_where_pewstats_did_not_write_them(folder: Path) -> None:
    home = folder / "home"
    for other in ("dagster/dagster.yaml", "dagster/storage/run", "postgres/PG_VERSION", "telemetry/match.json.gz"):
        (home / other).parent.mkdir(parents=True, exist_ok=True)
        (home / other).write_text("18", encoding="utf-8")
    before = sorted(home.rglob("*"))
    assert "There is nothing of pewstats below" in Pewstats(home).run("clean", "--yes")[1]
    assert sorted(home.rglob("*")) == before


def test_a_server_that_runs_still_is_stopped_first(used: Pewstats, folder: Path) -> None:
    server = folder / "home" / "postgres"
    use = f"""
import os, pathlib
from pewstats_assets.warehouse.embedded import start_server
start_server(pathlib.Path({str(server)!r}))
os.kill(os.getpid(), 9)
"""
    killed = subprocess.run([sys.executable, "-c", use], check=False)
    assert killed.returncode == -signal.SIGKILL
    pid = int((server / "postmaster.pid").read_text(encoding="ascii").splitlines()[0])
    assert is_alive(pid)
    used.run("clean", "--yes")
    assert not is_alive(pid)
    assert names(folder) == ["matches"]


def test_databases_on_a_server_of_ones_own_stay(tmp_path: Path, database_url: str) -> None:
    pewstats = Pewstats(tmp_path / "home", database_url)
    write_matches(tmp_path / "matches", range(1, 2))
    pewstats.run("demo", str(tmp_path / "matches"))
    _, err = pewstats.run("clean", "--yes")
    assert "The databases of PEWSTATS_DATABASE_URL stay: drop them there." in err
    assert not (tmp_path / "home").exists()
    assert pewstats.json("sql", "SELECT count(*) AS fights FROM team_fights") == [{"fights": 1}]


def test_make_clean_removes_what_the_project_wrote_and_keeps_the_sample(used: Pewstats, folder: Path) -> None:
    checkout = folder / "checkout"
    for there in (".venv/bin", ".mypy_cache", "data/sample", "data/screenshots"):
        (checkout / there).mkdir(parents=True)
    (checkout / "data/sample/match.json.gz").touch()
    shutil.copyfile(Path(__file__).parents[2] / "Makefile", checkout / "Makefile")
    (checkout / ".venv/bin/pewstats").symlink_to(PEWSTATS)
    (folder / "home").rename(checkout / "data" / "home")
    environment = {**used.environment, "PEWSTATS_HOME": str(checkout / "data" / "home")}
    make = ["/usr/bin/make", "-C", str(checkout), "clean"]
    before = sorted(checkout.rglob("*"))

    done = subprocess.run(make, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert REFUSED in done.stderr
    assert sorted(checkout.rglob("*")) == before

    subprocess.run([*make, "FORCE=1"], env=environment, capture_output=True, check=True)
    left = sorted(str(path.relative_to(checkout)) for path in checkout.rglob("*"))
    assert left == ["Makefile", "data", "data/sample", "data/sample/match.json.gz"]
    assert PEWSTATS.exists()
