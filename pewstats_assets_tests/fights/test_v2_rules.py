"""Every rule of ruleset v2 by cases small enough to work out by hand.

`@rule` names the numbers of the rules, and the last test asserts that none is left out.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final, TypeVar

import pytest

from pewstats_assets.fights import Outcome, TeamOutcome
from pewstats_assets_tests.fights.events import (
    METRE,
    ORIGIN,
    START,
    Place,
    Wire,
    at,
    damage,
    detect,
    kill,
    knock,
    names,
    participant,
    player,
    the_fight,
)

Test = TypeVar("Test", bound=Callable[..., None])

CLAIMED: Final[set[int]] = set()
#: Farther from everything at the origin than an event may be to bring in a team.
FAR: Final = (1_000.0, 0.0, 0.0)
MICROSECOND: Final = 0.000_001
NPC_NAMES: Final = ("Commander", "Guard", "Pillar", "SkySoldier", "Soldier", "PillarSoldier", "ZombieSoldier")


def rule(*numbers: int) -> Callable[[Test], Test]:
    """Claim that a test covers the rules of these numbers."""

    def claim(test: Test) -> Test:
        CLAIMED.update(numbers)
        return test

    return claim


# Input


@rule(1)
def test_knocks_kills_and_damage_count() -> None:
    fight = the_fight(knock(0, "a1@1", "b1@2"), damage(1, "b2@2", "a1@1", 7), kill(2, "a1@1", "b1@2"))
    assert (fight.total_knocks, fight.total_kills, fight.total_damage) == (1, 1, 7)


@rule(1)
@pytest.mark.parametrize("event_type", ["LogPlayerRevive", "logplayermakegroggy", "LogPlayerMakeGroggyV2", "", None])
def test_events_of_another_type_do_not_count(event_type: str | None) -> None:
    assert detect(knock(0, "a1@1", "b1@2"), knock(1, "a1@1", "b2@2") | {"_T": event_type}) == []


@rule(1)
def test_kills_of_old_files_do_not_count() -> None:
    old = kill(1, "a1@1", "b1@2") | {"_T": "LogPlayerKill", "killer": player("a1@1")}
    assert detect(knock(0, "a1@1", "b1@2"), old) == []


@rule(1)
@pytest.mark.parametrize("common", [{"isGame": 0}, {}, None])
def test_phase_of_the_match_is_not_looked_at(common: Wire | None) -> None:
    the_fight(knock(0, "a1@1", "b1@2") | {"common": common}, knock(1, "a1@1", "b2@2") | {"common": common})


@rule(2)
@pytest.mark.parametrize(
    ("fraction", "microseconds"),
    [("", 0), (".5", 500_000), (".123", 123_000), (".1234567", 123_456), (".999999999", 999_999)],
)
def test_time_has_any_number_of_digits_truncated_to_microseconds(fraction: str, microseconds: int) -> None:
    first = knock(0, "a1@1", "b1@2") | {"_D": f"2025-07-12T17:00:00{fraction}Z"}
    fight = the_fight(first, knock(1, "a1@1", "b2@2"))
    assert fight.fight_start_time == START + timedelta(microseconds=microseconds)


@rule(2)
def test_time_with_an_offset_is_converted_to_utc() -> None:
    fight = the_fight(knock(0, "a1@1", "b1@2") | {"_D": "2025-07-12T19:00:00+02:00"}, knock(1, "a1@1", "b1@2"))
    assert fight.fight_start_time == START


@rule(2)
@pytest.mark.parametrize("no_time", ["", "yesterday", "2025-13-40T17:00:00Z", 1752339600, None])
def test_event_whose_time_does_not_parse_is_skipped(no_time: object) -> None:
    assert detect(knock(0, "a1@1", "b1@2"), knock(1, "a1@1", "b2@2") | {"_D": no_time}) == []


@rule(3)
def test_actor_of_a_kill_is_the_finisher() -> None:
    others = {"killer": player("c1@3"), "dBNOMaker": player("d1@4"), "attacker": player("e1@5")}
    fight = the_fight(knock(0, "a1@1", "b1@2"), kill(1, "a1@1", "b1@2") | others)
    assert names(fight) == ["a1", "b1"]
    assert participant(fight, "a1").kills_dealt == 1


@rule(3)
@pytest.mark.parametrize("role", ["attacker", "victim"])
def test_null_side_of_a_knock_is_an_empty_one(role: str) -> None:
    assert detect(knock(0, "a1@1", "b1@2"), knock(1, "a1@1", "b2@2") | {role: None}) == []


# Combat events


@rule(4)
@pytest.mark.parametrize(("actor", "victim"), [("a1@", "b2@2"), ("a1@1", "b2@")])
def test_event_with_a_side_without_team_is_no_combat(actor: str, victim: str) -> None:
    assert detect(knock(0, "a1@1", "b1@2"), knock(1, actor, victim)) == []


@rule(4)
def test_event_within_a_team_is_no_combat() -> None:
    assert detect(knock(0, "a1@1", "b1@2"), knock(1, "a1@1", "a2@1")) == []


@rule(4)
def test_team_0_is_a_team() -> None:
    assert the_fight(knock(0, "a1@0", "b1@2"), knock(1, "b1@2", "a1@0")).team_ids == [0, 2]


@rule(5)
@pytest.mark.parametrize(("hp", "number_of_fights"), [(0.001, 1), (0, 0), (-1, 0)])
def test_only_damage_above_0_is_combat(hp: float, number_of_fights: int) -> None:
    link = damage(40, "a1@1", "b1@2", hp)
    assert len(detect(knock(0, "a1@1", "b1@2"), link, knock(80, "a1@1", "b2@2"))) == number_of_fights


@rule(5)
@pytest.mark.parametrize("casualty", [knock, kill])
def test_knocks_and_kills_need_no_damage(casualty: Callable[[float, str, str], Wire]) -> None:
    the_fight(casualty(0, "a1@1", "b1@2") | {"damage": 0}, casualty(1, "a1@1", "b2@2") | {"damage": -1})


@rule(6)
@pytest.mark.parametrize("name", ["Guard", "ai_7"])
def test_events_of_npcs_take_part_in_clustering_and_decision(name: str) -> None:
    fight = the_fight(knock(0, "a1@1", f"{name}@2"), knock(1, f"{name}@2", "a1@1"))
    assert fight.fight_reason == "Multiple casualties (2 knocks/kills)"


@rule(7)
def test_events_of_one_time_keep_the_order_of_the_file() -> None:
    seed, brings_3, needs_3 = knock(0, "a1@1", "b1@2"), knock(1, "b1@2", "c1@3"), knock(1, "c1@3", "d1@4")
    assert the_fight(seed, brings_3, needs_3).team_ids == [1, 2, 3, 4]
    assert the_fight(seed, needs_3, brings_3).team_ids == [1, 2, 3]


@rule(7)
def test_events_are_sorted_by_time() -> None:
    seed, brings_3, needs_3 = knock(0, "a1@1", "b1@2"), knock(1, "b1@2", "c1@3"), knock(2, "c1@3", "d1@4")
    assert the_fight(needs_3, brings_3, seed).team_ids == [1, 2, 3, 4]


# Engagements


@rule(8)
def test_first_combat_event_in_time_is_the_seed() -> None:
    fight = the_fight(knock(0, "a1@1", "a2@1"), knock(5, "a1@1", "b2@2"), knock(3, "a1@1", "b1@2"))
    assert (fight.fight_start_time, fight.fight_end_time, fight.duration_seconds) == (at(3), at(5), 2)


@rule(9)
@pytest.mark.parametrize(("metres", "number_of_fights"), [(300, 1), (-300, 1), (301, 0), (-301, 0)])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_centre_is_the_mean_of_the_seeds_two_locations(axis: int, metres: float, number_of_fights: int) -> None:
    def on_axis(distance: float) -> Place:
        x, y, z = (distance if one == axis else 0.0 for one in range(3))
        return x, y, z

    seed = knock(0, player("a1@1", on_axis(-200)), player("b1@2", on_axis(200)))
    joining = knock(1, player("c1@3", on_axis(metres)), player("b1@2", ORIGIN))
    assert len(detect(seed, joining)) == number_of_fights


@rule(9)
@pytest.mark.parametrize(("actor_place", "victim_place"), [(FAR, None), (None, FAR)])
def test_centre_is_the_seeds_only_location(actor_place: Place | None, victim_place: Place | None) -> None:
    seed = knock(0, player("a1@1", actor_place), player("b1@2", victim_place))
    the_fight(seed, knock(1, player("c1@3", FAR), player("b1@2", FAR)))


@rule(9)
def test_centre_never_moves() -> None:
    near = player("c1@3", (250, 0, 0))
    beyond = knock(2, player("d1@4", (500, 0, 0)), near)
    assert the_fight(knock(0, "a1@1", "b1@2"), knock(1, near, "b1@2"), beyond).team_ids == [1, 2, 3]


@rule(10)
@pytest.mark.parametrize(("gap", "number_of_fights"), [(45, 1), (45 + MICROSECOND, 0)])
def test_gap_limit_is_inclusive_at_45_s(gap: float, number_of_fights: int) -> None:
    assert len(detect(knock(0, "a1@1", "b1@2"), knock(gap, "a1@1", "b2@2"))) == number_of_fights


@rule(10)
@pytest.mark.parametrize(("end", "number_of_fights"), [(240, 1), (240 + MICROSECOND, 0)])
def test_duration_limit_is_inclusive_at_240_s(end: float, number_of_fights: int) -> None:
    links = [damage(seconds, "a1@1", "b1@2") for seconds in range(40, 240, 40)]
    fights = detect(knock(0, "a1@1", "b1@2"), *links, knock(end, "a1@1", "b2@2"))
    assert [fight.duration_seconds for fight in fights] == [240] * number_of_fights


@rule(10)
def test_end_does_not_move_with_a_rejected_event() -> None:
    rejected = damage(40, "c1@3", "d1@4")
    assert detect(knock(0, "a1@1", "b1@2"), rejected, knock(80, "a1@1", "b2@2")) == []


@rule(11)
@pytest.mark.parametrize("seed_place", [ORIGIN, None])
def test_event_between_teams_that_are_in_belongs_at_any_distance(seed_place: Place | None) -> None:
    seed = knock(0, player("a1@1", seed_place), player("b1@2", seed_place))
    the_fight(seed, knock(1, player("b2@2", (5_000, 0, 0)), player("a2@1", (0, 5_000, 0))))


@rule(12)
@pytest.mark.parametrize(
    ("place", "number_of_fights"),
    [((300, 0, 0), 1), ((300.0001, 0, 0), 0), ((100, 200, 200), 1), ((100, 200, 200.0001), 0)],
)
@pytest.mark.parametrize("far_side", ["attacker", "victim"])
def test_distance_limit_of_the_farther_side_is_inclusive_at_300_m(
    far_side: str, place: Place, number_of_fights: int
) -> None:
    sides = {"attacker": "b1@2", "victim": "c1@3"}
    joining = knock(1, **sides) | {far_side: player(sides[far_side], place)}
    assert len(detect(knock(0, "a1@1", "b1@2"), joining)) == number_of_fights


@rule(12)
@pytest.mark.parametrize(("metres", "number_of_fights"), [(300, 1), (301, 0)])
def test_missing_location_of_one_side_is_ignored(metres: float, number_of_fights: int) -> None:
    joining = knock(1, player("c1@3", None), player("b1@2", (metres, 0, 0)))
    assert len(detect(knock(0, "a1@1", "b1@2"), joining)) == number_of_fights


@rule(12)
def test_event_without_any_location_joins() -> None:
    the_fight(knock(0, "a1@1", "b1@2"), knock(1, player("c1@3", None), player("b1@2", None)))


@rule(9, 12)
def test_no_team_joins_without_a_centre() -> None:
    seed = knock(0, player("a1@1", None), player("b1@2", None))
    assert detect(seed, knock(1, "c1@3", "b1@2")) == []


@rule(12)
def test_team_of_an_accepted_event_is_in_from_then_on() -> None:
    far = damage(2, player("c1@3", FAR), player("a1@1", FAR))
    assert the_fight(knock(0, "a1@1", "b1@2"), knock(1, "c1@3", "b1@2"), far).total_damage_events == 1


@rule(13)
def test_event_between_two_other_teams_is_rejected() -> None:
    assert detect(knock(0, "a1@1", "b1@2"), knock(1, "c1@3", "d1@4")) == []


@rule(14)
def test_rejected_events_seed_and_join_a_later_engagement() -> None:
    seed, joining = knock(1, "c1@3", "d1@4"), knock(2, "c1@3", "d1@4")
    assert the_fight(knock(0, "a1@1", "b1@2"), seed, joining).team_ids == [3, 4]


@rule(14)
def test_rejected_event_is_not_looked_at_again_when_its_team_joins() -> None:
    passed_over, joining = kill(1, "c1@3", "d1@4"), knock(2, "c1@3", "b1@2")
    fight = the_fight(knock(0, "a1@1", "b1@2"), passed_over, joining)
    assert fight.fight_reason == "Multiple casualties (2 knocks/kills)"


@rule(15)
def test_fights_come_in_order_of_their_seeds_and_may_overlap_and_share_a_team() -> None:
    far_b, far_c = player("b2@2", FAR), player("c1@3", FAR)
    fights = detect(knock(0, "a1@1", "b1@2"), knock(1, far_b, far_c), knock(2, far_b, far_c), knock(3, "a1@1", "b1@2"))
    assert [fight.team_ids for fight in fights] == [[1, 2], [2, 3]]
    assert [fight.duration_seconds for fight in fights] == [3, 1]


# Window statistics


@rule(16)
def test_window_counts_events_that_belong_to_another_engagement() -> None:
    far_b, far_c = player("b2@2", FAR), player("c1@3", FAR)
    first, second = detect(
        knock(0, "a1@1", "b1@2"), knock(1, far_b, far_c), knock(2, far_b, far_c), knock(3, "a1@1", "c2@3")
    )
    assert (first.fight_reason, first.total_knocks) == ("Multiple casualties (2 knocks/kills)", 4)
    assert (second.fight_reason, second.total_knocks) == ("Multiple casualties (2 knocks/kills)", 2)


@rule(16)
@pytest.mark.parametrize(("seconds", "counted"), [(10 - MICROSECOND, 0), (10, 1), (20, 1), (20 + MICROSECOND, 0)])
def test_window_includes_its_ends(seconds: float, counted: int) -> None:
    friendly = knock(seconds, "a1@1", "a2@1")
    fight = the_fight(knock(10, "a1@1", "b1@2"), knock(20, "a1@1", "b2@2"), friendly)
    assert fight.total_knocks == 2 + counted


@rule(16, 17, 18, 19)
@pytest.mark.parametrize(
    "event",
    [
        damage(1, player("a9@1", FAR), player("a1@1", FAR), 50),
        damage(1, player("x1@9", FAR), player("a1@1", FAR), 50),
        knock(1, player("x1@9", FAR), player("a1@1", FAR)),
        kill(1, player("a1@1", FAR), player("x1@9", FAR)),
        kill(1, player("x1@", FAR), player("a1@1", FAR)),
    ],
    ids=["friendly damage", "damage by an outsider", "knock by an outsider", "kill of an outsider", "kill by no team"],
)
def test_event_that_is_not_counted_leaves_no_trace(event: Wire) -> None:
    first, last = knock(0, "a1@1", "b1@2"), knock(2, "a1@1", "b2@2")
    assert the_fight(first, event, last) == the_fight(first, last)


@rule(17)
def test_damage_counts_for_attacker_and_victim_below_0_too() -> None:
    hits = [damage(1, "a1@1", "b1@2", hp) for hp in (30, 0, -5)]
    fight = the_fight(knock(0, "a1@1", "b1@2"), *hits, knock(2, "a1@1", "b1@2"))
    dealt, taken = participant(fight, "a1").damage_dealt, participant(fight, "b1").damage_taken
    assert (dealt, taken, fight.total_damage) == (25, 25, 25)


@rule(17)
def test_damage_of_0_makes_participants() -> None:
    fight = the_fight(knock(0, "a1@1", "b1@2"), damage(1, "a9@1", "b9@2", 0), knock(2, "a1@1", "b1@2"))
    assert names(fight) == ["a1", "b1", "a9", "b9"]


@rule(18)
@pytest.mark.parametrize("attacker", ["a1", "a2"], ids=["by a friend", "by themselves"])
def test_knock_within_a_team_counts(attacker: str) -> None:
    within = knock(1, f"{attacker}@1", "a2@1")
    fight = the_fight(knock(0, "b1@2", "a3@1"), within, knock(2, "b1@2", "a3@1"))
    assert fight.total_knocks == 3
    assert participant(fight, attacker).knocks_dealt == 1
    assert participant(fight, "a2").was_knocked


@rule(18)
def test_last_knock_in_file_order_is_the_one_that_stays() -> None:
    fight = the_fight(knock(1, "a1@1", "b1@2"), knock(0, "a1@1", "b1@2"))
    assert participant(fight, "b1").knocked_at == at(0)


@rule(19)
@pytest.mark.parametrize("finisher", ["a1", "a2"], ids=["team kill", "suicide"])
def test_kill_within_a_team_counts(finisher: str) -> None:
    within = kill(1, f"{finisher}@1", "a2@1")
    fight = the_fight(knock(0, "b1@2", "a3@1"), within, knock(2, "b1@2", "a3@1"))
    assert fight.total_kills == 1
    assert participant(fight, finisher).kills_dealt == 1
    assert participant(fight, "a2").was_killed


@rule(19)
def test_death_within_a_team_is_a_death_of_the_team() -> None:
    suicides = [kill(1, "a1@1", "a1@1"), kill(1, "a2@1", "a2@1")]
    fight = the_fight(knock(0, "b1@2", "a3@1"), *suicides, knock(2, "b1@2", "a3@1"))
    assert (fight.outcome, fight.loser_team_id) == (Outcome.DECISIVE_WIN, 1)


@rule(19)
def test_last_kill_in_file_order_is_the_one_that_stays() -> None:
    fight = the_fight(kill(1, "a1@1", "b1@2"), kill(0, "a1@1", "b1@2"))
    assert participant(fight, "b1").killed_at == at(0)


@rule(19)
def test_death_without_finisher_is_not_seen() -> None:
    zone_death = kill(1, "a1@1", "b1@2") | {"finisher": None, "killer": player("a1@1")}
    fight = the_fight(knock(0, "a1@1", "b1@2"), zone_death, knock(2, "a1@1", "b2@2"))
    assert not participant(fight, "b1").was_killed


def nameless(team: int, name: Wire) -> Wire:
    return {"teamId": team, "accountId": "account.?", "location": {"x": 500, "y": 500, "z": 500}} | name


no_name = pytest.mark.parametrize("name", [{}, {"name": None}, {"name": ""}], ids=["missing", "null", "empty"])


@rule(20)
@no_name
def test_nameless_attacker_gets_no_knock_but_the_victim_was_knocked(name: Wire) -> None:
    fight = the_fight(knock(0, "a1@1", "b1@2"), knock(1, nameless(1, name), "b2@2"))
    assert names(fight) == ["a1", "b1", "b2"]
    assert fight.total_knocks == 1
    assert participant(fight, "b2").was_knocked


@rule(20)
@no_name
def test_kill_by_a_nameless_finisher_goes_to_nobody_but_the_death_counts(name: Wire) -> None:
    fight = the_fight(knock(0, "a1@1", "b1@2"), kill(1, nameless(1, name), "b1@2"))
    assert (fight.total_kills, fight.loser_team_id) == (0, 2)


@rule(20)
@no_name
def test_damage_to_a_nameless_victim_counts_for_the_attacker(name: Wire) -> None:
    hit = damage(1, "a1@1", nameless(2, name), 50)
    fight = the_fight(knock(0, "a1@1", "b1@2"), hit, knock(2, "a1@1", "b1@2"))
    assert (participant(fight, "a1").damage_dealt, fight.total_damage) == (50, 50)


@rule(20)
@no_name
def test_nameless_side_adds_no_position(name: Wire) -> None:
    fight = the_fight(knock(0, "a1@1", "b1@2"), knock(1, nameless(1, name), "b1@2"))
    assert (fight.fight_center_x, fight.fight_spread_radius) == (0, 0)


@rule(21)
def test_players_of_one_name_are_one_even_across_teams_and_in_the_last_team() -> None:
    fight = the_fight(knock(0, "a1@1", "x@2"), knock(1, "a1@1", "x@3"))
    assert names(fight) == ["a1", "x"]
    assert participant(fight, "x").team_id == 3
    assert fight.team_ids == [1, 3]


@rule(21)
@pytest.mark.parametrize("account", ["account.new", None])
def test_account_is_that_of_the_last_counted_event(account: str | None) -> None:
    later = player("a1@1") | {"accountId": account}
    fight = the_fight(knock(0, "a1@1", "b1@2"), knock(1, later, "b1@2"))
    assert participant(fight, "a1").player_account_id == account


@rule(21)
def test_team_figures_go_to_the_team_that_the_event_names() -> None:
    as_2, as_3 = damage(0, "x@2", "a1@1", 500), [knock(1, "a1@1", "x@3"), knock(2, "a1@1", "x@3")]
    assert the_fight(as_2, *as_3).primary_team_1 == 2


@rule(16, 21)
def test_participants_are_in_file_order_actor_before_victim() -> None:
    assert names(the_fight(knock(1, "c1@1", "b1@2"), knock(0, "b2@2", "a1@1"))) == ["c1", "b1", "b2", "a1"]


@rule(21, 22)
def test_position_is_the_mean_over_every_role_in_every_event() -> None:
    fight = the_fight(
        knock(0, player("a1@1", (0, 10, 7)), "b1@2"),
        knock(1, "b1@2", player("a1@1", (10, 30, 7))),
        knock(2, "b1@2", player("a1@1", None)),
        knock(3, "b1@2", player("a1@1", (80, 80, 7))),
    )
    a1 = participant(fight, "a1")
    assert (a1.position_center_x, a1.position_center_y) == (30 * METRE, 40 * METRE)


@rule(22)
def test_position_of_a_player_without_locations_is_null() -> None:
    unseen = player("a1@1", None)
    a1 = participant(the_fight(knock(0, unseen, "b1@2"), knock(1, unseen, "b1@2")), "a1")
    assert (a1.position_center_x, a1.position_center_y) == (None, None)


@rule(22)
def test_sums_run_in_file_order_without_rounding() -> None:
    hits = [damage(3 - number, "a1@1", "b1@2", number / 10) for number in (1, 2, 3)]
    fight = the_fight(knock(0, "a1@1", "b1@2"), *hits, knock(3, "a1@1", "b1@2"))
    assert (0.1 + 0.2) + 0.3 != (0.3 + 0.2) + 0.1
    assert participant(fight, "a1").damage_dealt == (0.1 + 0.2) + 0.3


@rule(23)
@pytest.mark.parametrize(("hp", "ranking"), [(99.9, (1, 2)), (100, (1, 2)), (100.1, (2, 1))])
def test_score_is_3_a_kill_2_a_knock_1_per_100_damage_and_a_tie_goes_to_the_lower_id(
    hp: float, ranking: tuple[int, int]
) -> None:
    fight = the_fight(kill(0, "a1@1", "b1@2"), knock(1, "b2@2", "a1@1"), damage(2, "b2@2", "a1@1", hp))
    assert (fight.primary_team_1, fight.primary_team_2) == ranking


@rule(23)
def test_teams_behind_the_first_two_are_third_parties_by_falling_score() -> None:
    order = ["d1@4", "d1@4", "d1@4", "b1@2", "b1@2", "c1@3"]
    fight = the_fight(*(knock(0, attacker, "a1@1") for attacker in order))
    assert (fight.primary_team_1, fight.primary_team_2, fight.third_party_teams) == (4, 2, [3, 1])


@rule(23)
def test_two_teams_have_no_third_parties() -> None:
    assert the_fight(knock(0, "a1@1", "b1@2"), knock(1, "a1@1", "b1@2")).third_party_teams is None


@rule(23)
def test_ranking_includes_teams_that_are_dropped_as_npcs() -> None:
    fight = the_fight(knock(0, "Guard@2", "a1@1"), knock(1, "Guard@2", "a1@1"))
    assert (fight.primary_team_1, fight.primary_team_2, fight.team_ids) == (2, 1, [1])


@rule(24)
@pytest.mark.parametrize(
    ("team", "survivor", "outcome"),
    [
        (2, None, Outcome.DECISIVE_WIN),
        (2, "b2", Outcome.DRAW),
        (2, "Guard", Outcome.DRAW),
        (0, None, Outcome.DRAW),
    ],
    ids=["all killed", "one lives", "an NPC lives", "team 0"],
)
def test_team_of_which_all_that_were_seen_are_killed_is_eliminated(
    team: int, survivor: str | None, outcome: Outcome
) -> None:
    hits = [damage(1, f"{survivor}@{team}", "a1@1")] if survivor else []
    fight = the_fight(knock(0, "a1@1", f"b1@{team}"), *hits, kill(2, "a1@1", f"b1@{team}"))
    assert fight.outcome == outcome


@rule(24)
def test_players_are_killed_for_their_final_team() -> None:
    fight = the_fight(
        knock(0, "a1@1", "x@2"), kill(1, "a1@1", "x@2"), damage(2, "b1@2", "a1@1"), damage(3, "x@3", "a1@1")
    )
    assert fight.team_ids == [1, 2, 3]
    # Team 3 is eliminated, and has no death itself; of those still standing, 1 has the kill and 2 the death.
    assert (fight.outcome, fight.winning_team_id, fight.loser_team_id) == (Outcome.THIRD_PARTY, 1, 2)


@rule(25)
def test_centre_is_the_mean_and_spread_the_largest_3d_distance_from_it() -> None:
    # The mean is (10, 20, 30) m, from which (12, 21, 32) m is 3 m away: sqrt(4 + 1 + 4).
    fight = the_fight(
        knock(0, player("a1@1", (12, 21, 32)), player("b1@2", (8, 19, 28))),
        knock(1, player("a1@1", (11, 20, 30)), player("b1@2", (9, 20, 30))),
    )
    assert (fight.fight_center_x, fight.fight_center_y) == (10 * METRE, 20 * METRE)
    assert fight.fight_spread_radius == 3


@rule(25)
def test_centre_and_spread_are_null_without_positions() -> None:
    sides = player("a1@1", None), player("b1@2", None)
    fight = the_fight(knock(0, *sides), knock(1, *sides))
    assert (fight.fight_center_x, fight.fight_center_y, fight.fight_spread_radius) == (None, None, None)


@rule(26)
@pytest.mark.parametrize("name", [*NPC_NAMES, "ai_7", "AI_7", "Ai_", "aI_Guard"])
def test_npcs_are_no_participants(name: str) -> None:
    fight = the_fight(knock(0, "a1@1", f"{name}@2"), knock(1, "a1@1", f"{name}@2"))
    assert (names(fight), fight.team_ids) == (["a1"], [1])


@rule(26)
@pytest.mark.parametrize("name", ["guard", "Guards", " Guard", "ai.7", "xai_7", "ai"])
def test_names_that_only_look_like_an_npc_stay(name: str) -> None:
    assert name in names(the_fight(knock(0, "a1@1", f"{name}@2"), knock(1, "a1@1", f"{name}@2")))


@rule(26)
def test_account_of_a_bot_does_not_make_an_npc() -> None:
    bot = player("b1@2") | {"accountId": "ai.7", "type": "user_ai"}
    assert names(the_fight(knock(0, "a1@1", bot), knock(1, "a1@1", bot))) == ["a1", "b1"]


@rule(26)
def test_figures_keep_the_npcs_in() -> None:
    guard = player("Guard@2", (10, 0, 0))
    fight = the_fight(knock(0, guard, "a1@1"), damage(1, guard, "a1@1", 40), kill(2, guard, "a1@1"))
    assert (fight.total_knocks, fight.total_kills, fight.total_damage) == (1, 1, 40)
    assert (fight.fight_center_x, fight.fight_spread_radius) == (5 * METRE, 5)


@rule(26)
def test_team_ids_ascend() -> None:
    assert the_fight(knock(0, "i1@9", "b1@2"), knock(1, "i1@9", "e1@5")).team_ids == [2, 5, 9]


@rule(27)
def test_totals_are_sums_over_all_teams() -> None:
    fight = the_fight(
        knock(0, "a1@1", "b1@2"),
        knock(1, "b1@2", "c1@3"),
        kill(2, "c1@3", "a1@1"),
        damage(3, "a1@1", "b1@2", 10),
        damage(4, "b1@2", "c1@3", 20),
        damage(5, "c1@3", "a1@1", 40),
    )
    assert (fight.total_knocks, fight.total_kills, fight.total_damage, fight.total_damage_events) == (2, 1, 70, 3)


@rule(27)
def test_damage_events_are_the_own_ones_alone() -> None:
    far = damage(1, player("b2@2", FAR), player("c1@3", FAR), 10)
    fight = the_fight(
        knock(0, "a1@1", "b1@2"),
        far,
        damage(2, "a1@1", "b1@2", 0),
        damage(3, "a1@1", "b1@2", 5),
        knock(4, "a1@1", "c1@3"),
    )
    assert (fight.total_damage, fight.total_damage_events) == (15, 1)


# Is it a fight?


@rule(28)
@pytest.mark.parametrize("casualties", [(knock, knock), (knock, kill), (kill, kill), (kill, knock, kill)])
def test_two_casualties_make_a_fight(casualties: tuple[Callable[[float, str, str], Wire], ...]) -> None:
    fight = the_fight(*(casualty(0, "a1@1", "b1@2") for casualty in casualties))
    assert fight.fight_reason == f"Multiple casualties ({len(casualties)} knocks/kills)"


def exchange(*hp: float) -> list[Wire]:
    """Make hits in which team 1 deals the first number of HP to team 2, that the next to the next, and so on round."""
    teams = range(1, len(hp) + 1)
    return [damage(0, f"p{team}@{team}", f"p{team % len(hp) + 1}@{team % len(hp) + 1}", hp[team - 1]) for team in teams]


@rule(29)
def test_one_kill_is_no_fight_whatever_the_resistance() -> None:
    assert detect(*exchange(500, 500), kill(1, "p1@1", "p2@2")) == []


@rule(30)
@pytest.mark.parametrize(("hp", "number_of_fights"), [((75, 75), 1), ((75, 74.99), 0), ((50, 50, 50), 1)])
def test_damage_limit_is_inclusive_at_150_in_total(hp: tuple[float, ...], number_of_fights: int) -> None:
    assert len(detect(*exchange(*hp))) == number_of_fights


@rule(30)
@pytest.mark.parametrize(
    ("hp", "number_of_fights"), [((800, 200), 1), ((200, 800), 1), ((800.01, 199.99), 0), ((400, 400, 199.99), 0)]
)
def test_share_limit_is_inclusive_at_20_percent_of_each_team(hp: tuple[float, ...], number_of_fights: int) -> None:
    assert len(detect(*exchange(*hp))) == number_of_fights


@rule(30)
def test_damage_by_one_team_alone_is_no_fight() -> None:
    assert detect(damage(0, "p1@1", "p2@2", 500)) == []


@rule(30)
def test_listed_team_that_dealt_no_damage_prevents_a_damage_fight() -> None:
    assert detect(*exchange(100, 100), damage(1, "p1@1", "p3@3", 1)) == []


@rule(30)
def test_dealing_team_that_is_not_listed_prevents_a_damage_fight() -> None:
    assert detect(damage(0, "a1@1", "Guard@2", 100), damage(0, "Guard@2", "a1@1", 100)) == []


@rule(30)
@pytest.mark.parametrize(("hp", "written"), [(75.5, "150"), (76.5, "152"), (75.51, "151")])
def test_reason_has_the_damage_rounded_half_to_even(hp: float, written: str) -> None:
    assert the_fight(*exchange(75, hp)).fight_reason == f"Sustained reciprocal damage ({written} total)"


@rule(30)
@pytest.mark.parametrize(("large_hit_at", "number_of_fights"), [(0, 0), (2, 1)])
def test_damage_of_a_team_is_summed_in_time_order(large_hit_at: float, number_of_fights: int) -> None:
    # Eight hits of 2**-48 are lost one by one beside a hit of nearly 100, but not if they are summed before it.
    small, large = 2.0**-48, 100 - 8 * 2.0**-48
    assert (large + small, large + 8 * small) == (large, 100)
    hits = [damage(1, "a1@1", "b1@2", small)] * 8
    large_hit = damage(large_hit_at, "a1@1", "b1@2", large)
    in_file_order = [*hits, large_hit] if large_hit_at == 0 else [large_hit, *hits]
    assert len(detect(*in_file_order, damage(3, "b1@2", "a1@1", 50))) == number_of_fights


@rule(30)
@pytest.mark.parametrize(("order", "number_of_fights"), [((0, 1, 2), 1), ((0, 2, 1), 0)])
def test_total_is_summed_in_order_of_the_teams_first_damage(order: tuple[int, ...], number_of_fights: int) -> None:
    # In doubles, (50 + (50 - u)) + (50 - 2 u) is 150, and (50 + (50 - 2 u)) + (50 - u) is less.
    unit = 2.0**-47
    hp = [50 - number * unit for number in order]
    assert ((hp[0] + hp[1]) + hp[2] == 150) == bool(number_of_fights)
    assert len(detect(*exchange(*hp))) == number_of_fights


@rule(31)
@pytest.mark.parametrize(
    ("hp", "number_of_fights"), [((75, 75), 1), ((75, 1_000), 1), ((75, 74.99), 0), ((74.99, 75), 0)]
)
def test_damage_limit_around_a_single_knock_is_inclusive_at_75_of_each_team(
    hp: tuple[float, ...], number_of_fights: int
) -> None:
    reasons = [fight.fight_reason for fight in detect(*exchange(*hp), knock(1, "p1@1", "p2@2"))]
    assert reasons == ["Single knock with reciprocal damage (all teams ≥75 damage)"] * number_of_fights


@rule(31)
def test_single_knock_with_damage_by_one_team_is_no_fight() -> None:
    assert detect(damage(0, "p1@1", "p2@2", 500), knock(1, "p1@1", "p2@2")) == []


@rule(31)
def test_listed_team_that_dealt_no_damage_prevents_a_single_knock_fight() -> None:
    assert detect(*exchange(100, 100), knock(1, "p1@1", "p3@3")) == []


@rule(30, 31)
@pytest.mark.parametrize("knocks", [[], [knock(1, "a1@1", "Guard@2")]], ids=["no knock", "a knock"])
def test_damage_by_the_only_listed_team_is_no_fight(knocks: list[Wire]) -> None:
    assert detect(damage(0, "a1@1", "Guard@2", 500), *knocks) == []


@rule(32)
@pytest.mark.parametrize("events", [[], [knock(0, "a1@1", "b1@2")], exchange(10, 10)], ids=["nothing", "knock", "hits"])
def test_everything_else_is_no_fight(events: list[Wire]) -> None:
    assert detect(*events) == []


# Outcome


@rule(33)
def test_loser_has_the_most_deaths_even_if_another_team_is_eliminated() -> None:
    fight = the_fight(
        kill(0, "a1@1", "b1@2"), kill(1, "a1@1", "b2@2"), damage(2, "b3@2", "a1@1"), kill(3, "a1@1", "c1@3")
    )
    assert fight.team_outcomes == {1: TeamOutcome.WON, 2: TeamOutcome.LOST, 3: TeamOutcome.DRAW}
    assert (fight.outcome, fight.winning_team_id, fight.loser_team_id) == (Outcome.THIRD_PARTY, 1, 2)


@rule(33)
def test_of_teams_with_equal_deaths_the_lowest_id_loses() -> None:
    assert the_fight(kill(0, "a1@1", "c1@3"), kill(1, "a1@1", "b1@2")).loser_team_id == 2


@rule(33)
@pytest.mark.parametrize(
    ("events", "winner"),
    [
        ([kill(1, "b1@2", "a2@1"), knock(1, "a1@1", "b1@2"), knock(1, "a1@1", "b1@2")], 2),
        ([knock(1, "b1@2", "a1@1"), knock(1, "b1@2", "a1@1"), damage(1, "a1@1", "b1@2", 900)], 2),
        ([knock(1, "a1@1", "b1@2"), knock(1, "b1@2", "a1@1"), damage(1, "b1@2", "a1@1", 9)], 2),
        ([knock(1, "a1@1", "b1@2"), knock(1, "b1@2", "a1@1")], 1),
    ],
    ids=["kills", "then knocks", "then damage", "then the lowest id"],
)
def test_winner_is_the_strongest_team_that_is_not_eliminated(events: list[Wire], winner: int) -> None:
    eliminated = [damage(0, "c1@3", "a1@1"), damage(0, "c1@3", "b1@2", 500), kill(1, "c1@3", "c1@3")]
    assert the_fight(*eliminated, *events).winning_team_id == winner


@rule(33)
def test_nobody_wins_where_all_teams_are_eliminated() -> None:
    fight = the_fight(kill(0, "a1@1", "b1@2"), kill(1, "b1@2", "a1@1"))
    assert (fight.outcome, fight.winning_team_id, fight.loser_team_id) == (Outcome.DECISIVE_WIN, None, 1)
    assert fight.team_outcomes == {1: TeamOutcome.LOST, 2: TeamOutcome.DRAW}


@rule(33)
def test_winner_and_loser_may_be_one_team_which_has_lost() -> None:
    fight = the_fight(kill(0, "b1@2", "a1@1"), kill(1, "b1@2", "a2@1"), kill(2, "a3@1", "b1@2"))
    assert (fight.winning_team_id, fight.loser_team_id) == (1, 1)
    assert fight.team_outcomes == {1: TeamOutcome.LOST, 2: TeamOutcome.DRAW}


@rule(33)
def test_elimination_of_a_team_that_is_not_listed_does_not_count() -> None:
    fight = the_fight(kill(0, "a1@1", "Guard@2"), kill(1, "a1@1", "Soldier@2"))
    assert (fight.outcome, fight.team_outcomes) == (Outcome.DRAW, {1: TeamOutcome.DRAW})


def battle(*deaths: int) -> list[Wire]:
    """Make a fight in which the teams from 1 on have so many deaths each, and nobody is eliminated."""
    casualties = [
        kill(1, f"p{team % len(deaths) + 1}@{team % len(deaths) + 1}", f"dead{team}.{number}@{team}")
        for team, of_team in enumerate(deaths, start=1)
        for number in range(of_team)
    ]
    return [*exchange(*(1 for _ in deaths)), *casualties]


@rule(34)
@pytest.mark.parametrize(
    ("deaths", "outcome", "winner", "loser"),
    [
        ((0, 2), Outcome.DECISIVE_WIN, 1, 2),
        ((3, 1), Outcome.DECISIVE_WIN, 2, 1),
        ((1, 2), Outcome.MARGINAL_WIN, 1, 2),
        ((3, 2), Outcome.MARGINAL_WIN, 2, 1),
        ((0, 0, 2), Outcome.THIRD_PARTY, 1, 3),
        ((2, 2, 0), Outcome.THIRD_PARTY, 3, 1),
        ((1, 2, 1), Outcome.THIRD_PARTY, 1, 2),
    ],
)
def test_lead_in_deaths_decides_without_an_elimination(
    deaths: tuple[int, ...], outcome: Outcome, winner: int, loser: int
) -> None:
    fight = the_fight(*battle(*deaths))
    assert (fight.outcome, fight.winning_team_id, fight.loser_team_id) == (outcome, winner, loser)
    draws = dict.fromkeys(range(1, len(deaths) + 1), TeamOutcome.DRAW)
    assert fight.team_outcomes == draws | {winner: TeamOutcome.WON, loser: TeamOutcome.LOST}


@rule(34)
@pytest.mark.parametrize("deaths", [(1, 1), (2, 2), (1, 1, 0), (2, 2, 2)])
def test_no_lead_or_a_lead_of_a_single_death_is_a_draw(deaths: tuple[int, ...]) -> None:
    fight = the_fight(*battle(*deaths))
    assert (fight.outcome, fight.winning_team_id, fight.loser_team_id) == (Outcome.DRAW, None, None)
    assert set(fight.team_outcomes.values()) == {TeamOutcome.DRAW}


@rule(35)
def test_survived_is_not_killed_in_the_window() -> None:
    killed_later = kill(60, "a1@1", "b1@2")
    fight = the_fight(knock(0, "a1@1", "b1@2"), kill(1, "a1@1", "b2@2"), killed_later)
    assert [one.player_name for one in fight.participants if one.survived] == ["a1", "b1"]


# Where v2 would have failed outright


@rule(36)
@pytest.mark.parametrize(
    "location",
    [
        {"x": 1, "y": 2},
        {"x": None, "y": 2, "z": 3},
        {"x": 1, "y": "2", "z": 3},
        {"x": 1, "y": 2, "z": True},
        {"x": float("nan"), "y": 2, "z": 3},
        {"x": [1], "y": 2, "z": 3},
        {},
        [1, 2, 3],
        "here",
    ],
)
def test_location_without_three_numbers_is_none(location: object) -> None:
    lost = player("a1@1") | {"location": location}
    a1 = participant(the_fight(knock(0, lost, "b1@2"), knock(1, lost, "b1@2")), "a1")
    assert (a1.position_center_x, a1.position_center_y) == (None, None)


@rule(37)
@pytest.mark.parametrize("hp", [None, True, "50", float("nan"), [50]])
def test_damage_that_is_no_number_is_0(hp: object) -> None:
    odd = damage(1, "a1@1", "b9@2") | {"damage": hp}
    fight = the_fight(knock(0, "a1@1", "b1@2"), odd, knock(2, "a1@1", "b1@2"))
    assert (fight.total_damage, fight.total_damage_events) == (0, 0)
    assert "b9" in names(fight)


@rule(37)
def test_time_without_a_zone_is_utc() -> None:
    fight = the_fight(knock(0, "a1@1", "b1@2") | {"_D": "2025-07-12T17:00:00"}, knock(1, "a1@1", "b1@2"))
    assert fight.fight_start_time == START


@rule(37)
@pytest.mark.parametrize("team", ["2", True, float("nan"), 2.5, [2], {}])
def test_team_id_of_the_wrong_type_is_absent(team: object) -> None:
    assert detect(knock(0, "a1@1", "b1@2"), knock(1, "a1@1", player("b2@2") | {"teamId": team})) == []


@rule(37)
def test_name_of_the_wrong_type_is_absent() -> None:
    fight = the_fight(knock(0, "a1@1", "b1@2"), knock(1, "a1@1", player("b2@2") | {"name": 5}))
    assert names(fight) == ["a1", "b1"]


@rule(37)
def test_array_element_that_is_no_object_is_skipped() -> None:
    first, last = knock(0, "a1@1", "b1@2"), knock(1, "a1@1", "b1@2")
    assert the_fight(None, first, 1, "event", [], last) == the_fight(first, last)


@rule(38)
def test_npcs_among_themselves_are_no_fight() -> None:
    assert detect(knock(0, "Guard@1", "Soldier@2"), knock(1, "Guard@1", "ai_7@2")) == []


def test_every_rule_is_claimed_by_a_test() -> None:
    assert set(range(1, 39)) == CLAIMED
