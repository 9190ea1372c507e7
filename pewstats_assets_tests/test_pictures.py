"""`pewstats fight` and `pewstats match`: in words, as JSON, as pictures; and what they say where there is nothing."""

import os
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from pewstats_assets.cli import main
from pewstats_assets_tests.processes import Pewstats
from pewstats_assets_tests.telemetry_folders import BROKEN, match_id_of, write_broken, write_matches


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, server_url: str) -> Pewstats:
    """Two good matches with a fight each, matches that are quarantined, and one that waits."""
    folder = tmp_path_factory.mktemp("telemetry")
    pewstats = Pewstats(tmp_path_factory.mktemp("home"), f"{server_url}/pictures")
    write_matches(folder, range(1, 3))
    write_broken(folder)
    pewstats.run("register", str(folder), "--batch-size", "8")
    pewstats.run("backfill")
    write_matches(folder, range(3, 4))
    pewstats.run("register", str(folder))
    return pewstats


Ask = Callable[..., str]


@pytest.fixture
def refused(loaded: Pewstats, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run `pewstats` in this process, which is faster, and return what it says when it fails."""
    for name in ("PEWSTATS_HOME", "PEWSTATS_DATABASE_URL"):
        monkeypatch.setenv(name, loaded.environment[name])

    def ask(*arguments: str, exit_code: int = 1) -> str:
        with pytest.raises(SystemExit) as left:
            main(arguments)
        assert left.value.code == exit_code
        out, err = capsys.readouterr()
        assert out == ""
        return err

    return ask


def one_sentence(err: str) -> str:
    lines = err.strip().splitlines()
    assert len(lines) == 1, err
    return lines[0]


def test_a_fight_in_words(loaded: Pewstats) -> None:
    out, err = loaded.run("fight", "1001")
    assert err == ""
    assert out.startswith("Fight 1001: won by team 1\nErangel (Baltic_Main) · ")
    assert "Multiple casualties (2 knocks/kills)" in out
    rows = {row[3]: row for row in map(str.split, out.splitlines()) if len(row) > 7 and row[0].isdigit()}
    assert rows["a1"][:8] == ["1", "1", "WON", "a1", "1", "0", "60.0", "0.0"]
    assert rows["b1"] == ["2", "2", "LOST", "b1", "0", "0", "30.0", "60.0", "2.0", "10.0"]


def test_a_fight_as_json(loaded: Pewstats) -> None:
    fight = loaded.json("fight", "1001")
    assert (fight["id"], fight["batch"], fight["match_id"], fight["outcome"]) == (
        1001, "batch_00001", match_id_of(1), "DECISIVE_WIN",
    )  # fmt: skip
    assert [participant["player_name"] for participant in fight["participants"]] == ["a1", "b1", "a2"]


def test_a_match_by_number_and_by_id(loaded: Pewstats) -> None:
    fights = loaded.json("match", "2")
    assert [(fight["fight"], fight["participants"], fight["won_by_team"]) for fight in fights] == [(2001, 3, 1)]
    assert loaded.json("match", match_id_of(2)) == fights
    out, _ = loaded.run("match", "2")
    assert out.startswith(f"Match 2 of batch_00001: Erangel (Baltic_Main) · squad-fpp · official, {match_id_of(2)}\n")
    assert "DECISIVE_WIN" in out


@pytest.mark.parametrize("arguments", [("fight", "1001"), ("match", "1")])
def test_pictures_are_written(loaded: Pewstats, tmp_path: Path, arguments: tuple[str, str]) -> None:
    svg, png = tmp_path / "a.svg", tmp_path / "a.png"
    png.write_text("what was there")
    out, err = loaded.run(*arguments, "--svg", str(svg), "--png", str(png))
    assert out == ""
    assert err.splitlines() == [f"Wrote {svg}.", f"Wrote {png}."]
    words = [element.text for element in ET.parse(svg).iter() if element.text]  # noqa: S314  our own
    assert any(word.startswith(("Fight 1001: won by team 1", "Match 1: 1 fight, 3 participants")) for word in words)
    assert png.read_bytes().startswith(b"\x89PNG")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.png", "a.svg"]


def test_a_picture_of_a_fight_has_what_only_the_telemetry_knows(loaded: Pewstats, tmp_path: Path) -> None:
    loaded.run("fight", "1001", "--svg", str(tmp_path / "a.svg"))
    words = {element.text for element in ET.parse(tmp_path / "a.svg").iter()}  # noqa: S314  our own
    assert {"a1", "b1", "a2"} < words
    assert {"1→2", "3→2"} < words  # the knock and the kill


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("match", "99"), "No match has the number or id 99: `pewstats sql"),
        (("match", "9" * 30), "No match has the number or id 999"),
        (("match", match_id_of(77)), "No match has the number or id 00000000-0000-0000-0000-00000000004d: "),
        (("fight", "1002"), "Match 1 has no fight 1002: they are 1001 to 1001."),
        (("fight", "99001"), "No match has the number or id 99: "),
        (("match", "9"), "Match 9 has not been processed: `pewstats backfill batch_00002` does it."),
        (("match", match_id_of(902)), "is quarantined (broken_gzip), so it has no fights, see `pewstats quaran"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_said_in_a_sentence(refused: Ask, arguments: tuple[str, str], sentence: str) -> None:
    assert list(BROKEN).index("cut gzip") == 1  # which makes it match 902
    assert sentence in one_sentence(refused(*arguments))


def test_what_is_no_id_is_wrong_usage(refused: Ask) -> None:
    assert "'abc' is neither the number of a match nor PUBG's id of one." in refused("match", "abc", exit_code=2)
    assert "12 is not in the range x>=1001" in refused("fight", "12", exit_code=2)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("absent/a.svg", "cannot be written: No such file or directory."),
        ("file/a.svg", "cannot be written: Not a directory."),
        ("folder", "is no file that could be replaced: give another."),
        ("pipe", "is no file that could be replaced: give another."),
    ],
)
def test_a_picture_that_cannot_be_written_is_a_sentence(refused: Ask, tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "file").write_text("what was there")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    err = refused("fight", "1001", "--svg", str(tmp_path / name))
    assert one_sentence(err) == f"Error: {tmp_path / name} {reason}"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["file", "folder", "pipe"]
    assert (tmp_path / "file").read_text() == "what was there"


def test_a_link_to_a_picture_stays_a_link(loaded: Pewstats, tmp_path: Path) -> None:
    (tmp_path / "link.svg").symlink_to("real.svg")
    loaded.run("fight", "1001", "--svg", str(tmp_path / "link.svg"))
    assert (tmp_path / "link.svg").is_symlink()
    assert (tmp_path / "real.svg").read_text().startswith("<svg")


def test_without_its_telemetry_a_fight_has_words_and_no_picture(loaded: Pewstats, refused: Ask, tmp_path: Path) -> None:
    home = Path(loaded.environment["PEWSTATS_HOME"])
    shutil.move(home / "telemetry", tmp_path / "away")
    try:
        assert loaded.json("fight", "1001")["id"] == 1001
        for arguments in (("fight", "1001"), ("match", "1")):
            err = refused(*arguments, "--png", str(tmp_path / "a.png"))
            assert one_sentence(err) == (
                f"Error: The telemetry of batch_00001 is not below {home / 'telemetry'}, and a picture needs it: "
                "`pewstats backfill batch_00001` makes it."
            )
    finally:
        shutil.move(tmp_path / "away", home / "telemetry")
    assert not (tmp_path / "a.png").exists()
