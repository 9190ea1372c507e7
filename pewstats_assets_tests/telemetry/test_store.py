"""The Parquet folder of a batch: written whole or not at all, and read back as it was."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pewstats_assets.places import Place
from pewstats_assets.telemetry import (
    BrokenTelemetryError,
    Decoded,
    MatchTelemetry,
    Reason,
    TelemetryStore,
    WrittenPart,
    decode_bytes,
    nothing,
)
from pewstats_assets.telemetry.folder_versions import UnwritableStoreError
from pewstats_assets.telemetry.objects import list_names, put_object
from pewstats_assets.telemetry.store import SCHEMAS, FrameName, write_part
from pewstats_assets_tests.object_stores import keys

BATCH = "batch_00001"
BROKEN = BrokenTelemetryError(Reason.BROKEN_JSON, "Not JSON.", 17)


def match(name: str) -> MatchTelemetry:
    damage = {
        "_T": "LogPlayerTakeDamage",
        "_D": "2026-07-01T18:00:00.000Z",
        "attacker": {"name": name, "accountId": f"account.{name}", "teamId": 1, "location": {"x": 1, "y": 2, "z": 3}},
        "victim": {"name": "other", "accountId": "account.other", "teamId": 2},
        "damage": 50.5,
    }
    return decode_bytes(json.dumps([damage, damage]).encode(), Path("00000000-0000-4000-8000-000000000001.json"))


def write(store: TelemetryStore, *parts: list[tuple[int, Decoded]]) -> Counter[FrameName]:
    return store.write(
        BATCH, lambda folder: [write_part(folder, number, part, nothing) for number, part in enumerate(parts)]
    )


def read(store: TelemetryStore, frame: FrameName) -> pl.DataFrame:
    return pl.concat([part[frame] for part in store.read(BATCH, frame)])


def folders(root: Place) -> list[str]:
    if isinstance(root, Path):
        return sorted(path.name for path in (root / ".versions").iterdir() if path.is_dir())
    return sorted(list_names(root / ".versions" / BATCH))


@pytest.fixture(params=["folder", "bucket"])
def root(request: pytest.FixtureRequest) -> Place:
    """A folder of this machine, or of an object store."""
    if request.param == "folder":
        return request.getfixturevalue("tmp_path")  # type: ignore[no-any-return]
    return request.getfixturevalue("bucket") / "parquet"  # type: ignore[no-any-return]


def test_frames_are_read_back_with_the_number_of_their_match(root: Place) -> None:
    store = TelemetryStore(root)
    one, two = match("one"), match("two")
    rows = write(store, [(1, one), (2, two), (3, BROKEN)])
    combat = read(store, "combat")
    assert rows["combat"] == combat.height == 4
    assert_frame_equal(combat.filter(pl.col("match_no") == 1).drop("match_no"), one.combat)
    assert_frame_equal(combat.filter(pl.col("match_no") == 2).drop("match_no"), two.combat)
    assert combat["match_no"].is_sorted()
    assert read(store, "quarantined").rows() == [(3, "broken_json", "Not JSON.", 17)]


@pytest.mark.parametrize("frame", SCHEMAS)
def test_every_frame_has_its_columns_even_without_a_match(root: Place, frame: FrameName) -> None:
    store = TelemetryStore(root)
    write(store, [])
    assert read(store, frame).schema == SCHEMAS[frame]


def test_columns_that_an_older_version_did_not_write_are_read_as_null(tmp_path: Path) -> None:
    store = TelemetryStore(tmp_path)
    write(store, [(1, match("one"))])
    file = tmp_path / BATCH / "combat.00000.parquet"
    pl.read_parquet(file).drop("actor_in_blue_zone", "victim_in_blue_zone").write_parquet(file)
    combat = read(store, "combat")
    assert combat.schema == SCHEMAS["combat"]
    assert combat["actor_in_blue_zone"].to_list() == [None, None]


def test_writing_again_replaces_the_whole_folder_and_leaves_nothing_behind(root: Place) -> None:
    store = TelemetryStore(root)
    write(store, [(1, match("one"))])
    write(store, [(2, match("two"))])
    assert read(store, "facts")["match_no"].to_list() == [2]
    assert len(folders(root)) == 1


def test_a_write_that_breaks_off_leaves_the_old_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = TelemetryStore(tmp_path)
    write(store, [(1, match("one"))])
    written: list[Path] = []

    def break_off(frame: pl.DataFrame, path: Path, **_: object) -> None:
        if written:
            raise OSError(28, "No space left on device")
        written.append(path)
        path.touch()

    with monkeypatch.context() as patched:
        patched.setattr(pl.DataFrame, "write_parquet", break_off)
        full = rf"{BATCH} cannot be written below {tmp_path}/\.versions \(No space left on device\): make room"
        with pytest.raises(UnwritableStoreError, match=full):
            write(store, [(2, match("two"))])
    assert written
    assert len(folders(tmp_path)) == 1, "what the broken write left is cleared away at once"
    assert read(store, "facts")["match_no"].to_list() == [1]
    write(store, [(3, match("three"))])
    assert read(store, "facts")["match_no"].to_list() == [3]
    assert len(folders(tmp_path)) == 1


def test_a_write_that_is_given_up_leaves_the_old_folder(root: Place) -> None:
    def give_up(folder: Place) -> Iterator[WrittenPart[None]]:
        yield write_part(folder, 0, [(2, match("two"))], nothing)
        raise FileNotFoundError

    store = TelemetryStore(root)
    write(store, [(1, match("one"))])
    with pytest.raises(FileNotFoundError):
        store.write(BATCH, give_up)
    assert read(store, "facts")["match_no"].to_list() == [1]
    assert len(folders(root)) == 1


def test_batches_are_listed_and_removed_one_by_one(root: Place) -> None:
    store = TelemetryStore(root)
    assert store.batches() == []
    write(store, [(1, match("one"))])
    store.write("batch_00002", lambda folder: [write_part(folder, 0, [(2, match("two"))], nothing)])
    if isinstance(root, Path):
        (root / "notes").mkdir()
    else:
        put_object(root / "notes" / "x", b"")
    assert store.batches() == [BATCH, "batch_00002"]
    store.remove("batch_00002")
    assert store.batches() == [BATCH]
    assert read(store, "facts")["match_no"].to_list() == [1]
    store.remove(BATCH)
    if isinstance(root, Path):
        assert sorted(path.name for path in root.rglob("*")) == [".versions", "notes"]
    else:
        assert keys(root) == ["parquet/notes/x"]


def test_what_a_killed_writer_left_is_found_and_removed(tmp_path: Path) -> None:
    store = TelemetryStore(tmp_path)

    def look_on(folder: Place) -> list[WrittenPart[None]]:
        assert store.leftovers() == [], "it is being written"
        return [write_part(folder, 0, [(1, match("one"))], nothing)]

    store.write(BATCH, look_on)
    assert store.leftovers() == []
    half_written = tmp_path / ".versions" / f"{BATCH}.{'0' * 32}"
    half_written.mkdir()
    write_part(half_written, 0, [(2, match("two"))], nothing)
    half_written.with_suffix(".link").symlink_to("nowhere")
    assert store.leftovers() == [BATCH]
    store.remove_leftovers(BATCH)
    assert store.leftovers() == []
    assert len(folders(tmp_path)) == 1
    assert read(store, "facts")["match_no"].to_list() == [1]


def test_a_batch_is_read_in_the_parts_in_which_it_was_written(root: Place) -> None:
    store = TelemetryStore(root)
    rows = write(store, [(1, match("one")), (2, BROKEN)], [(3, match("three"))], [(4, BROKEN)])
    parts = list(store.read(BATCH, "facts", "combat", "quarantined"))
    assert [part["facts"]["match_no"].to_list() for part in parts] == [[1], [3], []]
    assert [part["quarantined"]["match_no"].to_list() for part in parts] == [[2], [], [4]]
    assert rows["combat"] == sum(part["combat"].height for part in parts) == 4
    assert (rows["facts"], rows["quarantined"]) == (2, 2)


def test_a_part_says_what_was_broken(root: Place) -> None:
    part = write_part(
        root, 0, [(1, match("one")), (2, BROKEN)], lambda frames: (frames["facts"].height, frames["combat"].height)
    )
    assert (part.matches, dict(part.broken), part.made) == (2, {2: BROKEN}, (1, 2))


def test_a_batch_without_a_folder_says_what_to_do(root: Place) -> None:
    with pytest.raises(FileNotFoundError, match="materialize the asset `telemetry` of batch_00001 first"):
        read(TelemetryStore(root), "combat")


def test_a_folder_of_an_older_form_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / BATCH).mkdir()
    pl.DataFrame().write_parquet(tmp_path / BATCH / "facts.parquet")
    with pytest.raises(FileNotFoundError, match="materialize the asset `telemetry` of batch_00001 first"):
        read(TelemetryStore(tmp_path), "combat")


def test_one_match_is_read_from_whichever_part_it_is_in(root: Place) -> None:
    store = TelemetryStore(root)
    one, two, three = match("one"), match("two"), match("three")
    write(store, [(1, one), (2, two)], [(5, three), (6, BROKEN)])
    for match_no, written in ((1, one), (2, two), (5, three)):
        frames = store.read_match(BATCH, match_no, "combat", "facts")
        assert frames.keys() == {"combat", "facts"}
        assert_frame_equal(frames["combat"].drop("match_no"), written.combat)
        assert frames["facts"]["match_no"].to_list() == [match_no]
    for match_no in (4, 6):
        combat = store.read_match(BATCH, match_no, "combat")["combat"]
        assert (combat.height, combat.schema) == (0, SCHEMAS["combat"])
    with pytest.raises(FileNotFoundError, match="batch_00002 holds no telemetry"):
        store.read_match("batch_00002", 1, "combat")
