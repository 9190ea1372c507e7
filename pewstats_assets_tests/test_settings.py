"""Settings from the environment."""

from pathlib import Path

import pytest

from pewstats_assets.limits import Limits
from pewstats_assets.settings import EXCLUDED_MATCH_TYPES, Settings, SettingsError

BANDS = ("PEWSTATS_FIGHTS_PER_MATCH", "PEWSTATS_PARTICIPANTS_PER_FIGHT")
ARRIVALS = ("PEWSTATS_BATCH_SIZE", "PEWSTATS_QUIET_SECONDS")
LIMITS = ("PEWSTATS_MAX_JSON_MB", "PEWSTATS_MAX_NESTING", "PEWSTATS_MAX_VALUES")
NAMES = (
    "PEWSTATS_HOME", "PEWSTATS_DATABASE_URL", "PEWSTATS_EXCLUDED_MATCH_TYPES", "PEWSTATS_BATCHES_PER_RUN",
    "PEWSTATS_ALERT_URLS", "PEWSTATS_ALERT_SEVERITY", "PEWSTATS_UI_URL", "PEWSTATS_TELEMETRY_FOLDER", *ARRIVALS, *BANDS,
    *LIMITS,
)  # fmt: skip


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
    assert settings == Settings(
        home=Path("data").resolve(),
        database_url=None,
        excluded_match_types=frozenset(EXCLUDED_MATCH_TYPES),
        batches_per_run=10,
        fights_per_match=(10.0, 30.0),
        participants_per_fight=(3.3, 13.2),
        limits=Limits(),
        telemetry_folder=None,
        batch_size=100,
        quiet_s=900,
    )


def test_a_folder_is_watched_where_one_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PEWSTATS_TELEMETRY_FOLDER", "new/matches")
    for name, text in zip(ARRIVALS, ("7", "60"), strict=True):
        monkeypatch.setenv(name, text)
    settings = Settings.from_environment()
    assert settings.telemetry_folder == tmp_path / "new" / "matches"
    assert (settings.batch_size, settings.quiet_s) == (7, 60)


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
