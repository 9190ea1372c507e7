"""What is drawn of a fight: what its figures are made of, and nothing else."""

import pytest

from pewstats_assets.drawing.scene import Link, Scene, scene_of
from pewstats_assets_tests.drawing.examples import NO_POSITIONS, example, positions, revive
from pewstats_assets_tests.fights.events import damage, kill, knock, player


def scene(*events: object, seen: tuple[tuple[float, str, float, float], ...] = ()) -> Scene:
    made = example(*events)
    (fight,) = made.match.fights
    return scene_of(fight, made.combat, positions(*seen) if seen else NO_POSITIONS)


def numbers(of: Scene) -> dict[str, int]:
    return {player_.participant.player_name: player_.number for player_ in of.players}


def test_damage_between_two_players_is_one_link() -> None:
    drawn = scene(
        damage(0, "a@1", "b@2", 30.0), damage(5, "a@1", "b@2", 12.5), damage(6, "b@2", "a@1", 7.0),
        knock(8, "a@1", "b@2"), kill(9, "a@1", "b@2"),
    )  # fmt: skip
    assert numbers(drawn) == {"a": 1, "b": 2}
    assert drawn.links == [Link(1, 2, 42.5), Link(2, 1, 7.0)]
    assert drawn.damage == [(0.0, 1, 30.0), (5.0, 1, 12.5), (6.0, 2, 7.0)]
    assert [(moment.seconds, moment.kind, moment.team, moment.actor, moment.victim) for moment in drawn.moments] == [
        (8.0, "knock", 1, 1, 2),
        (9.0, "kill", 1, 1, 2),
    ]


def test_what_happened_within_a_team_is_drawn_as_it_counts() -> None:
    drawn = scene(
        damage(0, "a@1", "b@2", 30.0), damage(1, "b@2", "c@2", 50.0), knock(2, "b@2", "c@2"), revive(3, "b@2", "c@2"),
        knock(8, "a@1", "b@2"), kill(9, "a@1", "b@2"),
    )  # fmt: skip
    assert [(link.actor, link.victim) for link in drawn.links] == [(1, 2)]
    assert [(moment.kind, moment.team, moment.victim) for moment in drawn.moments] == [
        ("knock", 2, 3),
        ("revive", 2, 3),
        ("knock", 1, 2),
        ("kill", 1, 2),
    ]


def test_what_happened_outside_of_the_window_or_to_other_teams_is_not_drawn() -> None:
    fight = [knock(100, "a@1", "b@2"), kill(109, "a@1", "b@2")]
    others = [damage(104, "x@8", "y@9", 5.0), damage(105, "a@1", "y@9", 0.0)]
    before_and_after = [revive(99, "a@1", "c@1"), revive(110, "a@1", "c@1")]
    drawn = scene(*before_and_after, *others, *fight)
    assert drawn.links == []
    assert [moment.kind for moment in drawn.moments] == ["knock", "kill"]


def test_an_npc_is_no_participant_and_has_no_number() -> None:
    drawn = scene(
        damage(0, "Guard@2", "a@1", 30.0), knock(1, "Guard@2", "a@1"), knock(2, "a@1", "b@2"), kill(3, "a@1", "b@2")
    )
    assert set(numbers(drawn)) == {"a", "b"}
    assert drawn.links == []
    assert (drawn.moments[0].actor, drawn.moments[0].victim) == (None, 1)
    assert drawn.damage == [(0.0, 2, 30.0)]


def test_a_way_is_by_time_whoever_tells_the_place() -> None:
    there = player("a@1", (10.0, 20.0, 0.0)), player("b@2", (50.0, 60.0, 0.0))
    drawn = scene(
        damage(4, *there, 5.0), knock(6, *there), kill(9, *there),
        seen=((5, "a", 12, 22), (8, "a", 14, 24), (20, "a", 99, 99), (3, "a", 98, 98), (7, "stranger", 1, 1)),
    )  # fmt: skip
    a, b = drawn.players
    assert a.track == [(10.0, 20.0), (12.0, 22.0), (10.0, 20.0), (14.0, 24.0), (10.0, 20.0)]
    assert a.place == (10.0, 20.0)  # the mean of what the ruleset saw, as in the warehouse
    assert b.track == [(50.0, 60.0)]


@pytest.mark.parametrize("place", [None, (3e4, 0.0, 0.0), (0.0, -1e300, 0.0)])
def test_a_place_that_no_map_has_is_none(place: tuple[float, float, float] | None) -> None:
    there = player("a@1", place), player("b@2", (50.0, 60.0, 0.0))
    a, b = scene(damage(0, *there, 5.0), knock(6, *there), kill(9, *there)).players
    assert (a.place, a.track) == (None, [])
    assert b.place == (50.0, 60.0)


def test_teams_are_in_order_of_their_score() -> None:
    drawn = scene(
        damage(0, "c@3", "a@1", 1.0), knock(1, "b@2", "a@1"), kill(2, "b@2", "a@1"), damage(3, "d@4", "b@2", 80.0)
    )
    assert drawn.teams == [2, 4, 3, 1]


def test_what_ended_a_players_part_is_the_kill_or_the_last_knock() -> None:
    drawn = scene(
        knock(0, "a@1", "b@2"), revive(1, "c@2", "b@2"), knock(2, "d@1", "b@2"), knock(3, "a@1", "c@2"),
        kill(4, "d@1", "c@2"),
    )  # fmt: skip
    by_name = {player_.participant.player_name: drawn.fall_of(player_) for player_ in drawn.players}
    fall = by_name["b"]
    assert fall is not None
    assert (fall.kind, fall.seconds) == ("knock", 2.0)
    fall = by_name["c"]
    assert fall is not None
    assert (fall.kind, fall.seconds) == ("kill", 4.0)
    assert by_name["a"] is None
