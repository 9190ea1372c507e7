"""Where players are and who stands: position, movement, height, zone and numbers; the limits are inclusive."""

from typing import Any

import pytest

from pewstats_assets_tests.fights.events import Place, Wire, at, damage, kill, knock, player
from pewstats_assets_tests.fights.participation.examples import (
    describe,
    knocks_in,
    numbered,
    phase,
    revive,
    roster,
    seen,
    some,
)

MATES = ("mates_within_25m", "mates_within_50m", "mates_within_100m", "is_alone")
NUMBERS = ("team_standing", "enemies_standing", "numbers")
MOVED = ("distance_moved_m", "mean_speed_mps")


def finish(seconds: float = 30) -> list[Wire]:
    """Two knocks that make a fight of what happens between teams 1 and 2."""
    return [knock(seconds, "x1@1", "y2@2"), knock(seconds, "x1@1", "z2@2")]


def standing(written: str, place: Place | None, *, since: float = -5, until: float = 45) -> list[Wire]:
    """Make the positions of somebody who stays where he is."""
    return [seen(seconds, written, place) for seconds in range(int(since), int(until), 10)]


def hit_with_mate(*place_of_mate: Place | None) -> dict[str, dict[str, object]]:
    """Let `a` hit an enemy, with mates at these places."""
    mates = [f"m{number}@1" for number, _ in enumerate(place_of_mate)]
    places = [event for mate, place in zip(mates, place_of_mate, strict=True) for event in standing(mate, place)]
    return describe(*roster("a@1", "b@2", *mates), *places, damage(2, "a@1", "b@2"), *one_on_one())


def one_on_one() -> list[Wire]:
    return [knock(30, "a@1", "b@2") | numbered(1), kill(31, "a@1", "b@2") | numbered(1)]


# Team mates


@pytest.mark.parametrize(
    ("metres", "counted"),
    [
        (0.0, (1, 1, 1, False)),
        (25.0, (1, 1, 1, False)),
        (25.01, (0, 1, 1, False)),
        (50.0, (0, 1, 1, False)),
        (50.01, (0, 0, 1, False)),
        (100.0, (0, 0, 1, False)),
        (100.01, (0, 0, 0, True)),
    ],
)
def test_mates_are_counted_by_their_distance_in_space(metres: float, counted: tuple[object, ...]) -> None:
    fought = hit_with_mate((0.0, 0.6 * metres, 0.8 * metres))
    assert some(fought["a"], *MATES) == counted
    assert fought["a"]["mate_distance_first_hit_m"] == pytest.approx(metres)


def test_nearest_of_several_mates_counts() -> None:
    fought = hit_with_mate((60.0, 0.0, 0.0), (10.0, 0.0, 0.0), (200.0, 0.0, 0.0))
    assert some(fought["a"], *MATES) == (1, 1, 2, False)
    assert fought["a"]["mate_distance_first_hit_m"] == 10.0
    assert fought["a"]["mate_distance_mean_m"] == 10.0


def test_squad_of_one_is_not_alone() -> None:
    fought = hit_with_mate()
    assert some(fought["a"], *MATES, "mate_distance_first_hit_m", "mate_distance_mean_m") == (0, 0, 0, None, None, None)


def test_mates_are_not_known_where_a_place_is_not() -> None:
    fought = hit_with_mate((10.0, 0.0, 0.0), None)
    assert some(fought["a"], *MATES) == (None, None, None, None)
    assert fought["a"]["mate_distance_first_hit_m"] == 10.0


def test_mates_are_not_known_without_the_own_place() -> None:
    hidden = player("a@1", None)
    fought = describe(
        *roster("a@1", "m@1", "b@2"),
        *standing("m@1", (1.0, 0.0, 0.0)),
        damage(2, hidden, "b@2"),
        knock(30, hidden, "b@2"),
        kill(31, hidden, "b@2"),
    )
    assert some(fought["a"], *MATES, "mate_distance_first_hit_m", "mate_distance_mean_m") == (None,) * 6


def test_only_standing_mates_count_and_the_last_one_left_is_alone() -> None:
    near, nobody = (5.0, 0.0, 0.0), {"name": "", "accountId": ""}
    fought = describe(
        *roster("a@1", "m@1", "n@1", "b@2"),
        *standing("m@1", near),
        *standing("n@1", near),
        knock(-3, nobody, player("m@1", near)),
        kill(-2, nobody, player("n@1", near)),
        seen(5, "m@1", near, health=0),
        damage(1.5, "a@1", "b@2"),
        *one_on_one(),
    )
    assert some(fought["a"], *MATES, "mate_distance_first_hit_m") == (0, 0, 0, True, None)


