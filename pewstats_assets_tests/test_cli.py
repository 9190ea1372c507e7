"""`pewstats` as a person runs it: processes of its own, on the embedded server and on a server of the user's."""

import csv
import gzip
import io
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest

from pewstats_assets.partitions import new_match
from pewstats_assets.settings import Settings
from pewstats_assets.telemetry import find_telemetry_files, read_bytes
from pewstats_assets.warehouse.integrity import RULES
from pewstats_assets.warehouse.matches import fill
from pewstats_assets_tests.processes import Pewstats
from pewstats_assets_tests.receivers import http_receiver
from pewstats_assets_tests.servers import PASSWORD
from pewstats_assets_tests.telemetry_folders import match_bytes, match_id_of, write_broken, write_matches

#: What the documentation promises an analyst; 1001 and a1 exist in every folder of `write_matches`.
QUERIES = {
    "SELECT COUNT(*) FROM fight_participants WHERE fight_id IS NULL": [["0"]],
    "SELECT COUNT(*) FROM fight_participants fp LEFT JOIN team_fights tf ON fp.fight_id = tf.id WHERE tf.id IS NULL": [
        ["0"]
    ],
    """
    SELECT tf.match_id, tf.outcome, tf.total_knocks, fp.player_name, fp.damage_dealt, fp.knocks_dealt, fp.was_killed,
           fp.survived
    FROM team_fights tf JOIN fight_participants fp ON fp.fight_id = tf.id
    WHERE tf.id = 1001 ORDER BY fp.damage_dealt DESC
    """: [
        [match_id_of(1), "DECISIVE_WIN", "1", "a1", "60.0", "1", "False", "True"],
        [match_id_of(1), "DECISIVE_WIN", "1", "b1", "30.0", "0", "True", "False"],
        [match_id_of(1), "DECISIVE_WIN", "1", "a2", "0.0", "0", "False", "True"],
    ],
    """
    SELECT player_name, COUNT(*) AS total_fights, AVG(damage_dealt) AS avg_damage_per_fight,
           AVG(knocks_dealt) AS avg_knocks_per_fight,
           SUM(CASE WHEN survived THEN 1 ELSE 0 END) AS fights_survived,
           ROUND(100.0 * SUM(CASE WHEN survived THEN 1 ELSE 0 END) / COUNT(*), 2) AS survival_rate
    FROM fight_participants WHERE player_name = 'a1' GROUP BY player_name
    """: [["a1", "3", "60.0", "1.00000000000000000000", "3", "100.00"]],
}


@pytest.fixture(params=["embedded", "external"])
def pewstats(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pewstats:
    """`pewstats` on either kind of server. The embedded one has to be reached by a user of its own."""
    home = tmp_path_factory.mktemp("home")
    url = request.getfixturevalue("database_url") if request.param == "external" else None
    return Pewstats(home, url)


@pytest.fixture
def on_server(tmp_path: Path, database_url: str) -> Pewstats:
    return Pewstats(tmp_path / "home", database_url)


def counts(summary: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "seconds"} for row in summary]


def test_the_demo_does_the_whole_job_and_again_with_the_same_ids(pewstats: Pewstats, tmp_path: Path) -> None:
    folder = tmp_path / "telemetry"
    write_matches(folder, range(1, 4))
    write_broken(folder)
    ids = """
        SELECT tf.id AS fight, fp.id AS participant, fp.player_name
        FROM team_fights tf JOIN fight_participants fp ON fp.fight_id = tf.id ORDER BY fp.id
    """
    first = pewstats.json("demo", str(folder), "--batch-size", "5")
    first_ids = pewstats.json("sql", ids)
    expected = {"null_fight_ids": 0, "orphan_fight_ids": 0}
    assert counts(first) == [
        {
            "batch": "batch_00001",
            "matches": 5,
            "quarantined": 2,
            "fights": 3,
            "participants": 9,
            "players": 3,
            **expected,
        },
        {
            "batch": "batch_00002",
            "matches": 4,
            "quarantined": 4,
            "fights": 0,
            "participants": 0,
            "players": 0,
            **expected,
        },
        {"batch": "all", "matches": 9, "quarantined": 6, "fights": 3, "participants": 9, "players": 3, **expected},
    ]
    assert len(first_ids) == 9
    assert counts(pewstats.json("demo", str(folder), "--batch-size", "5")) == counts(first)
    assert pewstats.json("sql", ids) == first_ids
    for query, rows in QUERIES.items():
        out, _ = pewstats.run("sql", "--csv", query)
        assert list(csv.reader(io.StringIO(out)))[1:] == rows


