"""What the UI is given to show of a batch: exact numbers, charts that add up, nothing that a file name could break."""

import re
from dataclasses import replace
from urllib.parse import unquote

import dagster as dg
import pytest
from msgspec import structs

from pewstats_assets.assets import metadata
from pewstats_assets.dictionary import Table
from pewstats_assets.drawing import draw_fight
from pewstats_assets.fights import MatchFights
from pewstats_assets.profiles import ProfileSums
from pewstats_assets.profiles.frames import PLAYER_NAMES, PLAYER_SUMS, SQUAD_FINISHES, SQUAD_SUMS
from pewstats_assets.telemetry.dictionary import FRAMES
from pewstats_assets.warehouse.dictionary import TABLES
from pewstats_assets.warehouse.quarantine import MatchInQuarantine
from pewstats_assets_tests.drawing.examples import NO_POSITIONS, duel, parse
from pewstats_assets_tests.warehouse.examples import details_of, detected

HOSTILE = "/t/<img src=x onerror=alert(1)>|[a](javascript:alert(1))`\x1b[31m\u202e.json"


def with_durations(*seconds: float) -> MatchFights:
    match = detected(1, fights=len(seconds))
    fights = [structs.replace(fight, duration_seconds=one) for fight, one in zip(match.fights, seconds, strict=True)]
    return replace(match, fights=fights)


def in_quarantine(number: int, file: str = "/t/a.json.gz") -> MatchInQuarantine:
    return MatchInQuarantine("batch_00001", number, None, "broken_json", "Not JSON.", 17, file)


def plain(of: metadata.Metadata) -> dict[str, object]:
    return {name: value.value for name, value in of.items()}


def chart(value: object) -> dict[str, int]:
    """The counts of a chart by label."""
    assert isinstance(value, str)
    _, _, *lines, end = value.splitlines()
    assert end == "```"
    rows = [line.split("  ") for line in map(str.strip, lines)]
    return {row[0]: int("".join(row[1:]).strip(" █▏▎▍▌▋▊▉")) for row in rows}


def test_the_numbers_of_a_batch_of_fights() -> None:
    matches = [with_durations(10.0, 30.0, 239.9, 240.0), detected(2, fights=0)]
    of = plain(metadata.of_fights(matches, [in_quarantine(3)], seconds=1.5))
    assert of["matches"] == 3
    assert of["quarantined"] == 1
    assert of["fights"] == of["dagster/partition_row_count"] == 4
    assert of["fights_per_match"] == 2.0  # of the two that have been looked at
    assert of["mean_duration_seconds"] == pytest.approx(129.975)
    assert of["matches_per_second"] == 2.0
    assert of["outcomes"] == {"DECISIVE_WIN": 4}
    counts = chart(of["fights_by_duration"])
    assert counts == {f"{start} to {start + 30} s": 0 for start in range(0, 240, 30)} | {
        "0 to 30 s": 1,
        "30 to 60 s": 1,
        "210 to 240 s": 2,
    }


def test_the_numbers_of_a_batch_of_participants() -> None:
    first, second = detected(1, fights=2).fights
    crowd = structs.replace(second, participants=second.participants * 16)  # 48
    match = replace(detected(1), fights=[first, crowd])
    of = plain(metadata.of_participants([match], details_of([match]), quarantined=1))
    assert of["matches"] == 2
    assert of["fights"] == 2
    assert of["participants"] == of["dagster/partition_row_count"] == 51
    assert of["participants_per_fight"] == 25.5
    assert (of["knocks"], of["squads"]) == (17, 2)
    counts = chart(of["fights_by_participants"])
    assert {label: count for label, count in counts.items() if count} == {"3 to 4": 1, "21 and more": 1}
    assert list(counts) == [*(f"{start} to {start + 1}" for start in range(1, 20, 2)), "21 and more"]


def test_a_batch_without_fights_has_no_means_and_empty_charts() -> None:
    of = plain(metadata.of_fights([], [], seconds=0.0))
    assert of["fights"] == 0
    assert not {"fights_per_match", "mean_duration_seconds", "matches_per_second", "quarantined_matches"} & of.keys()
    assert set(chart(of["fights_by_duration"]).values()) == {0}
    assert "participants_per_fight" not in metadata.of_participants([], details_of([]), quarantined=0)
    nobody = ProfileSums(
        PLAYER_SUMS.to_frame(), PLAYER_NAMES.to_frame(), SQUAD_SUMS.to_frame(), SQUAD_FINISHES.to_frame()
    )
    assert "fights_per_player" not in metadata.of_profiles(nobody, 0.0)