def test_who_left_or_never_came_is_no_mate_whose_place_is_not_known() -> None:
    gone = [seen(-40, "gone@1", (1.0, 0.0, 0.0)), seen(-30, "gone@1", (1.0, 0.0, 0.0))]
    fought = describe(
        *roster("a@1", "never@1", "gone@1", "m@1", "b@2"),
        *gone,
        *standing("m@1", (30.0, 0.0, 0.0)),
        damage(2, "a@1", "b@2"),
        *one_on_one(),
    )
    assert some(fought["a"], *MATES) == (0, 1, 1, False)
    assert some(fought["a"], "team_standing") == (2,)


@pytest.mark.parametrize(("last_seen", "standing_of_team"), [(15.0, 2), (14.99, 1)])
def test_who_was_seen_15_seconds_ago_is_still_there(last_seen: float, standing_of_team: int) -> None:
    fought = describe(*roster("a@1", "m@1", "b@2"), seen(last_seen, "m@1"), *one_on_one())
    assert fought["a"]["team_standing"] == standing_of_team


def test_mate_who_is_on_no_roster_is_one() -> None:
    fought = describe(*roster("a@1", "b@2"), *standing("m@1", (30.0, 0.0, 0.0)), damage(2, "a@1", "b@2"), *one_on_one())
    assert some(fought["a"], *MATES, "team_standing") == (0, 1, 1, False, 2)


def test_who_is_on_no_roster_is_of_the_team_in_which_he_was_seen_first() -> None:
    turncoats = [
        seen(seconds, f"m{number}@{team}", (5.0, 0.0, 0.0))
        for seconds, team in ((0, 1), (10, 2))
        for number in range(20)
    ]
    fought = describe(*turncoats, damage(2, "a@1", "b@2"), *one_on_one())
    assert some(fought["a"], *MATES) == (20, 20, 20, False)
    assert some(fought["b"], *MATES) == (0, 0, 0, None)


@pytest.mark.parametrize(("gap", "distance"), [(15.0, 10.0), (15.01, None)])
def test_place_is_on_the_line_over_a_gap_of_15_seconds_at_most(gap: float, distance: float | None) -> None:
    mate = [seen(0, "m@1", (0.0, 0.0, 0.0)), seen(gap, "m@1", (20.0, 0.0, 0.0))]
    fought = describe(*roster("a@1", "m@1", "b@2"), *mate, damage(gap / 2, "a@1", "b@2"), *one_on_one())
    assert fought["a"]["mate_distance_first_hit_m"] == (None if distance is None else pytest.approx(distance))


@pytest.mark.parametrize(
    ("metres", "seconds", "is_known"),
    [(1000.0, 10, True), (1000.1, 10, False), (100.0, 0.5, True), (100.1, 0.5, False)],
)
def test_place_is_not_on_the_way_of_who_is_put_elsewhere(metres: float, seconds: float, *, is_known: bool) -> None:
    mate = [seen(0, "m@1", (0.0, 0.0, 0.0)), seen(seconds, "m@1", (metres, 0.0, 0.0))]
    fought = describe(*roster("a@1", "m@1", "b@2"), *mate, damage(seconds / 2, "a@1", "b@2"), *one_on_one())
    assert fought["a"]["mate_distance_first_hit_m"] == (pytest.approx(metres / 2) if is_known else None)


def test_mean_distance_is_over_the_seconds_in_which_both_stand() -> None:
    # The mate goes away at 1 m/s, and is knocked at 5.5 s: he stands at seconds 0 to 5 of the fight.
    mate = [seen(0, "m@1", (0.0, 0.0, 0.0)), seen(10, "m@1", (10.0, 0.0, 0.0))]
    downed = knock(5.5, "b@2", player("m@1", (5.5, 0.0, 0.0)))
    own = standing("a@1", (0.0, 0.0, 0.0), since=-10)
    fought = describe(*roster("a@1", "m@1", "b@2"), *mate, *own, damage(0, "a@1", "b@2"), downed, *one_on_one())
    assert fought["a"]["mate_distance_mean_m"] == pytest.approx((0 + 1 + 2 + 3 + 4 + 5) / 6)
    # Knocked himself, he is asked no longer.
    assert fought["m"]["mate_distance_mean_m"] == pytest.approx((0 + 1 + 2 + 3 + 4 + 5) / 6)


# Movement and height