def test_status_names_every_match_that_was_left_out(on_server: Pewstats, tmp_path: Path) -> None:
    expected = write_broken(tmp_path / "telemetry")
    write_matches(tmp_path / "telemetry", range(1, 2))
    arcade = match_bytes(2).replace(b"match.bro.official", b"match.bro.arcade")
    excluded = tmp_path / "telemetry" / f"{match_id_of(2)}.json"
    excluded.write_bytes(arcade)
    on_server.run("register", str(tmp_path / "telemetry"))
    assert on_server.json("status")["batches"][0]["waiting"] == 7
    on_server.run("backfill")
    status = on_server.json("status")
    (batch,) = status["batches"]
    assert (batch["matches"], batch["loaded"], batch["quarantined"], batch["excluded"]) == (8, 1, 6, 1)
    reasons = {match["file"]: (match["status"], match["reason"]) for match in status["left_out"]}
    assert reasons.pop(str(excluded)) == ("excluded", "match_type")
    assert reasons == {file: ("quarantined", reason) for file, reason in expected.items()}
    text, _ = on_server.run("status")
    for file in (*expected, str(excluded)):
        assert file in text


def test_quarantined_matches_are_listed_and_loaded_once_their_files_are_replaced(
    on_server: Pewstats, tmp_path: Path
) -> None:
    folder = tmp_path / "telemetry"
    write_matches(folder, range(1, 2))
    expected = write_broken(folder)
    on_server.run("register", str(folder), "--batch-size", "3")
    assert "No match is quarantined." in on_server.run("quarantine", "list")[1]
    assert on_server.json("quarantine", "list") == []
    on_server.run("backfill")
    listed = on_server.json("quarantine", "list")
    assert {match["file"]: match["reason"] for match in listed} == expected
    assert list(listed[1]) == ["batch", "match_no", "match_id", "reason", "detail", "byte_offset", "file"]
    cut = Path(listed[1]["file"])
    assert (listed[1]["match_no"], listed[1]["byte_offset"]) == (3, cut.stat().st_size)
    assert str(cut) in on_server.run("quarantine", "list")[0]
    assert on_server.json("quarantine", "list", "batch_00001") == listed[:2]
    assert "batch_9: not registered" in on_server.run("quarantine", "list", "batch_9", exit_code=2)[1]

    empty = Path(listed[0]["file"])
    cut.write_bytes(gzip.compress(match_bytes(902)))
    out, err = on_server.run("quarantine", "retry", "3")
    assert "Match 3 of batch_00001: Its file was replaced." in err
    assert "batch_00001: complete" in err
    assert "loaded" in out
    assert on_server.json("status")["batches"][0]["loaded"] == 2

    empty.write_bytes(gzip.compress(match_bytes(901)))
    put_back = on_server.json("quarantine", "retry", match_id_of(901).upper(), "--no-load")
    assert [(match["match_no"], match["status"]) for match in put_back] == [(2, "registered")]
    assert on_server.json("status")["batches"][0]["waiting"] == 1
    assert "batch_00001: complete" in on_server.run("backfill")[1]
    assert "every registered batch is complete" in on_server.run("backfill")[1]
    assert on_server.json("status")["batches"][0]["loaded"] == 3

    assert "4 of 4 matches are quarantined still" in on_server.run("quarantine", "retry", exit_code=1)[1]
    for unknown in ("1", "99", match_id_of(1), "everything"):
        err = on_server.run("quarantine", "retry", "4", unknown, exit_code=2)[1]
        assert f"{unknown}: no quarantined match has this id or number" in err


def test_registering_again_leaves_alone_what_is_registered(on_server: Pewstats, tmp_path: Path) -> None:
    write_matches(tmp_path / "telemetry", range(1, 4))
    assert (
        "Registered 3 new matches as batch_00001 to batch_00002."
        in on_server.run("register", str(tmp_path / "telemetry"), "--batch-size", "2")[1]
    )
    write_matches(tmp_path / "telemetry", range(1, 5))
    (tmp_path / "copy").mkdir()
    copy = tmp_path / "copy" / f"{match_id_of(1)}.json.gz"
    copy.write_bytes(gzip.compress(match_bytes(1)))
    err = on_server.run("register", str(tmp_path))[1]
    assert "Registered 1 new matches as batch_00003." in err
    assert str(copy) in err


