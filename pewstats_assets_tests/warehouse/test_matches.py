"""Registration: every match gets its number and its batch once, for ever; a closed batch keeps its members."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from pewstats_assets.warehouse import Databases
from pewstats_assets.warehouse.matches import (
    NewMatch,
    OpenBatch,
    Registration,
    batches,
    batches_of_files,
    claim,
    close_if_quiet,
    closed_batches,
    due_batches,
    duplicate_files,
    fill,
    matches_of,
    open_batch,
    register,
    remember_duplicates,
)
from pewstats_assets_tests.warehouse.examples import match_id_of, new_match, register_matches


def fill_with(connection: psycopg.Connection, numbers: list[int], batch_size: int = 3) -> Registration:
    with connection.transaction():
        return fill(connection, [new_match(number) for number in numbers], batch_size)


def members(connection: psycopg.Connection) -> list[tuple[str, list[int]]]:
    """The numbers in the ids of the members of each batch."""
    rows = connection.execute(
        "SELECT batch, array_agg(match_id ORDER BY match_no) FROM matches GROUP BY batch ORDER BY batch"
    )
    return [(batch, [match_id.int for match_id in match_ids]) for batch, match_ids in rows]


def due(connection: psycopg.Connection) -> list[str]:
    return [batch.batch for batch in due_batches(connection)]


def test_matches_are_numbered_and_batched_in_the_order_given(connection: psycopg.Connection) -> None:
    registration = register_matches(connection, [11, 12, 13, 14, 15], batch_size=2)
    assert registration.batches == ["batch_00001", "batch_00002", "batch_00003"]
    rows = connection.execute(
        "SELECT match_no, match_id::text, batch, status FROM matches ORDER BY match_no"
    ).fetchall()
    assert rows == [
        (1, match_id_of(11), "batch_00001", "registered"),
        (2, match_id_of(12), "batch_00001", "registered"),
        (3, match_id_of(13), "batch_00002", "registered"),
        (4, match_id_of(14), "batch_00002", "registered"),
        (5, match_id_of(15), "batch_00003", "registered"),
    ]


def test_what_is_registered_is_left_alone_and_new_matches_open_new_batches(connection: psycopg.Connection) -> None:
    register_matches(connection, [11, 12], batch_size=100)
    registration = register_matches(connection, [10, 11, 12, 13], batch_size=100)
    assert (registration.batches, registration.registered) == (["batch_00002"], 2)
    assert batches(connection) == ["batch_00001", "batch_00002"]
    assert [match.match_no for match in matches_of(connection, "batch_00002")] == [3, 4]


def test_a_second_file_of_a_match_is_left_alone_and_named(connection: psycopg.Connection) -> None:
    register_matches(connection, [11])
    again = NewMatch(match_id_of(11), "/other/raw.json.gz", None, "1" * 64, None, None)
    with connection.transaction():
        registration = register(connection, [again], 100)
    assert (registration.registered, registration.duplicates) == (0, ["/other/raw.json.gz"])


def test_matches_without_an_id_are_registered_by_their_file(connection: psycopg.Connection) -> None:
    nameless = [NewMatch(None, f"/telemetry/{name}.json", None, "2" * 64, None, None) for name in ("a", "b")]
    for expected in (2, 0):
        with connection.transaction():
            assert register(connection, nameless, 100).registered == expected


def test_excluded_matches_have_status_and_reason_and_are_not_processed(connection: psycopg.Connection) -> None:
    with connection.transaction():
        register(connection, [new_match(1, "Matches of type arcade are not processed."), new_match(2)], 100)
    row = connection.execute("SELECT status, reason, detail FROM matches WHERE match_no = 1").fetchone()
    assert row == ("excluded", "match_type", "Matches of type arcade are not processed.")
    assert [match.match_no for match in matches_of(connection, "batch_00001")] == [2]


def test_the_batches_of_files_are_found_again(connection: psycopg.Connection) -> None:
    register_matches(connection, [1, 2, 3], batch_size=1)
    assert batches_of_files(connection, [new_match(3).file, new_match(1).file]) == ["batch_00001", "batch_00003"]


def test_two_registrations_at_once_give_every_number_once(databases: Databases) -> None:
    together = threading.Barrier(2)

    def register_some(numbers: range) -> None:
        with databases.connect() as connection:
            together.wait()
            register(connection, [new_match(number) for number in numbers], 7)

    threads = [threading.Thread(target=register_some, args=(numbers,)) for numbers in (range(1, 41), range(21, 61))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with databases.connect() as connection:
        rows = connection.execute("SELECT match_no, match_id FROM matches ORDER BY match_no").fetchall()
    assert [match_no for match_no, _ in rows] == list(range(1, 61))
    assert len({match_id for _, match_id in rows}) == 60


def test_the_open_batch_is_filled_until_it_is_full(connection: psycopg.Connection) -> None:
    assert fill_with(connection, [11, 12]).batches == ["batch_00001"]
    assert open_batch(connection) == OpenBatch("batch_00001", 2)
    assert (closed_batches(connection), due(connection)) == ([], [])

    registration = fill_with(connection, [11, 13, 14, 15, 16, 17])
    assert (registration.batches, registration.registered) == (["batch_00001", "batch_00002", "batch_00003"], 5)
    assert members(connection) == [
        ("batch_00001", [11, 12, 13]),
        ("batch_00002", [14, 15, 16]),
        ("batch_00003", [17]),
    ]
    assert batches(connection) == ["batch_00001", "batch_00002", "batch_00003"]
    assert closed_batches(connection) == due(connection) == ["batch_00001", "batch_00002"]
    assert due_batches(connection)[1].files == [new_match(number).file for number in (14, 15, 16)]


def test_a_batch_that_becomes_full_leaves_none_open(connection: psycopg.Connection) -> None:
    fill_with(connection, [11, 12, 13])
    assert open_batch(connection) is None
    assert due(connection) == ["batch_00001"]


def test_a_batch_that_is_larger_than_batches_may_be_now_is_closed_as_it_is(connection: psycopg.Connection) -> None:
    fill_with(connection, [11, 12, 13, 14], batch_size=5)
    assert fill_with(connection, [15], batch_size=2).batches == ["batch_00002"]
    assert members(connection) == [("batch_00001", [11, 12, 13, 14]), ("batch_00002", [15])]
    assert due(connection) == ["batch_00001"]


def test_registration_by_hand_closes_the_open_batch_and_awaits_no_run(connection: psycopg.Connection) -> None:
    fill_with(connection, [11])
    assert register_matches(connection, [11]).registered == 0
    assert open_batch(connection) == OpenBatch("batch_00001", 1), "nothing was registered"

    assert register_matches(connection, [12, 13], batch_size=1).batches == ["batch_00002", "batch_00003"]
    assert open_batch(connection) is None
    assert closed_batches(connection) == ["batch_00001", "batch_00002", "batch_00003"]
    assert due(connection) == ["batch_00001"]
    assert fill_with(connection, [14]).batches == ["batch_00004"]


def test_a_batch_is_closed_after_the_quiet_time_since_its_last_match(connection: psycopg.Connection) -> None:
    fill_with(connection, [11])
    fill_with(connection, [12])
    connection.execute("UPDATE matches SET registered_at = now() - interval '1 h' WHERE match_no = 1")
    with connection.transaction():
        close_if_quiet(connection, 600)
    assert open_batch(connection) == OpenBatch("batch_00001", 2)

    connection.execute("UPDATE matches SET registered_at = now() - interval '601 s' WHERE match_no = 2")
    with connection.transaction():
        close_if_quiet(connection, 600)
    assert open_batch(connection) is None
    assert due(connection) == ["batch_00001"]


@pytest.mark.parametrize("numbers", [[11], [11, 12, 13]])
def test_who_loads_a_batch_closes_it_and_it_awaits_no_run(connection: psycopg.Connection, numbers: list[int]) -> None:
    fill_with(connection, numbers)
    assert [match.match_no for match in matches_of(connection, "batch_00001")] == list(range(1, len(numbers) + 1))
    assert (open_batch(connection), due(connection)) == (None, [])
    assert closed_batches(connection) == ["batch_00001"]
    assert fill_with(connection, [14]).batches == ["batch_00002"]


def test_a_batch_that_is_claimed_again_was_closed_when_it_was_closed(connection: psycopg.Connection) -> None:
    fill_with(connection, [11, 12, 13])
    (before,) = due_batches(connection)
    claim(connection, ["batch_00001"])
    assert connection.execute("SELECT closed_at, awaits_run FROM match_batches").fetchall() == [
        (before.closed_at, False)
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO matches (match_no, batch, file, status) VALUES (9, 'batch_00001', '/new.json', 'registered')",
        "DELETE FROM matches WHERE match_no = 1",
        "UPDATE matches SET batch = 'batch_00002' WHERE match_no = 1",
        "UPDATE matches SET batch = 'batch_00001' WHERE match_no = 4",
        "INSERT INTO matches (match_no, batch, file, status) VALUES (9, 'batch_00003', '/new.json', 'registered')",
        "INSERT INTO match_batches (batch, awaits_run) VALUES ('batch_00003', true)",
    ],
)
def test_the_database_keeps_the_members_of_closed_batches(connection: psycopg.Connection, statement: str) -> None:
    fill_with(connection, [11, 12, 13, 14])
    before = members(connection)
    with pytest.raises(psycopg.IntegrityError):
        connection.execute(statement.encode())
    assert members(connection) == before


def test_second_files_are_kept_in_mind_until_they_are_registered(connection: psycopg.Connection) -> None:
    fill_with(connection, [11])
    with connection.transaction():
        remember_duplicates(connection, {"/a.json": (match_id_of(11), 5), "/b.json": (match_id_of(11), 6)})
    with connection.transaction():
        remember_duplicates(connection, {"/a.json": (match_id_of(11), 7)})
    assert duplicate_files(connection) == {"/a.json": 7, "/b.json": 6}
    with connection.transaction():
        fill(connection, [NewMatch(match_id_of(12), "/a.json", None, None, None, None)], 3)
    assert duplicate_files(connection) == {"/b.json": 6}


@pytest.mark.parametrize("by_hand", [False, True])
def test_two_registrars_at_once_overfill_no_batch_and_lose_none(databases: Databases, *, by_hand: bool) -> None:
    together = threading.Barrier(4, timeout=30)

    def some(registrar: int) -> None:
        for start in range(1, 61, 10):
            with databases.connect() as connection:
                together.wait()
                found = [new_match(number) for number in range(start + registrar, start + registrar + 10)]
                (register if by_hand and registrar == 0 else fill)(connection, found, 7)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(some, range(4)))
    with databases.connect() as connection:
        per_batch = members(connection)
    numbers = [number for _, of_batch in per_batch for number in of_batch]
    assert sorted(numbers) == list(range(1, 64))
    assert all(len(of_batch) <= 7 for _, of_batch in per_batch)
    if not by_hand:
        assert {len(of_batch) for _, of_batch in per_batch} == {7}


def test_a_load_that_begins_waits_for_who_is_filling_its_batch(
    databases: Databases, connection: psycopg.Connection
) -> None:
    def load() -> list[int]:
        with databases.connect() as other:
            return [match.match_no for match in matches_of(other, "batch_00001")]

    fill_with(connection, [11])
    waits = b"SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with databases.connect() as registrar, ThreadPoolExecutor(1) as thread:
        fill(registrar, [new_match(12)], 3)
        loaded = thread.submit(load)
        while connection.execute(waits).fetchone() is None:
            assert not loaded.done()
            time.sleep(0.01)
        registrar.commit()
        assert loaded.result() == [1, 2]
    assert fill_with(connection, [13]).batches == ["batch_00002"]