def test_way_is_added_up_second_by_second_while_alive() -> None:
    walk = [seen(seconds, "b@2", (2.0 * seconds, 0.0, 0.0)) for seconds in (-10, 0, 10, 20)]
    fought = describe(
        *walk,
        damage(0, "a@1", player("b@2", (0.0, 0.0, 0.0))),
        knock(10, "a@1", player("c@2", (9.0, 9.0, 9.0))),
        kill(10.5, "a@1", player("b@2", (21.0, 0.0, 0.0))),
        knock(20, "a@1", "d@2"),
    )
    assert some(fought["b"], *MOVED) == pytest.approx((20.0, 2.0))
    assert some(fought["d"], *MOVED) == (None, None)


def test_there_is_no_way_from_death_to_a_new_life() -> None:
    walk = [seen(seconds, "b@2", (float(seconds), 0.0, 0.0)) for seconds in (-1, 3, 8, 12)]
    fought = describe(*walk, damage(0, "a@1", "b@2"), kill(3, "a@1", player("b@2", (3.0, 0.0, 0.0))), *finish(12))
    # Alive at seconds 0 to 3 and, seen with health at 8, at 9 to 12.
    assert some(fought["b"], *MOVED) == pytest.approx((6.0, 1.0))


def test_way_is_in_space_and_over_what_is_known() -> None:
    walk = [seen(0, "b@2", (0.0, 0.0, 0.0)), seen(10, "b@2", (6.0, 0.0, 8.0)), seen(40, "b@2", (6.0, 0.0, 8.0))]
    fought = describe(*walk, damage(0, "a@1", "c@2"), damage(20, "a@1", player("b@2", None)), *finish())
    assert some(fought["b"], *MOVED) == pytest.approx((10.0, 1.0))


def test_height_is_the_mean_over_hits_dealt_and_taken_with_both_places() -> None:
    fought = describe(
        damage(1, player("a@1", (0.0, 0.0, 10.0)), player("b@2", (0.0, 0.0, 4.0))),
        damage(2, player("b@2", (0.0, 0.0, 5.0)), player("a@1", (0.0, 0.0, 3.0))),
        damage(3, player("a@1", (0.0, 0.0, 99.0)), player("b@2", None)),
        *finish(),
    )
    assert (fought["a"]["height_over_opponent_m"], fought["b"]["height_over_opponent_m"]) == (2.0, -2.0)
    assert fought["x1"]["height_over_opponent_m"] is None


# The zone


@pytest.mark.parametrize(
    ("phases", "expected"), [([], None), ([phase(31, 1)], 0), ([phase(29, 3)], 3), ([phase(30, 3)], 3)]
)
def test_zone_phase_is_the_last_one_announced_at_the_start(phases: list[Wire], expected: int | None) -> None:
    earlier = [phase(-9, 1), phase(-5, 1, is_closing=True)] if expected == 3 else []
    assert describe(*earlier, *phases, *finish())["x1"]["zone_phase"] == expected


@pytest.mark.parametrize("number", [-1, 0, 100_000])
def test_phase_of_a_forged_file_is_none(number: int) -> None:
    assert describe(phase(-9, 2), phase(-5, number), *finish())["x1"]["zone_phase"] == 2


def test_blue_zone_is_told_by_positions_and_events_in_the_fight_until_death() -> None:
    blue: dict[str, Any] = {"isInBlueZone": True}
    clear: dict[str, Any] = {"isInBlueZone": False}
    fought = describe(
        seen(-1, "a@1", **blue),
        seen(5, "a@1", **clear),
        damage(0, player("c@1") | blue, player("b@2") | clear),
        damage(0, "a@1", "d@2"),
        kill(6, "a@1", player("e@2") | clear),
        seen(8, "e@2", health=0, **blue),
        *finish(),
    )
    assert {name: fought[name]["in_blue_zone"] for name in "abcde"} == {
        "a": False,
        "b": False,
        "c": True,
        "d": None,
        "e": False,
    }


# Numbers


@pytest.mark.parametrize(
    ("squads", "numbers"),
    [
        (("a@1", "m@1", "b@2"), (2, 1, "ahead")),
        (("a@1", "b@2"), (1, 1, "even")),
        (("a@1", "b@2", "e@2", "f@2"), (1, 3, "behind")),
        (("a@1", "b@2", "o@0", "p@7"), (1, 1, "even")),
    ],
)
def test_numbers_are_who_stands_at_the_start_by_the_roster(
    squads: tuple[str, ...], numbers: tuple[object, ...]
) -> None:
    assert some(describe(*roster(*squads), *one_on_one())["a"], *NUMBERS) == numbers