def test_the_longest_bar_has_the_full_length_and_a_short_one_can_be_seen() -> None:
    durations = [*[10.0] * 600, *[40.0] * 300, 70.0]
    lines = str(metadata.of_fights([with_durations(*durations)], [], 1.0)["fights_by_duration"].value).splitlines()
    assert [line[12:] for line in lines[2:6]] == [
        f"     600  {'█' * metadata.BAR_LENGTH}",
        f"     300  {'█' * (metadata.BAR_LENGTH // 2)}",
        "       1  ▏",
        "       0",
    ]


def test_quarantined_matches_are_cells_of_plain_text_and_only_the_first_are_shown() -> None:
    long = in_quarantine(2, "/t/" + "x" * 5_000)
    matches = [in_quarantine(1, HOSTILE), long, *(in_quarantine(number) for number in range(3, 101))]
    of = metadata.of_fights([], matches, 1.0)
    shown = of["quarantined_matches"]
    assert isinstance(shown, dg.TableMetadataValue)
    records = [record.data for record in shown.records]
    assert [record["match_no"] for record in records] == list(range(1, metadata.SHOWN_MATCHES + 1))
    assert records[0]["file"] == r"t/<img src=x onerror=alert(1)>|[a](javascript:alert(1))`\x1b[31m\x202e.json"
    assert len(str(records[1]["file"])) == metadata.SHOWN_CHARACTERS + 1
    assert of["quarantine"].value == "pewstats quarantine list batch_00001"
    assert of["quarantined"].value == 100


def test_what_is_stored_with_a_batch_is_small() -> None:
    long = [in_quarantine(number, "/t/" + "x" * 5_000) for number in range(100)]
    stored = dg.AssetMaterialization(
        "team_fights", metadata=metadata.of_fights([with_durations(*[9.0] * 999)], long, 1.0)
    )
    assert len(dg.serialize_value(stored)) < 20_000
    stored = dg.AssetMaterialization(
        "fight_participants", metadata=metadata.of_participants([detected(1, 999)], details_of([detected(1, 999)]), 100)
    )
    assert len(dg.serialize_value(stored)) < 20_000


def test_a_picture_is_an_image_in_markdown_that_no_name_can_leave() -> None:
    made = duel(HOSTILE.replace("@", ""), "\"'>](x)")
    svg = draw_fight(made.match, 1, made.combat, NO_POSITIONS)
    shown = metadata.of_picture(12001, svg)["largest_fight"]
    assert isinstance(shown, dg.MarkdownMetadataValue)
    found = re.fullmatch(r"!\[Fight 12001\]\(<data:image/svg\+xml,([A-Za-z0-9_.~%' =/:;,+-]*)>\)", shown.value)
    assert found
    assert [(e.tag, e.text) for e in parse(unquote(found[1])).iter()] == [(e.tag, e.text) for e in parse(svg).iter()]
    assert len(shown.value) < 1.25 * len(svg)


def test_a_picture_that_is_too_large_to_be_stored_is_named() -> None:
    fits = "x" * (metadata.PICTURE_CHARACTERS - 100)
    assert isinstance(metadata.of_picture(12001, fits)["largest_fight"], dg.MarkdownMetadataValue)
    shown = metadata.of_picture(12001, "x" * metadata.PICTURE_CHARACTERS)["largest_fight"]
    assert shown.value == "pewstats fight 12001 --png FILE"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_of_a_table_is_in_its_schema(table: Table) -> None:
    of = metadata.of_table(table)
    assert of["dagster/table_name"].value == table.name
    schema = of["dagster/column_schema"].value
    assert isinstance(schema, dg.TableSchema)
    assert [(column.name, column.type, column.description) for column in schema.columns] == [
        (column.name, column.type, column.description) for column in table.columns
    ]
    assert [column.constraints.nullable for column in schema.columns] == [column.nullable for column in table.columns]


def test_the_columns_of_all_frames_are_in_one_schema() -> None:
    schema = metadata.of_tables(FRAMES)["dagster/column_schema"].value
    assert isinstance(schema, dg.TableSchema)
    names = [column.name for column in schema.columns]
    assert names[:2] == ["combat.match_no", "combat.event_index"]
    assert len(names) == len(set(names)) == sum(len(frame.columns) for frame in FRAMES)


def test_the_numbers_of_a_batch_of_telemetry() -> None:
    of = plain(
        metadata.of_telemetry(
            matches=4,
            rows={"combat": 900, "positions": 4_000},
            counts={"events": 37_000},
            broken={"broken_gzip": 1, "no_events": 2},
            seconds=2.0,
        )
    )
    assert of == {
        "matches": 4,
        "broken": 3,
        "broken_by_reason": {"broken_gzip": 1, "no_events": 2},
        "events": 37_000,
        "combat_events": 900,
        "positions": 4_000,
        "seconds": 2.0,
        "matches_per_second": 2.0,
        "dagster/partition_row_count": 900,
    }
