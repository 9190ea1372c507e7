"""`pewstats player` as a coach runs it: the page, what it says of few fights, and names that want to be obeyed."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import polars as pl
import psycopg
import pytest

from pewstats_assets.cli.player_page import WIDTH
from pewstats_assets.profiles.figures import FIGURES
from pewstats_assets_tests.processes import Pewstats
from pewstats_assets_tests.profiles.leagues import play
from pewstats_assets_tests.warehouse.test_populations import DUO, SQUAD, materialize, store

START: Final = datetime(2026, 7, 1, 18, tzinfo=UTC)
HOSTILE: Final = "\x1b[1m[b]\u202eevil"
LEAGUE: Final = play(200, 21, fights=30)
#: The account with the most fights, and one with few.
STAR, ROOKIE = (
    LEAGUE.sums.group_by("player_account_id").agg(pl.col("fights").sum()).sort("fights")["player_account_id"][place]
    for place in (-1, 0)
)
#: Somebody with fights in two modes.
BOTH: Final = "account.000003"
MATES: Final = [f"account.9{number:05d}" for number in range(7)]


@pytest.fixture(scope="module")
def warehouse(server_url: str, template: str) -> str:
    """URL of a database with a league, whose star has two names, a squad with a hostile mate, and a namesake."""
    name = "test_of_players"
    with psycopg.connect(f"{server_url}/postgres", autocommit=True) as server:
        for suffix in ("", "_dagster"):
            server.execute(f'CREATE DATABASE "{name}{suffix}" TEMPLATE "{template}{suffix}"'.encode())
    with psycopg.connect(f"{server_url}/{name}", autocommit=True) as connection:
        fill(connection)
    return f"{server_url}/{name}"


def fill(connection: psycopg.Connection) -> None:
    store(connection, LEAGUE, SQUAD)
    store(connection, play(30, 22), DUO)
    materialize(connection)
    names = [
        (STAR, "Old", 0),
        (STAR, "Star", 2),
        (ROOKIE, "Rookie", 1),
        (MATES[0], HOSTILE, 1),
        (MATES[1], "Twin", 1),
        (BOTH, "Both", 0),
    ]
    for account, name, day in [*names, (MATES[2], "Twin", 3)]:
        seen = START + timedelta(days=day)
        connection.execute(
            "INSERT INTO player_names VALUES ('batch_00001', %s, %s, 3, %s, %s)", [account, name, seen, seen]
        )
    squad = sorted([STAR, MATES[0]])
    squad_id = hashlib.md5(",".join(squad).encode(), usedforsecurity=False).hexdigest()
    connection.execute(
        """
        INSERT INTO squad_profile_sums (batch, squad_id, player_account_ids, game_mode, match_type, matches,
            matches_ranked, wins_of_matches, fights, wins, losses, draws, knocks_dealt, kills_dealt, damage_dealt,
            damage_taken, trade_opportunities, trades, focused_damage, last_fight_at)
        VALUES ('batch_00001', %s, %s, 'squad-fpp', 'official', 12, 12, 2, 30, 18, 12, 0, 9, 8, 3000, 2500, 10, 4, 900,
                %s)
        """,
        [squad_id, squad, START],
    )
    for knocker, finisher, finishes in ((STAR, MATES[0], 7), (MATES[0], STAR, 4), (STAR, STAR, 9)):
        connection.execute(
            "INSERT INTO squad_finishes VALUES ('batch_00001', %s, %s, %s, %s)", [squad_id, knocker, finisher, finishes]
        )


@pytest.fixture
def pewstats(warehouse: str, tmp_path: Path) -> Pewstats:
    return Pewstats(tmp_path / "home", warehouse)


@pytest.fixture
def connection(warehouse: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(warehouse) as connection:
        yield connection


def line_of(page: str, label: str) -> str:
    (line,) = [line for line in page.splitlines() if line.strip().startswith(label)]
    return line


def test_the_page_says_how_well_how_sure_and_compared_with_whom(pewstats: Pewstats) -> None:
    page, _ = pewstats.run("player", "Star")
    assert f"Star {STAR}" in page
    assert "Also known as Old (until 2026-07-01)." in page
    assert "Compared with 200 players on " in page
    figures = {one["figure"]: one for one in pewstats.json("player", STAR)["modes"][0]["figures"]}
    assert figures.keys() == {figure.name for figure in FIGURES}
    won = figures["win_rate"]
    assert won["is_enough"]
    line = line_of(page, "Fights won")
    for number in (won["estimate"]["value"], won["estimate"]["low"], won["estimate"]["high"], won["shrunk"]):
        assert f"{number:.0%}" in line
    assert f" {won['estimate']['trials']} " in line
    assert line.endswith(f"{won['percentile'] * 100:.0f}")
    assert "○" not in line
    assert line_of(page, "Joined late").split() == ["Joined", "late", "0"]
    assert all(len(line) <= WIDTH for line in page.splitlines())


def test_the_page_names_squads_mates_and_who_finishes_whose_knocks(pewstats: Pewstats) -> None:
    page, _ = pewstats.run("player", "Star")
    squad, mate = (line.split() for line in page.splitlines() if "evil" in line)
    assert squad[1:] == ["12", "2", "30", "60%", "40%", "30%"]
    assert mate[1:] == ["12", "30", "60%", "7", "4"]


def test_no_name_is_obeyed(pewstats: Pewstats) -> None:
    page, _ = pewstats.run("player", "Star")
    assert r"\x1b[1m[b]\x202eevil" in page
    assert not {"\x1b", "\u202e"} & set(page)


def test_what_few_fights_say_is_marked_and_not_compared(pewstats: Pewstats, connection: psycopg.Connection) -> None:
    page, _ = pewstats.run("player", "Rookie")
    minimum = connection.execute(
        "SELECT min_fights FROM population_figures WHERE figure = 'win_rate' AND game_mode = 'squad-fpp'"
    ).fetchone()
    assert minimum is not None
    assert line_of(page, "Fights won").endswith(f"○ from {minimum[0]} fights on")
    (mode,) = pewstats.json("player", ROOKIE, "--mode", "squad-fpp")["modes"]
    won = mode["figures"][0]
    assert (won["is_enough"], won["percentile"], won["min_fights"]) == (False, None, minimum[0])
    # The population is most of what is known about so few fights.
    assert abs(won["shrunk"] - 0.47) < abs(won["estimate"]["value"] - 0.47)
    assert mode["playstyle"]["playstyle"] == "not enough fights"
    assert "Playstyle not enough fights" in page.replace("  ", " ")


def test_the_page_and_the_tables_say_the_same(pewstats: Pewstats, connection: psycopg.Connection) -> None:
    (mode,) = pewstats.json("player", STAR, "--type", "official", "--mode", "squad-fpp")["modes"]
    cursor = connection.cursor(row_factory=psycopg.rows.dict_row)
    rows = cursor.execute("SELECT * FROM player_figures WHERE player_account_id = %s", [STAR]).fetchall()
    compared = {one["figure"]: one for one in mode["figures"] if one["is_enough"]}
    assert compared.keys() == {row["figure"] for row in rows} != set()
    for row in rows:
        one = compared[row["figure"]]
        assert one["estimate"] == {
            "trials": row["trials"], **{name: pytest.approx(row[name]) for name in ("value", "low", "high")},
        }  # fmt: skip
        for name in ("shrunk", "shrunk_low", "shrunk_high", "percentile"):
            assert one[name] == pytest.approx(row[name])


def test_a_mode_can_be_chosen(pewstats: Pewstats) -> None:
    modes = pewstats.json("player", BOTH)
    assert [(mode["game_mode"], mode["fights"]) for mode in modes["modes"]] == sorted(
        ((brief["game_mode"], brief["fights"]) for brief in modes["all_modes"]), key=lambda mode: -mode[1]
    )
    (duo,) = pewstats.json("player", BOTH, "--mode", "duo")["modes"]
    assert (duo["game_mode"], duo["players"]) == ("duo", 30)
    _, err = pewstats.run("player", BOTH, "--type", "custom", exit_code=1)
    assert err.startswith("Error: ")
    assert "no fight in such matches" in err


def test_an_unknown_player_is_one_sentence(pewstats: Pewstats) -> None:
    for name in ("\x1b[31m", "'; DROP TABLE matches; --", "star"):
        out, err = pewstats.run("player", name, exit_code=1)
        assert out == ""
        assert err.startswith("Error: No player with a fight is called ")
        assert err.count("\n") == 1
        assert "\x1b" not in err


def test_several_players_with_one_name_are_listed(pewstats: Pewstats) -> None:
    out, err = pewstats.run("player", "Twin", exit_code=1)
    assert out.index(MATES[2]) < out.index(MATES[1])  # who was seen last comes first
    assert "2 players have been called Twin: give one by account id." in err
