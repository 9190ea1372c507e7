"""`pewstats doctor` on real states: servers that are away or refuse, unwritable folders, a dead daemon."""

import ctypes
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from pewstats_assets import doctor
from pewstats_assets_tests.cli.terminals import COLOUR, on_a_terminal
from pewstats_assets_tests.processes import PEWSTATS, Pewstats
from pewstats_assets_tests.servers import PASSWORD
from pewstats_assets_tests.test_ui import PATIENCE_S, user_interface

Findings = dict[str, dict[str, str]]


def examine(pewstats: Pewstats, *, exit_code: int = 0) -> Findings:
    findings = json.loads(pewstats.run("doctor", "--json", exit_code=exit_code)[0])
    assert all((finding["state"] == "ok") == (finding["mend"] == "") for finding in findings)
    assert any(finding["state"] == "fail" for finding in findings) == bool(exit_code)
    return {finding["about"]: finding for finding in findings}


def not_ok(findings: Findings) -> dict[str, str]:
    return {about: finding["state"] for about, finding in findings.items() if finding["state"] != "ok"}


@pytest.fixture
def on_server(tmp_path: Path, database_url: str) -> Pewstats:
    return Pewstats(tmp_path / "home", database_url)


def contents(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_all_is_well_but_the_daemon_that_nobody_has_started(on_server: Pewstats, tmp_path: Path) -> None:
    findings = examine(on_server)
    assert list(findings) == [
        "python", "settings", "home", "disk", "server", "schema", "roles", "daemon", "dagster_home",
        "telemetry_folder", "alerts",
    ]  # fmt: skip
    assert not_ok(findings) == {"daemon": "warn", "roles": "warn"}
    assert findings["server"]["detail"].startswith("The server is PostgreSQL 16 (127.0.0.1, database test_")
    assert findings["schema"]["detail"].endswith(", the newest.")
    assert findings["daemon"]["detail"] == "Dagster's daemon has never run."
    assert not (tmp_path / "home").exists()
    out, err = on_server.run("doctor")
    assert err == ""
    assert "warn  daemon            Dagster's daemon has never run.\n" in out
    assert "start `pewstats ui`" in out
    assert PASSWORD not in out


def test_states_are_coloured_on_a_terminal_alone(on_server: Pewstats) -> None:
    assert COLOUR.search(on_a_terminal(on_server, "doctor")[0])
    on_server.environment["NO_COLOR"] = "1"
    assert not COLOUR.search(on_a_terminal(on_server, "doctor")[0])


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """Not below pytest's folder: that is private, and the server runs as a user of its own where we are root."""
    with tempfile.TemporaryDirectory(prefix="pewstats-tests-") as folder:
        yield Path(folder)


def test_an_embedded_server_is_not_started(public_folder: Path) -> None:
    home = public_folder / "home"
    pewstats = Pewstats(home)
    new = examine(pewstats)
    assert not_ok(new) == {"schema": "warn"}
    assert new["server"]["detail"].endswith("is made by its first use.")
    assert not home.exists()

    pewstats.run("status")
    before = contents(home)
    stopped = examine(pewstats)
    assert not_ok(stopped) == {"schema": "warn"}
    assert "does not run: it starts and stops with what uses it" in stopped["server"]["detail"]
    assert stopped["schema"]["mend"] == "Ask again while `pewstats ui` runs."
    assert contents(home) == before

    (home / "postgres" / "postmaster.pid").write_text(
        f"{os.getpid()}\n{home}/postgres\n1700000000\n5432\n{home}/postgres\n\n 1 2\nready\n", encoding="ascii"
    )
    left_over = examine(pewstats, exit_code=1)
    assert not_ok(left_over) == {"server": "fail"}
    assert f"postmaster.pid is left over, its process {os.getpid()} is " in left_over["server"]["detail"]
    assert f"Error: {left_over['server']['detail']}\n" in pewstats.run("status", exit_code=1)[1]

    (home / "postgres" / "postmaster.pid").unlink()
    (home / "postgres" / "PG_VERSION").write_text("16\n", encoding="ascii")
    assert "cannot be started: Version mismatch" in pewstats.run("status", exit_code=1)[1]


def test_a_server_that_does_not_run_is_a_failure(tmp_path: Path) -> None:
    pewstats = Pewstats(tmp_path, f"postgresql://me:{PASSWORD}@127.0.0.1:9/pewstats")
    findings = examine(pewstats, exit_code=1)
    assert not_ok(findings) == {"server": "fail"}
    assert "Connection refused" in findings["server"]["detail"]
    assert findings["server"]["mend"] == "Start the server, or mend PEWSTATS_DATABASE_URL."
    assert PASSWORD not in json.dumps(findings)


@pytest.fixture
def locked(database_url: str) -> Iterator[str]:
    """A user of the server who has to give a password."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE locked LOGIN PASSWORD 'right'")
        row = connection.execute("SHOW hba_file").fetchone()
        assert row is not None
        rules = Path(row[0])
        before = rules.read_text(encoding="utf-8")
        rules.write_text(f"host all locked 127.0.0.1/32 scram-sha-256\n{before}", encoding="utf-8")
        connection.execute("SELECT pg_reload_conf()")
        yield database_url.replace(f"postgres:{PASSWORD}@", "locked:%s@")
        rules.write_text(before, encoding="utf-8")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("DROP OWNED BY locked; DROP ROLE locked")


def test_a_wrong_password_is_a_failure_that_does_not_show_it(tmp_path: Path, locked: str) -> None:
    wrong = Pewstats(tmp_path, locked % PASSWORD)
    findings = examine(wrong, exit_code=1)
    assert not_ok(findings) == {"server": "fail"}
    assert 'password authentication failed for user "locked"' in findings["server"]["detail"]
    assert PASSWORD not in json.dumps(findings)


@pytest.mark.parametrize(
    ("revision", "mend"), [("0001", "older than this software: run `pewstats migrate`"), ("9999", "newer than this")]
)
def test_another_schema_is_a_failure(on_server: Pewstats, database_url: str, revision: str, mend: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = %s", (revision,))
    findings = examine(on_server, exit_code=1)
    assert findings["schema"]["state"] == "fail"
    assert f"The warehouse has schema {revision}, which is {mend}" in findings["schema"]["detail"]


def test_a_database_that_is_not_made_yet_is_none_after_a_look_either(tmp_path: Path, server_url: str) -> None:
    pewstats = Pewstats(tmp_path, f"{server_url}/not_made_yet")
    findings = examine(pewstats)
    assert findings["schema"]["detail"] == "The warehouse is made by its first use."
    with psycopg.connect(f"{server_url}/postgres") as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'not_made_yet%'").fetchall()
    assert rows == []


def test_a_malformed_setting_is_a_failure(on_server: Pewstats) -> None:
    on_server.environment["PEWSTATS_QUIET_SECONDS"] = "a while"
    findings = examine(on_server, exit_code=1)
    assert not_ok(findings) == {"settings": "fail"}
    assert "PEWSTATS_QUIET_SECONDS is 'a while'" in findings["settings"]["detail"]
    on_server.environment["PEWSTATS_QUIET_SECONDS"] = "60"
    on_server.environment["PEWSTATS_DATABASE_URL"] = "mysql://me:hush@host/pewstats"
    assert "PEWSTATS_DATABASE_URL is malformed" in examine(on_server, exit_code=1)["server"]["detail"]


def _obey_permissions() -> None:
    """Give up root's right to write everywhere."""
    pr_capbset_drop, cap_dac_override = 24, 1
    ctypes.CDLL(None).prctl(pr_capbset_drop, cap_dac_override, 0, 0, 0)


def test_a_home_that_cannot_be_written_is_a_failure(on_server: Pewstats, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o500)
    done = subprocess.run(
        [PEWSTATS, "doctor", "--json"],
        env=on_server.environment,
        preexec_fn=_obey_permissions,
        stdout=subprocess.PIPE,
        check=False,
    )
    findings = {finding["about"]: finding for finding in json.loads(done.stdout)}
    assert done.returncode == 1
    assert not_ok(findings) == {"home": "fail", "roles": "warn", "daemon": "warn", "dagster_home": "fail"}
    assert findings["home"]["detail"] == f"Nothing can be written to {tmp_path / 'home'}."

    on_server.environment["PEWSTATS_HOME"] = __file__
    assert examine(on_server, exit_code=1)["home"]["detail"] == f"{__file__} is a file."


def test_folders_that_are_set_must_be_there(on_server: Pewstats, tmp_path: Path) -> None:
    on_server.environment["PEWSTATS_TELEMETRY_FOLDER"] = str(tmp_path / "nowhere")
    on_server.environment["DAGSTER_HOME"] = str(tmp_path)
    findings = examine(on_server, exit_code=1)
    assert not_ok(findings) == {"roles": "warn", "daemon": "fail", "dagster_home": "warn", "telemetry_folder": "fail"}
    assert "Without it new matches do not work" in findings["daemon"]["mend"]
    on_server.environment["DAGSTER_HOME"] = "dagster"
    assert examine(on_server, exit_code=1)["dagster_home"]["state"] == "fail"


def test_alert_urls_are_parsed_and_not_shown(on_server: Pewstats) -> None:
    on_server.environment["PEWSTATS_ALERT_URLS"] = "json://127.0.0.1:9/hush,typing-error-in-hush"
    out, _ = on_server.run("doctor", exit_code=1)
    assert "ok    alerts            receiver 1 (json): its URL is well formed" in out
    assert "fail  alerts            receiver 2 (malformed)" in out
    assert "hush" not in out


@pytest.mark.parametrize(("free", "state"), [(6 << 30, "ok"), (4 << 30, "warn"), (1 << 28, "fail")])
def test_a_disk_that_is_nearly_full_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, state: str
) -> None:
    usage = type("Usage", (), {"free": free})
    monkeypatch.setattr("shutil.disk_usage", lambda folder: usage if folder == tmp_path else None)
    monkeypatch.setenv("PEWSTATS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PEWSTATS_DATABASE_URL", "postgresql://127.0.0.1:9/nowhere")
    (disk,) = (finding for finding in doctor.examine() if finding.about == "disk")
    assert (disk.state, disk.detail) == (state, f"{free / (1 << 30):.1f} GiB are free for {tmp_path / 'home'}.")


