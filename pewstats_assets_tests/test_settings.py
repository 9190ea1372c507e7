"""Settings from the environment."""

import os
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from dagster._utils.error import serializable_error_info_from_exc_info
from pydantic import ValidationError

from pewstats_assets.limits import Limits
from pewstats_assets.places import ObjectUrl
from pewstats_assets.settings import EXCLUDED_MATCH_TYPES, Settings, SettingsError, redacted, show
from pewstats_assets.settings.page import page

BANDS = ("PEWSTATS_FIGHTS_PER_MATCH", "PEWSTATS_PARTICIPANTS_PER_FIGHT")
ARRIVALS = ("PEWSTATS_BATCH_SIZE", "PEWSTATS_QUIET_SECONDS")
LIMITS = ("PEWSTATS_MAX_JSON_MB", "PEWSTATS_MAX_NESTING", "PEWSTATS_MAX_VALUES")
NAMES = [setting.name for setting in show(Settings())]


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("empty", [False, True])
def test_everything_has_a_default(monkeypatch: pytest.MonkeyPatch, *, empty: bool) -> None:
    if empty:
        for name in set(NAMES) - {"PEWSTATS_EXCLUDED_MATCH_TYPES"}:
            monkeypatch.setenv(name, "")
    settings = Settings.from_environment()
    assert settings.model_dump() == {
        "home": Path("data").resolve(),
        "database_url": None,
        "statement_timeout_s": 3600,
        "telemetry_folder": None,
        "parquet": None,
        "batch_size": 100,
        "quiet_s": 900,
        "excluded_match_types": frozenset(EXCLUDED_MATCH_TYPES),
        "batches_per_run": 10,
        "max_json_mb": 256,
        "max_nesting": 500,
        "max_values": 8_000_000,
        "fights_per_match": (10.0, 30.0),
        "participants_per_fight": (3.3, 13.2),
        "broker_url": None,
        "alert_urls": (),
        "alert_severity": "WARN",
        "ui_url": "http://127.0.0.1:3000",
    }
    assert settings.limits == Limits()
    assert {setting.origin for setting in show(settings)} == {"default"}


def test_a_folder_is_watched_where_one_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PEWSTATS_TELEMETRY_FOLDER", "new/matches")
    for name, text in zip(ARRIVALS, ("7", "60"), strict=True):
        monkeypatch.setenv(name, text)
    settings = Settings.from_environment()
    assert settings.telemetry_folder == tmp_path / "new" / "matches"
    assert (settings.batch_size, settings.quiet_s) == (7, 60)


def test_folders_may_be_in_object_stores(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PEWSTATS_HOME", str(tmp_path))
    assert Settings.from_environment().parquet_root == tmp_path / "telemetry"
    monkeypatch.setenv("PEWSTATS_TELEMETRY_FOLDER", "s3://bucket/new/matches/")
    monkeypatch.setenv("PEWSTATS_PARQUET", "gs://bucket")
    settings = Settings.from_environment()
    assert settings.telemetry_folder == ObjectUrl("s3", "bucket", "new/matches")
    assert settings.parquet_root == ObjectUrl("gs", "bucket", "")
    assert {setting.name: setting.value for setting in show(settings)}["PEWSTATS_PARQUET"] == "gs://bucket"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "s3://key:hush@bucket/x",
            "PEWSTATS_PARQUET is malformed: Give s3://bucket/folder, .* come from the env",
        ),
        (
            "ftp://hush/x",
            "PEWSTATS_PARQUET is malformed: ftp:// is no object store that is known: give a path, or s3://",
        ),
    ],
)
def test_a_url_that_is_no_object_store_s_is_refused(monkeypatch: pytest.MonkeyPatch, text: str, message: str) -> None:
    monkeypatch.setenv("PEWSTATS_PARQUET", text)
    with pytest.raises(SettingsError, match=message) as refused:
        Settings.from_environment()
    assert "hush" not in str(refused.value)