def test_backfill_takes_what_is_unfinished_or_named(on_server: Pewstats, tmp_path: Path) -> None:
    assert "No batch is registered" in on_server.run("backfill")[1]
    write_matches(tmp_path / "telemetry", range(1, 4))
    on_server.run("register", str(tmp_path / "telemetry"), "--batch-size", "1")
    assert "batch_00002: complete" in on_server.run("backfill", "batch_00002")[1]
    err = on_server.run("backfill")[1]
    assert "batch_00001: complete" in err
    assert "batch_00002" not in err
    assert "every registered batch is complete" in on_server.run("backfill")[1]
    assert "batch_00009: not registered" in on_server.run("backfill", "batch_00009", exit_code=2)[1]


def test_a_batch_that_is_being_filled_is_judged_and_loaded_when_somebody_says_so(
    on_server: Pewstats, tmp_path: Path, database_url: str
) -> None:
    folder = tmp_path / "telemetry"
    write_matches(folder, range(1, 3))
    files = find_telemetry_files(folder)
    found = [new_match(file, read_bytes(file.path), Settings.from_environment()) for file in files]
    with psycopg.connect(database_url) as connection:
        fill(connection, found, 100)
    assert [batch["waiting"] for batch in on_server.json("status")["batches"]] == [2]
    assert not on_server.run("verify")[0].count("FAILED")
    assert on_server.run("verify", "batch_00001", exit_code=1)[0].count("FAILED")

    on_server.environment["PEWSTATS_BATCH_SIZE"] = "1"
    write_matches(folder, range(3, 5))
    err = on_server.run("register", str(folder))[1]
    assert err == "Registered 2 new matches as batch_00002 to batch_00003.\n"
    assert "batch_00001: complete" in on_server.run("backfill")[1]
    with psycopg.connect(database_url) as connection:
        write_matches(folder, range(5, 6))
        late = find_telemetry_files(folder)[-1]
        fill(connection, [new_match(late, read_bytes(late.path), Settings.from_environment())], 100)
    assert "batch_00004: complete" in on_server.run("demo", str(folder))[1]
    assert [batch["matches"] for batch in on_server.json("status")["batches"]] == [2, 1, 1, 1]
    assert not on_server.run("verify")[0].count("FAILED")


