"""The capacity page: its arithmetic, by cases worked out by hand, and that it is made of the committed figures."""

import os
from pathlib import Path

import msgspec
import pytest

from pewstats_assets.warehouse.matches import BATCH_KEY
from pewstats_assets_tests.capacity import (
    MAX_BATCHES,
    MEASUREMENTS,
    TAKEN_FROM,
    Measured,
    Quantities,
    largest_ids,
    page,
    read,
    refreshed,
)


def figure(value: float) -> Measured:
    return Measured(value, "", "", "", "", "")


#: Round ones: a core loads ten matches a second.
FIGURES = {
    name: figure(value)
    for name, value in {
        "inflate_rate": 100,
        "load_ratio": 0.25,
        "run_start_s": 20,
        "run_bytes": 1e9,
        "database_s": 0.02,
        "comparison_s": 0.001,
        "warehouse_bytes": 3e5,
        "fights": 20,
        "participants": 100,
        "telemetry_bytes": 2e6,
        "parquet_bytes": 2e5,
        "dagster_bytes": 1e5,
        "events": 50,
        "run_connections": 2,
        "service_connections": 6,
    }.items()
}


def test_the_page_is_made_of_the_figures() -> None:
    """Else: `make docs`."""
    assert page(read()) == MEASUREMENTS.with_name("capacity.md").read_text(encoding="utf-8")


def test_every_figure_says_what_it_is_how_it_was_measured_and_when() -> None:
    figures = read()
    assert figures.keys() == FIGURES.keys() == TAKEN_FROM.keys() | {"run_start_s"}
    for one in figures.values():
        assert one.value > 0
        assert all((one.what, one.how, one.when, one.machine))


def test_time_on_so_many_cores() -> None:
    take = Quantities(FIGURES)
    # 2 cores load 25 matches a second, so a match takes 0.08 core seconds, and 0.02 of the 20 s that 1,000 share.
    assert take.core_seconds_a_match == pytest.approx(0.1)
    assert take.rate(16) == pytest.approx(160)
    assert take.seconds(1_152_000, 16) == pytest.approx(7200)
    assert take.seconds(38_000, 128) == pytest.approx(100), "each of the 38 runs takes so long, however many cores idle"
    assert take.database_cores(16) == pytest.approx(3.2)
    assert take.memory(16) == 16e9
    assert take.connections(16) == 38
    assert take.runs_within(97) == 45


def test_bytes_and_counts_of_so_many_matches() -> None:
    take = Quantities(FIGURES)
    assert take.batches(1_000_000) == 10_000
    assert take.batches(101) == 2
    assert take.telemetry(1_000_000) == 2e12
    assert take.parquet(1_000_000) == 2e11
    assert take.warehouse(1_000_000) == 3e11
    assert take.dagster(1_000_000) == 1e9
    assert take.all_bytes(1_000_000) == 2.501e12
    assert take.events(1_000_000) == 500_000
    assert (take.fights(1_000_000), take.participants(1_000_000)) == (2e7, 1e8)
    assert take.comparison_s(1_000_000) == 1000


def test_ids_and_keys_are_those_of_the_code() -> None:
    assert largest_ids(7) == (7_999, 7_999_999)
    assert len(BATCH_KEY.format(MAX_BATCHES)) == len(BATCH_KEY.format(1)) < len(BATCH_KEY.format(MAX_BATCHES + 1))


def test_the_page_says_the_number_and_what_it_is_made_of() -> None:
    made = page(FIGURES)
    for row in (
        "| telemetry, gzip | matches x 2,000,000 bytes | 76.0 GB | 2.0 TB | 200.0 TB |",
        "| Dagster's events | batches of 100 x 50 | 19,000 | 500,000 | 50,000,000 |",
        "| 13.9 h | 105.0 min | 13.3 min | 100 s |",
        "| connections | 6 + cores x 2 | 10 | 38 | 262 | 2,054 |",
        "| PostgreSQL's default of 100 connections | 45 runs at once, one a core |",
    ):
        assert row in made


def test_figures_are_taken_anew_where_a_benchmark_wrote_them(tmp_path: Path) -> None:
    growth = {
        "telemetry bytes a match": 123_456,
        "Parquet bytes a match": 12_345.6,
        "Dagster bytes a batch": 7,
        "events a batch": 8,
        "connections of a run": 4,
        "connections of webserver and daemon": 9,
    }
    (tmp_path / "growth.json").write_bytes(msgspec.json.encode(growth))
    os.utime(tmp_path / "growth.json", (0, 0))
    new = refreshed(FIGURES, tmp_path, "mine")
    changed = {name: one for name, one in new.items() if one != FIGURES[name]}
    assert {name: one.value for name, one in changed.items()} == {
        "telemetry_bytes": 123_500,
        "parquet_bytes": 12_350,
        "dagster_bytes": 7,
        "events": 8,
        "run_connections": 4,
        "service_connections": 9,
    }
    assert {(one.when, one.machine) for one in changed.values()} == {("1970-01-01", "mine")}
