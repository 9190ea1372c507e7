"""Registration: every match gets its number and its batch once, for ever."""

import threading

import psycopg

from pewstats_assets.warehouse import Databases
from pewstats_assets.warehouse.matches import NewMatch, batches, batches_of_files, matches_of, register
from pewstats_assets_tests.warehouse.examples import match_id_of, new_match, register_matches


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
