"""Forged and dense matches: bounded in time and memory, and never a row that the warehouse would refuse."""

from pewstats_assets.fights import MatchFights, UndetectedMatch, find_fights
from pewstats_assets_tests.fights.events import Wire, damage, kill, knock, player
from pewstats_assets_tests.fights.participation.examples import decode, described, stacked


def test_thirty_thousand_events_in_one_fight_are_described_whole() -> None:
    """Everybody hits and knocks everybody all the time: what looks at pairs of events would look at a billion."""
    match: list[Wire] = []
    for number in range(10_000):
        one, other = (f"a{number % 4}@1", f"b{number % 3}@2")
        match += [damage(number / 50, one, other), damage(number / 50, other, one), knock(number / 50, one, other)]
    (found,), details = described(decode(*match))
    assert [len(fight.participants) for fight in found.fights] == [7]
    assert details.knocks.height == 10_000
    assert details.participants["enemy_knocks"].sum() == 10_000


def test_match_that_no_memory_has_room_for_is_undetected_in_time() -> None:
    """Two hundred fights at once share a team whose harmless hits are in all of their windows."""
    apart = 1_000.0
    fights = [
        event
        for team in range(2, 202)
        for enemy in [player(f"b{team}@{team}", (team * apart, 0.0, 0.0))]
        for event in (knock(1, player("a@1", None), enemy), kill(40, player("a@1", None), enemy))
    ]
    harmless = [damage(1 + number / 400, "a@1", "b2@2", -1) for number in range(15_000)]
    frames = stacked(decode(*fights, *harmless), decode(*fights[:4]))
    found = find_fights(frames)
    assert [type(match) for match in found.matches] == [UndetectedMatch, MatchFights]
    assert set(found.details.participants["match_no"]) <= {2}