def test_who_is_knocked_or_dead_before_the_fight_does_not_stand_but_who_falls_in_it_does() -> None:
    squads = roster("a@1", "m@1", "n@1", "b@2", "c@2")
    fought = describe(
        *squads,
        knock(-400, "z@9", "m@1") | numbered(5),
        kill(-300, "z@9", "c@2"),
        revive(-250, "n@1", "m@1", 5),
        knock(-200, "z@9", "n@1"),
        *one_on_one(),
    )
    assert some(fought["a"], *NUMBERS) == (2, 1, "ahead")
    assert some(fought["b"], *NUMBERS) == (1, 2, "behind")


def test_numbers_are_not_known_without_a_roster() -> None:
    match = one_on_one()
    assert some(describe(*match)["a"], *NUMBERS) == (None, None, None)
    assert knocks_in(*match)[0]["mates_standing"] is None


def test_fight_of_more_than_two_teams_has_a_third_party() -> None:
    fought = describe(*roster("a@1", "b@2", "c@3"), damage(29, "c@3", "b@2"), *one_on_one())
    assert some(fought["a"], *NUMBERS) == (1, 2, "third_party")


def test_environment_is_no_team() -> None:
    nobody = {"name": "", "accountId": "", "teamId": 0}
    match = [*roster("a@1", "b@2", "o@0"), damage(29, "a@1", "b@2"), knock(29.5, nobody, "a@1"), *one_on_one()]
    fought = describe(*match)
    assert some(fought["a"], *NUMBERS) == (1, 1, "even")
    assert some(fought["a"], "knocks_taken", "enemy_knocks_taken") == (1, 0)
    first = knocks_in(*match)[0]
    assert some(first, "knocker_name", "knocker_account_id", "knocker_team_id") == (None, None, 0)


def test_mates_standing_at_a_knock_are_those_of_the_victim() -> None:
    squads = roster("a@1", "b@2", "c@2", "d@2")
    match = [*squads, knock(1, "a@1", "b@2"), knock(2, "a@1", "c@2"), knock(3, "a@1", "d@2")]
    assert [one["mates_standing"] for one in knocks_in(*match)] == [2, 1, 0]


# Lives


@pytest.mark.parametrize(
    ("sign", "stands"),
    [
        ([], False),
        ([seen(-95, "b@2")], True),
        ([seen(-95.001, "b@2")], False),
        ([seen(-50, "b@2", health=0)], False),
        ([damage(-50, "z@9", "b@2")], True),
        ([damage(-50, "b@2", "z@9")], False),
        ([seen(-50, "b@2"), knock(-40, "z@9", "b@2")], False),
        ([seen(-50, "b@2"), kill(-40, "z@9", "b@2"), seen(-39, "b@2")], False),
        ([seen(-50, "b@2"), kill(-40, "z@9", "b@2"), seen(-30, "b@2")], True),
        ([seen(-50, "b@2"), knock(-40, "z@9", "b@2"), damage(-30, "z@9", "b@2")], False),
        ([seen(-50, "b@2"), knock(-40, "z@9", "b@2"), seen(-30, "b@2")], True),
    ],
)
def test_the_dead_stand_again_once_they_are_seen_with_health_or_hit(sign: list[Wire], *, stands: bool) -> None:
    match = [*roster("b@2", "y2@2", "z2@2", "x1@1"), kill(-100, "z@9", "b@2"), *sign]
    keep = [seen(40, name) for name in ("x1@1", "y2@2", "z2@2")] + [seen(40, "b@2", health=0)]
    assert describe(*match, *keep, *finish())["x1"]["enemies_standing"] == 2 + stands


@pytest.mark.parametrize(
    ("sign", "knocked"), [(seen(6, "b@2"), False), (seen(5.99, "b@2"), True), (seen(6, "b@2", health=0), True)]
)
def test_the_knocked_stand_again_once_they_are_seen_with_health(sign: Wire, *, knocked: bool) -> None:
    match = [knock(1, "a@1", "b@2") | numbered(7), sign, damage(20, "a@1", "b@2", 10), *finish()]
    fought = describe(*match)
    assert fought["a"]["damage_to_knocked"] == 10 * knocked
    first = knocks_in(*match)[0]
    assert some(first, "fate", "ended_at", "ender_account_id") == (
        ("open", None, None) if knocked else ("revived", at(6), None)
    )


def test_who_is_knocked_again_was_revived_and_who_dies_without_the_number_nobody_knows() -> None:
    again = [knock(1, "a@1", "b@2") | numbered(7), knock(9, "a@1", "b@2") | numbered(8), kill(12, "a@1", "b@2")]
    assert [some(one, "fate", "ended_at") for one in knocks_in(*again)] == [("revived", at(9)), (None, None)]
