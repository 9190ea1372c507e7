"""One player's rows: whom a name means, and the fights of late."""

from datetime import timedelta

import psycopg

from pewstats_assets.profiles import sum_profiles
from pewstats_assets.warehouse import replace_fights
from pewstats_assets.warehouse.players import find_players, names_of, recent_fights, sums_of_player
from pewstats_assets.warehouse.profiles import fights_of, replace_profiles
from pewstats_assets_tests.warehouse.examples import START, details_of, detected, register_matches

MODE = ("squad-fpp", "official")


def load(connection: psycopg.Connection, batch: str, match_no: int, fights: int) -> None:
    with connection.transaction():
        matches = [detected(match_no, fights)]
        replace_fights(connection, batch, "v2", matches, [], details=details_of(matches))
        replace_profiles(connection, batch, sum_profiles(fights_of(connection, batch)))


def test_fights_of_late_are_the_players_own_the_last_one_first(connection: psycopg.Connection) -> None:
    register_matches(connection, [1, 2], batch_size=1)
    load(connection, "batch_00001", 1, fights=30)
    load(connection, "batch_00002", 2, fights=1)
    # The match that was registered last is a year old.
    connection.execute(
        "UPDATE team_fights SET fight_start_time = fight_start_time - interval '1 year',"
        " fight_end_time = fight_end_time - interval '1 year' WHERE match_no = 2"
    )
    recent = recent_fights(connection, "account.winner", *MODE)
    assert recent.height == 30
    assert recent["fight_start_time"].to_list() == [
        START + timedelta(minutes=5 * number) for number in range(29, -1, -1)
    ]
    assert recent.unique(["team_outcome", "knocks_dealt", "damage_dealt"]).height == 1
    assert recent.row(0, named=True) | {"fight_start_time": None} == {
        "fight_start_time": None,
        "team_outcome": "WON",
        "survived": True,
        "knocks_dealt": 1,
        "kills_dealt": 1,
        "damage_dealt": 100.5,
        "damage_taken": 0.0,
    }
    assert recent_fights(connection, "account.winner", "duo", "official").is_empty()


def test_at_least_the_last_fights_whatever_their_age(connection: psycopg.Connection) -> None:
    register_matches(connection, [1], batch_size=1)
    load(connection, "batch_00001", 1, fights=25)
    connection.execute(
        "UPDATE team_fights SET fight_start_time = fight_start_time - make_interval(days => 40 * (25 - fight_no)),"
        " fight_end_time = fight_end_time - make_interval(days => 40 * (25 - fight_no))"
    )
    assert recent_fights(connection, "account.winner", *MODE).height == 20


def test_a_renamed_player_is_found_by_either_name_and_is_one(connection: psycopg.Connection) -> None:
    register_matches(connection, [1, 2], batch_size=1)
    load(connection, "batch_00001", 1, fights=2)
    load(connection, "batch_00002", 2, fights=3)
    connection.execute(
        "UPDATE player_names SET player_name = 'champion', last_seen_at = last_seen_at + interval '1 day'"
        " WHERE player_name = 'winner' AND batch = 'batch_00002'"
    )
    for name in ("winner", "champion", "account.winner"):
        (found,) = find_players(connection, name)
        assert (found.player_account_id, found.player_name, found.matches) == ("account.winner", "champion", 2)
    assert [one.player_name for one in names_of(connection, "account.winner")] == ["champion", "winner"]
    assert sums_of_player(connection, "account.winner")["fights"].sum() == 5
    assert find_players(connection, "nobody") == []
