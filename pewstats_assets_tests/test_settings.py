"""Settings from the environment."""

from pathlib import Path

import pytest

from pewstats_assets.settings import EXCLUDED_MATCH_TYPES, Settings, SettingsError

NAMES = ("PEWSTATS_HOME", "PEWSTATS_DATABASE_URL", "PEWSTATS_EXCLUDED_MATCH_TYPES", "PEWSTATS_BATCHES_PER_RUN")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("empty", [False, True])
def test_everything_has_a_default(monkeypatch: pytest.MonkeyPatch, *, empty: bool) -> None:
    if empty:
        for name in ("PEWSTATS_HOME", "PEWSTATS_DATABASE_URL", "PEWSTATS_BATCHES_PER_RUN"):
            monkeypatch.setenv(name, "")
    settings = Settings.from_environment()
    assert settings == Settings(Path("data").resolve(), None, frozenset(EXCLUDED_MATCH_TYPES), 1)


def test_the_excluded_match_types_are_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEWSTATS_EXCLUDED_MATCH_TYPES", "custom, official")
    assert Settings.from_environment().excluded_match_types == {"custom", "official"}
    monkeypatch.setenv("PEWSTATS_EXCLUDED_MATCH_TYPES", "")
    assert Settings.from_environment().excluded_match_types == frozenset()


@pytest.mark.parametrize("text", ["0", "-1", "ten", "1.5", "²"])
def test_a_malformed_number_is_an_error_that_names_the_setting(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PEWSTATS_BATCHES_PER_RUN", text)
    with pytest.raises(SettingsError, match="PEWSTATS_BATCHES_PER_RUN"):
        Settings.from_environment()