def test_a_daemon_is_heard_of_until_it_is_dead(on_server: Pewstats, database_url: str) -> None:
    on_server.environment["PEWSTATS_ALERT_URLS"] = "json://127.0.0.1:9"
    assert examine(on_server, exit_code=1)["daemon"]["state"] == "fail"
    with user_interface(on_server):
        wait_for(lambda: json.loads(on_server_doctor(on_server))["daemon"]["state"] == "ok")
    with psycopg.connect(f"{database_url}_dagster", autocommit=True) as connection:
        connection.execute(
            "UPDATE daemon_heartbeats"
            " SET body = jsonb_set(body::jsonb, '{timestamp}', to_jsonb(1751371200.0))"
            " WHERE daemon_type = 'SENSOR'"
        )
        dead = examine(on_server, exit_code=1)["daemon"]
        assert (dead["state"], dead["detail"]) == (
            "fail",
            "Dagster's daemon was last heard of at 2025-07-01 12:00:00 UTC.",
        )
        assert dead["mend"].startswith("Without it alerts do not work: start `pewstats ui`")
        connection.execute(
            """
            UPDATE daemon_heartbeats SET body = jsonb_set(
                jsonb_set(body::jsonb, '{timestamp}', to_jsonb(extract(epoch FROM now()))),
                '{errors}', jsonb_build_array(jsonb_build_object('message', E'It broke: json://127.0.0.1:9\\nso'))
            )
            """
        )
        broken = examine(on_server, exit_code=1)["daemon"]
        assert (broken["state"], broken["detail"].partition(" told ")[2]) == ("fail", "of an error: It broke: ********")


def on_server_doctor(pewstats: Pewstats) -> str:
    process = pewstats.start("doctor", "--json")
    findings = json.loads(process.communicate(timeout=60)[0])
    return json.dumps({finding["about"]: finding for finding in findings})


def wait_for(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(1)