@pytest.fixture
def slow_insert(database_url: str) -> Iterator[psycopg.Connection]:
    """Inserting participants of match 2 takes for ever, so that a process can be killed in the middle of it."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(600); RETURN NEW; END'"
        )
        yield connection


def test_a_process_killed_in_the_middle_of_a_batch_leaves_the_old_rows(
    on_server: Pewstats, tmp_path: Path, slow_insert: psycopg.Connection
) -> None:
    write_matches(tmp_path / "telemetry", range(1, 4))
    before = on_server.json("demo", str(tmp_path / "telemetry"))
    rows = b"SELECT * FROM team_fights, fight_participants ORDER BY 1, fight_participants.id"
    old = slow_insert.execute(rows).fetchall()
    slow_insert.execute(
        """
        CREATE TRIGGER wait BEFORE INSERT ON fight_participants
        FOR EACH ROW WHEN (NEW.fight_id = 2001) EXECUTE FUNCTION wait()
        """
    )
    process = on_server.start("backfill", "batch_00001")
    writers = _wait_for_writers(slow_insert, process)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    for pid in writers:
        slow_insert.execute("SELECT pg_terminate_backend(%s)", (pid,))
    assert slow_insert.execute(rows).fetchall() == old

    slow_insert.execute("DROP TRIGGER wait ON fight_participants")
    assert counts(on_server.json("demo", str(tmp_path / "telemetry"))) == counts(before)
    assert slow_insert.execute(rows).fetchall() == old


def _wait_for_writers(connection: psycopg.Connection, process: subprocess.Popen[str]) -> list[int]:
    """Wait until a process inserts what takes for ever; return the servers of its connections."""
    in_the_middle = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    deadline = time.monotonic() + 120
    while not (writers := connection.execute(in_the_middle).fetchall()):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return [pid for (pid,) in writers]


def test_ctrl_c_stops_a_backfill_and_not_only_the_batch_of_the_moment(
    on_server: Pewstats, tmp_path: Path, slow_insert: psycopg.Connection
) -> None:
    write_matches(tmp_path / "telemetry", range(1, 4))
    on_server.run("register", str(tmp_path / "telemetry"), "--batch-size", "1")
    slow_insert.execute(
        """
        CREATE TRIGGER wait BEFORE INSERT ON fight_participants
        FOR EACH ROW WHEN (NEW.fight_id = 2001) EXECUTE FUNCTION wait()
        """
    )
    process = on_server.start("backfill")
    _wait_for_writers(slow_insert, process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode != 0
    assert "Traceback" not in err
    assert slow_insert.execute("SELECT id FROM team_fights").fetchall() == [(1001,)]


def test_a_failed_batch_is_said_in_words_and_does_not_stop_the_others(
    on_server: Pewstats, tmp_path: Path, slow_insert: psycopg.Connection
) -> None:
    write_matches(tmp_path / "telemetry", range(1, 3))
    on_server.run("register", str(tmp_path / "telemetry"), "--batch-size", "1")
    slow_insert.execute("ALTER TABLE team_fights ADD CONSTRAINT on_purpose CHECK (match_no <> 1)")
    out, err = on_server.run("backfill", exit_code=1)
    assert out == ""
    assert "1 of 2 batches failed" in err
    assert "on_purpose" in err
    assert slow_insert.execute("SELECT id FROM team_fights").fetchall() == [(2001,)]


def test_a_failed_batch_is_named_beside_a_comparison_that_fails(
    on_server: Pewstats, tmp_path: Path, slow_insert: psycopg.Connection
) -> None:
    write_matches(tmp_path / "telemetry", range(1, 3))
    on_server.run("register", str(tmp_path / "telemetry"), "--batch-size", "1")
    slow_insert.execute("ALTER TABLE team_fights ADD CONSTRAINT on_purpose CHECK (match_no <> 1)")
    slow_insert.execute("ALTER TABLE population_figures RENAME TO away")
    err = on_server.run("backfill", exit_code=1)[1]
    assert "1 of 2 batches failed" in err
    assert "The players could not be compared:" in err


def test_verify_says_of_every_rule_whether_it_holds(on_server: Pewstats, tmp_path: Path) -> None:
    write_matches(tmp_path / "telemetry", range(1, 4))
    on_server.run("register", str(tmp_path / "telemetry"), "--batch-size", "2")
    on_server.run("backfill", "batch_00001")
    waiting = {row["rule"]: row for row in json.loads(on_server.run("verify", "--json", exit_code=1)[0])}
    assert [name for name, row in waiting.items() if not row["passed"]] == ["every_match_has_a_final_status"]
    assert waiting["every_match_has_a_final_status"]["batches"] == ["batch_00002"]
    assert not on_server.run("verify", "batch_00001")[0].count("FAILED")
    on_server.run("backfill")
    rows = on_server.json("verify")
    assert [row["rule"] for row in rows] == [rule.name for rule in RULES]
    assert all((row["passed"], row["violations"], row["samples"]) == (True, 0, []) for row in rows)
    assert "batch_00009: not registered" in on_server.run("verify", "batch_00009", exit_code=2)[1]


def test_verify_shows_ten_rows_that_break_a_rule_and_obeys_none(
    on_server: Pewstats, tmp_path: Path, database_url: str
) -> None:
    write_matches(tmp_path / "telemetry", range(1, 6))
    on_server.run("demo", str(tmp_path / "telemetry"))
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("ALTER TABLE fight_participants ALTER COLUMN fight_id DROP NOT NULL")
        connection.execute(r"UPDATE fight_participants SET fight_id = NULL, player_name = E'[red]evil\x1b[31m\n'")
    rows = {row["rule"]: row for row in json.loads(on_server.run("verify", "--json", exit_code=1)[0])}
    broken = rows["fight_id_is_not_null"]
    assert (broken["severity"], broken["passed"], broken["violations"]) == ("ERROR", False, 15)
    assert broken["batches"] == ["batch_00001"]
    assert broken["repair"]
    assert len(broken["samples"]) == 10
    assert broken["samples"][0] == {
        "batch": "batch_00001",
        "id": 1001001,
        "match_id": match_id_of(1),
        "player_name": "[red]evil\x1b[31m\n",
    }
    text, _ = on_server.run("verify", exit_code=1)
    assert "ERROR fight_id_is_not_null: 15 rows break it." in text
    assert broken["repair"] in text
    assert "[red]evil\\x1b[31m\\x0a" in text
    assert "\x1b" not in text


def test_a_warning_is_shown_and_is_no_failure(on_server: Pewstats, tmp_path: Path) -> None:
    write_matches(tmp_path / "telemetry", range(1, 6))
    (tmp_path / "telemetry" / f"{match_id_of(6)}.json").write_text("<html>")
    _, err = on_server.run("demo", str(tmp_path / "telemetry"))
    assert "failed checks: quarantined_below_5_percent, see `pewstats verify batch_00001`" in err
    assert "Every check passed" not in err
    assert "WARN quarantined_below_5_percent: 1 rows break it." in on_server.run("verify")[0]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("DELETE FROM fight_participants", "syntax error"),
        ("COPY (SELECT 1) TO PROGRAM 'touch /tmp/pewned'", "syntax error"),
        ("WITH gone AS (DELETE FROM fight_participants RETURNING id) SELECT * FROM gone", "data-modifying"),
        ("SELECT lo_create(0)", "read-only transaction"),
        ("SELECT 1; DROP TABLE fight_participants", "multiple commands"),
        ("COMMIT; DELETE FROM fight_participants", "syntax error"),
        ("SELECT nothing", 'column "nothing" does not exist'),
    ],
)
def test_sql_only_reads_and_says_what_is_wrong(on_server: Pewstats, query: str, message: str) -> None:
    assert message in on_server.run("sql", query, exit_code=1)[1]


def test_sql_shows_names_as_text(on_server: Pewstats) -> None:
    out, _ = on_server.run("sql", "SELECT E'[red]evil[/red]\\x1b[31m' AS name, NULL AS nothing, ARRAY[1, 2] AS teams")
    assert "[red]evil[/red]\\x1b[31m" in out
    assert "\x1b" not in out


def test_sql_prints_json_values(on_server: Pewstats) -> None:
    query = """
        SELECT 1 AS whole, 2.50::numeric AS exact, true AS yes, '{"1": "WON"}'::jsonb AS teams, NULL AS nothing,
               'NaN'::float8 AS no_number, timestamptz '2026-07-01 20:00+02' AS start
    """
    assert on_server.json("sql", query) == [
        {
            "whole": 1,
            "exact": 2.5,
            "yes": True,
            "teams": {"1": "WON"},
            "nothing": None,
            "no_number": None,
            "start": "2026-07-01T18:00:00Z",
        }
    ]


def test_sql_refuses_json_in_which_a_column_would_be_lost(on_server: Pewstats) -> None:
    assert "use AS" in on_server.run("sql", "--json", "SELECT 1 AS id, 2 AS id", exit_code=1)[1]


def test_detect_prints_a_line_per_file_and_goes_on_after_a_broken_one(tmp_path: Path) -> None:
    write_matches(tmp_path, range(1, 3))
    good = [tmp_path / f"{match_id_of(number)}.json.gz" for number in (2, 1)]
    broken = tmp_path / "broken.json"
    broken.write_text("<html>")
    # No database is touched: there is none at this address.
    nowhere = Pewstats(tmp_path / "home", "postgresql://127.0.0.1:9/nowhere")
    out, _ = nowhere.run("detect", str(good[0]), str(broken), str(tmp_path / "missing.json"), str(good[1]), exit_code=1)
    first, second, third, fourth = map(json.loads, out.splitlines())
    assert (first["match_id"], fourth["match_id"]) == (match_id_of(2), match_id_of(1))
    assert [participant["player_name"] for participant in first["fights"][0]["participants"]] == ["a1", "b1", "a2"]
    assert second["file"] == str(broken)
    assert "broken_json" in second["error"]
    assert "file_missing" in third["error"]
    assert not (tmp_path / "home").exists()
    assert "v9" in nowhere.run("detect", str(good[0]), "--ruleset", "v9", exit_code=2)[1]


@pytest.mark.parametrize(
    "command",
    [
        "detect",
        "register",
        "backfill",
        "quarantine",
        "status",
        "verify",
        "sql",
        "migrate",
        "demo",
        "ui",
        "alerts",
        "settings",
    ],
)
def test_every_command_has_help(tmp_path: Path, command: str) -> None:
    out, _ = Pewstats(tmp_path).run(command, "--help")
    assert f"Usage: pewstats {command}" in out


def test_a_test_alert_says_what_each_receiver_answered(tmp_path: Path) -> None:
    # No database is touched: there is none at this address.
    pewstats = Pewstats(tmp_path, "postgresql://127.0.0.1:9/nowhere")
    assert "PEWSTATS_ALERT_URLS is not set" in pewstats.run("alerts", "test", exit_code=1)[1]
    with http_receiver() as good, http_receiver() as bad:
        pewstats.environment["PEWSTATS_ALERT_URLS"] = good.url
        assert pewstats.json("alerts", "test") == [
            {"receiver": "receiver 1 (json)", "accepted": True, "answer": "It accepted the message."}
        ]
        assert good.titles == ["pewstats: test"]
        bad.status = 403
        urls = (bad.url, os.fsdecode(b"typing-error-in-a-secret-\xff"), good.url, f"json://{bad.SECRET}@127.0.0.1:1")
        pewstats.environment["PEWSTATS_ALERT_URLS"] = ",".join(urls)
        out, err = pewstats.run("alerts", "test", "--json", exit_code=1)
        assert [answer["receiver"] for answer in json.loads(out)] == [
            "receiver 1 (json)", "receiver 2 (malformed)", "receiver 3 (json)", "receiver 4 (json)",
        ]  # fmt: skip
        assert [answer["accepted"] for answer in json.loads(out)] == [False, False, True, False]
        assert json.loads(out)[0]["answer"] == "It answered with HTTP status 403."
        assert "3 of 4 receivers did not accept the message." in err
        assert "secret" not in out + err
        out, err = pewstats.run("alerts", "test", exit_code=1)
        assert "receiver 2 (malformed)" in out
        assert "secret" not in out + err


def test_an_unreachable_database_is_one_sentence_without_the_password(tmp_path: Path) -> None:
    unreachable = Pewstats(tmp_path, f"postgresql://me:{PASSWORD}@127.0.0.1:9/pewstats")
    _, err = unreachable.run("status", exit_code=1)
    assert err.startswith("Error: PostgreSQL cannot be used (127.0.0.1, database pewstats)")
    assert PASSWORD not in err


def test_a_demo_of_nothing_fails(on_server: Pewstats, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "There is no telemetry below" in on_server.run("demo", str(tmp_path / "empty"), exit_code=1)[1]


def test_a_file_whose_name_is_no_text_is_one_sentence(on_server: Pewstats, tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.json")).write_bytes(match_bytes(1))
    err = on_server.run("register", str(tmp_path), exit_code=1)[1]
    assert "bad\\udcff.json' cannot be stored: rename the file." in err


def test_a_missing_folder_is_one_sentence(on_server: Pewstats, tmp_path: Path) -> None:
    assert "is not a folder" in on_server.run("register", str(tmp_path / "nothing"), exit_code=1)[1]


def test_settings_are_printed_with_their_origin_and_without_secrets(tmp_path: Path) -> None:
    pewstats = Pewstats(tmp_path, f"postgresql://me:{PASSWORD}@127.0.0.1:9/nowhere")
    shown = {setting["name"]: (setting["value"], setting["origin"]) for setting in pewstats.json("settings")}
    assert shown["PEWSTATS_HOME"] == (str(tmp_path), "environment")
    assert shown["PEWSTATS_DATABASE_URL"] == ("********", "environment")
    assert shown["PEWSTATS_BATCH_SIZE"] == ("100", "default")
    out, _ = pewstats.run("settings")
    assert "PEWSTATS_DATABASE_URL" in out
    assert PASSWORD not in out
    pewstats.environment["PEWSTATS_BATHC_SIZE"] = "3"
    for command in (["settings"], ["status"], ["demo", str(tmp_path)]):
        out, err = pewstats.run(*command, exit_code=1)
        assert (out, err) == ("", "Error: PEWSTATS_BATHC_SIZE is no setting: do you mean PEWSTATS_BATCH_SIZE?\n")