def test_the_excluded_match_types_are_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEWSTATS_EXCLUDED_MATCH_TYPES", "custom, official")
    assert Settings.from_environment().excluded_match_types == {"custom", "official"}
    monkeypatch.setenv("PEWSTATS_EXCLUDED_MATCH_TYPES", "")
    assert Settings.from_environment().excluded_match_types == frozenset()


def test_the_limits_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in zip(LIMITS, ("2", "30", "4000"), strict=True):
        monkeypatch.setenv(name, text)
    assert Settings.from_environment().limits == Limits(json_bytes=2 << 20, nesting=30, values=4000)


@pytest.mark.parametrize("name", ["PEWSTATS_BATCHES_PER_RUN", *ARRIVALS, *LIMITS])
@pytest.mark.parametrize("text", ["0", "-1", "ten", "1.5", "²"])
def test_a_malformed_number_is_an_error_that_names_the_setting(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    monkeypatch.setenv(name, text)
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment()


def test_the_bands_of_what_is_usual_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEWSTATS_FIGHTS_PER_MATCH", "0-12.5")
    monkeypatch.setenv("PEWSTATS_PARTICIPANTS_PER_FIGHT", "4-4")
    settings = Settings.from_environment()
    assert (settings.fights_per_match, settings.participants_per_fight) == ((0.0, 12.5), (4.0, 4.0))


@pytest.mark.parametrize("name", BANDS)
@pytest.mark.parametrize("text", ["10", "30-10", "-1-5", "a-b", "1e3-2e3", "10-nan", "²-³"])
def test_a_malformed_band_is_an_error_that_names_the_setting(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    monkeypatch.setenv(name, text)
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment()


def test_receivers_are_separated_by_commas_and_space_and_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEWSTATS_ALERT_URLS", " json://a/secret,\nmailto://me:secret@b?to=x%2Cy  ,")
    settings = Settings.from_environment()
    assert settings.alert_urls == ("json://a/secret", "mailto://me:secret@b?to=x%2Cy")
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "text"),
    [("PEWSTATS_ALERT_SEVERITY", "INFO"), ("PEWSTATS_UI_URL", "ui:3000"), ("PEWSTATS_UI_URL", "http://a b")],
)
def test_a_malformed_text_is_an_error_that_names_the_setting(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    monkeypatch.setenv(name, text)
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment()


def test_links_begin_with_the_url_of_the_ui(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEWSTATS_UI_URL", "https://dagster.example/pewstats/")
    assert Settings.from_environment().ui_url == "https://dagster.example/pewstats"


def test_a_home_that_nobody_has_is_an_error_that_names_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEWSTATS_HOME", "~nobody-of-this-name/data")
    with pytest.raises(SettingsError, match="PEWSTATS_HOME is '~nobody-of-this-name/data': No user has this home"):
        Settings.from_environment()


def test_all_mistakes_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEWSTATS_BATCH_SIZE", "ten")
    monkeypatch.setenv("PEWSTATS_QUIET_SECONDS", "0")
    monkeypatch.setenv("PEWSTATS_HOEM", "/data")
    with pytest.raises(SettingsError) as error:
        Settings.from_environment()
    assert str(error.value) == (
        "PEWSTATS_BATCH_SIZE is 'ten': Input should be a valid integer, unable to parse string as an integer. "
        "PEWSTATS_QUIET_SECONDS is '0': Input should be greater than 0. "
        "PEWSTATS_HOEM is no setting: do you mean PEWSTATS_HOME?"
    )


def test_an_unknown_variable_is_an_error_that_names_it_and_not_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEWSTATS_WEBHOOK_TOKEN", "secret")
    with pytest.raises(SettingsError) as error:
        Settings.from_environment()
    assert str(error.value) == "PEWSTATS_WEBHOOK_TOKEN is no setting: unset it, or see docs/settings.md."


def test_what_pewstats_sets_for_its_own_processes_is_no_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEWSTATS_DAGSTER_DATABASE_URL", "postgresql://me:secret@host/pewstats_dagster")
    assert "PEWSTATS_DAGSTER_DATABASE_URL" not in {setting.name for setting in show(Settings.from_environment())}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PEWSTATS_DATABASE_URL", os.fsdecode(b"postgresql://me:secret@host/\xff")),
        ("PEWSTATS_DATABASE_URL", os.fsdecode(b"secret\xff")),
        ("PEWSTATS_UI_URL", "discord://1/secret"),
        ("PEWSTATS_BATCH_SIZE", "postgresql://me:secret@host/pewstats"),
        ("PEWSTATS_FIGHTS_PER_MATCH", "me:secret@host"),
        ("PEWSTATS_ALERT_SECRET", "secret"),
    ],
)
def test_no_error_shows_what_must_not_be_seen(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    monkeypatch.setenv("PEWSTATS_ALERT_URLS", "json://a/secret")
    monkeypatch.setenv(name, text)
    with pytest.raises(SettingsError, match=name) as error:
        Settings.from_environment()
    info = error.type, error.value, error.tb
    told = "".join(traceback.format_exception(*info)) + serializable_error_info_from_exc_info(info).to_string()
    assert error.value.__context__ is None
    assert name in told
    assert "secret" not in told
    with pytest.raises(ValidationError) as cause:
        Settings.model_validate({name: text})
    assert "secret" not in str(cause.value)


def test_what_is_shown_has_its_origin_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEWSTATS_DATABASE_URL", "postgresql://me:secret@host/pewstats")
    monkeypatch.setenv("PEWSTATS_ALERT_URLS", "json://a/secret")
    monkeypatch.setenv("PEWSTATS_HOME", os.fsdecode(b"/data/\xff"))
    monkeypatch.setenv("PEWSTATS_FIGHTS_PER_MATCH", "0-12.5")
    settings = Settings.from_environment()
    assert {setting.name: setting.value for setting in show(settings) if setting.origin == "environment"} == {
        "PEWSTATS_HOME": "/data/\\udcff",
        "PEWSTATS_DATABASE_URL": "********",
        "PEWSTATS_FIGHTS_PER_MATCH": "0-12.5",
        "PEWSTATS_ALERT_URLS": "********",
    }
    shown = {setting.name: setting.value for setting in show(settings) if setting.origin == "default"}
    assert shown["PEWSTATS_PARTICIPANTS_PER_FIGHT"] == "3.3-13.2"
    assert shown["PEWSTATS_TELEMETRY_FOLDER"] is None
    assert "secret" not in repr(settings) + str(settings) + repr(show(settings))


def test_dagster_says_at_once_which_variable_is_no_setting(tmp_path: Path) -> None:
    environment = {**os.environ, "PEWSTATS_HOME": str(tmp_path), "PEWSTATS_BATHC_SIZE": "3"}
    dagster = [sys.executable, "-m", "dagster", "definitions", "validate", "-m", "pewstats_assets.definitions"]
    done = subprocess.run(dagster, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "PEWSTATS_BATHC_SIZE is no setting: do you mean PEWSTATS_BATCH_SIZE?" in done.stdout + done.stderr


def test_the_page_is_that_of_the_settings() -> None:
    """`make docs` writes it."""
    committed = Path(__file__).parents[1] / "docs" / "settings.md"
    assert committed.read_text(encoding="utf-8") == page()


def test_every_password_of_the_url_is_masked_in_what_others_write(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgresql://me:first%21@host/pewstats?password=second&sslmode=verify-full&sslpassword=third"
    monkeypatch.setenv("PEWSTATS_DATABASE_URL", url)
    masked = redacted("first! first%21 second third verify-full")
    assert masked == "******** ******** ******** ******** verify-full"
