"""Reason codes: each is documented where people look for it."""

from pathlib import Path

import pytest

from pewstats_assets.limits import DEFAULT_LIMITS
from pewstats_assets.telemetry import Reason

DOCUMENT = (Path(__file__).parents[2] / "docs" / "quarantine.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("reason", Reason)
def test_reason_is_documented(reason: Reason) -> None:
    assert f"* `{reason}`: " in (Reason.__doc__ or "")
    assert f"| `{reason}` | " in DOCUMENT


def test_default_limits_are_documented() -> None:
    limits = {
        "JSON_MB": DEFAULT_LIMITS.json_bytes >> 20,
        "NESTING": DEFAULT_LIMITS.nesting,
        "VALUES": DEFAULT_LIMITS.values,
    }
    documented = {
        name: line.split("|")[-2].strip()
        for name in limits
        for line in DOCUMENT.splitlines()
        if f"_MAX_{name}`" in line
    }
    assert documented == {name: str(value) for name, value in limits.items()}
