"""Random matches: what is computed for all at once is what a plain replay of each player gives, and adds up."""

from typing import Any, Final

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pewstats_assets_tests.fights.events import Place, Wire, damage, kill, knock, player
from pewstats_assets_tests.fights.participation.examples import decode, described, numbered, revive, roster, seen
from pewstats_assets_tests.fights.participation.reference import Reference

few = settings(max_examples=25, deadline=None)

#: Times and places are few, so that they meet; gaps are about the limits of 3, 5, 10 and 15 s.
times: Final = st.integers(0, 80).map(lambda halves: halves / 2)
names: Final = st.sampled_from(["a@1", "b@1", "c@1", "d@2", "e@2", "f@2", "g@3", "h@3"])
places: Final = st.none() | st.tuples(*[st.sampled_from([0.0, 3.0, 40.0, 99.0, 900.0])] * 3)
numbers: Final = st.sampled_from([None, -1, 1, 2, 3, 4, 5, 6])


def made(kind: Any, time: float, sides: tuple[str, str], where: tuple[Place | None, Place | None]) -> Wire:
    """Make an event of its kind, time, sides, and the places of both."""
    event: Wire = kind(time, *(player(name, place) for name, place in zip(sides, where, strict=True)))
    return event


sides: Final = st.tuples(names, names)
where: Final = st.tuples(places, places)
events: Final = st.one_of(
    st.builds(made, st.sampled_from([damage, damage, knock, knock, kill]), times, sides, where),
    st.builds(made, st.just(revive), times, sides, where),
    st.builds(
        lambda *given, health: seen(*given, health=health), times, names, places, health=st.sampled_from([0, 100])
    ),
)
matches: Final = st.lists(
    st.builds(lambda event, number: event | numbered(number), events, numbers), min_size=8, max_size=45
)
rosters: Final = st.sampled_from([(), ("a@1", "b@1", "c@1", "d@2", "e@2", "f@2"), ("a@1", "n@1", "d@2", "o@2")])

INVARIANTS: Final = {
    "damage is of whom it went to": (
        (pl.col("damage_to_standing") + pl.col("damage_to_knocked") - pl.col("damage_dealt")).abs() < 1e-9
    ),
    "fates are of knocks": pl.sum_horizontal(
        "knocks_finished_by_self",
        "knocks_finished_by_team",
        "knocks_finished_by_others",
        "knocks_revived",
        "knocks_bled_out",
        ignore_nulls=False,
    )
    <= pl.col("enemy_knocks"),
    "knocks of enemies are knocks": pl.col("enemy_knocks") <= pl.col("knocks_dealt"),
    "who was knocked took knocks": (pl.col("knocks_taken") > 0) == pl.col("was_knocked"),
    "knocks by enemies are knocks": pl.col("enemy_knocks_taken") <= pl.col("knocks_taken"),
    "revives are of knocks": pl.col("knocks_taken_revived") <= pl.col("knocks_taken"),
    "trades are of opportunities": (
        pl.col("trades_by_self") + pl.col("trades_by_team") <= pl.col("trade_opportunities")
    ),
    "traded knocks are knocks": pl.col("knocks_taken_traded") <= pl.col("enemy_knocks_taken"),
    "focused damage is damage": pl.col("focused_damage") <= pl.col("damage_dealt") + 1e-9,
    "the first hit was dealt or taken": ~(pl.col("dealt_first_hit") & pl.col("took_first_hit")),
    "mates are counted by rising distance": (
        (pl.col("mates_within_25m") <= pl.col("mates_within_50m"))
        & (pl.col("mates_within_50m") <= pl.col("mates_within_100m"))
    ),
    "who is alone has no mates nearby": pl.col("is_alone") == (pl.col("mates_within_100m") == 0),
    "who stands is one of the team": pl.col("team_standing") >= 0,
    "who fights nobody has no numbers": pl.col("enemies_standing") >= 0,
}


@few
@given(matches, rosters)
def test_everybody_fought_as_a_plain_replay_says(match: list[Wire], squads: tuple[str, ...]) -> None:
    telemetry = decode(*roster(*squads), *match)
    (found,), details = described(telemetry)
    reference = Reference(telemetry)
    fighting = {str(who.player_account_id) for fight in found.fights for who in fight.participants}
    rows = iter(details.participants.to_dicts())
    for fight in found.fights:
        expected = reference.describe(fight, fighting)
        for who in fight.participants:
            row = next(rows)
            told = expected[str(who.player_account_id)]
            assert {name: row[name] for name in told} == {
                name: pytest.approx(value) if isinstance(value, float) else value for name, value in told.items()
            }, who.player_name


@few
@given(matches, rosters)
def test_figures_add_up(match: list[Wire], squads: tuple[str, ...]) -> None:
    (found,), details = described(decode(*roster(*squads), *match))
    of_rules = [
        {name: getattr(who, name) for name in ("damage_dealt", "knocks_dealt", "was_knocked")}
        for fight in found.fights
        for who in fight.participants
    ]
    schema = {"damage_dealt": pl.Float64(), "knocks_dealt": pl.Int64(), "was_knocked": pl.Boolean()}
    participants = pl.concat([details.participants, pl.DataFrame(of_rules, schema=schema)], how="horizontal")
    broken = [name for name, holds in INVARIANTS.items() if not participants.select(holds.all()).item()]
    assert broken == []


@few
@given(st.lists(matches, min_size=2, max_size=3))
def test_matches_do_not_know_of_each_other(several: list[list[Wire]]) -> None:
    telemetry = [decode(*match) for match in several]
    _, together = described(*telemetry)
    for number, one in enumerate(telemetry, start=1):
        _, alone = described(one)
        for frame in ("participants", "knocks", "squads"):
            own = getattr(together.of_matches({number}), frame).with_columns(match_no=pl.lit(1, pl.Int64))
            assert own.equals(getattr(alone, frame)), frame
