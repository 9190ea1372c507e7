"""What the fights of a batch add to players' profiles: sums only, so that a profile never has to read fights again."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from pewstats_assets.profiles.frames import PLAYER_KEY, PLAYER_NAMES, PLAYER_SUMS, FightsOfBatch, ProfileSums
from pewstats_assets.profiles.squads import finishes_of, sum_squads

_BOT_ACCOUNT: Final = "ai."
#: Limits of the range bands (m) and of the phases: where the second and the third of each begins.
_MEDIUM_RANGE_M: Final = 25.0
_LONG_RANGE_M: Final = 100.0
_MIDDLE_PHASE: Final = 3
_LATE_PHASE: Final = 6
#: No fight has so many HP, metres or metres per second: what a broken file says must not overflow once it is squared.
_MOST: Final = 1e6

_WON: Final = pl.col("team_outcome") == "WON"
_FATES_KNOWN: Final = pl.col("knocks_finished_by_self").is_not_null()
_POSITION_KNOWN: Final = pl.col("is_alone").is_not_null()
_IS_GROUPED: Final = _POSITION_KNOWN & (pl.col("mates_within_25m") > 0)
_DISTANCE: Final = pl.col("first_hit_distance_m")
_PHASE: Final = pl.col("zone_phase")


def sum_profiles(fights: FightsOfBatch) -> ProfileSums:
    """Sum the fights of a batch per player, name and squad.

    Players are account ids. Bots (`ai.*`) and whoever has no account are left out. What is not known is in no sum.
    """
    account = pl.col("player_account_id")
    people = fights.participants.filter(account.is_not_null(), account != "", ~account.str.starts_with(_BOT_ACCOUNT))
    return ProfileSums(
        players=_sum_players(people),
        names=_names(people),
        squads=sum_squads(fights.squads, people, fights.knocks),
        finishes=finishes_of(fights.squads, fights.knocks),
    )


def _sum_players(people: pl.DataFrame) -> pl.DataFrame:
    """Sum fights by `PLAYER_KEY`; the name is that of the last fight."""
    half = (pl.col("match_no") % 2).alias("half")
    # Row by row first, then one plain sum of each column: several times as fast as filters within groups.
    rows = people.sort("fight_start_time", maintain_order=True).with_columns(half).select(
        *PLAYER_KEY, "player_name", "fight_start_time", "match_no", *_of_a_fight()
    )  # fmt: skip
    time = pl.col("fight_start_time")
    sums = rows.group_by(PLAYER_KEY, maintain_order=True).agg(
        pl.col("player_name").last(),
        time.first().alias("first_fight_at"),
        time.last().alias("last_fight_at"),
        pl.col("match_no").n_unique().alias("matches"),
        pl.exclude(*PLAYER_KEY, "player_name", "fight_start_time", "match_no").sum(),
    )
    return sums.select(pl.col(name).cast(dtype) for name, dtype in PLAYER_SUMS.items()).sort(PLAYER_KEY)


def _of_a_fight() -> Iterator[pl.Expr]:
    """What one fight of a player adds to each sum: a number, a yes, or null if that is not known."""
    yield pl.lit(value=True).alias("fights")
    yield _WON.alias("wins")
    yield (pl.col("team_outcome") == "LOST").alias("losses")
    yield (pl.col("team_outcome") == "DRAW").alias("draws")
    yield pl.col("survived").alias("survivals")
    yield pl.col("was_knocked").alias("fights_knocked")
    yield pl.col("was_killed").alias("deaths")
    for name in ("knocks_dealt", "kills_dealt", "damage_dealt", "damage_taken"):
        yield pl.col(name)
        yield _square(pl.col(name)).alias(f"{name}_squares")
    yield pl.col("damage_to_knocked")

    yield pl.col("enemy_knocks")
    yield pl.when(_FATES_KNOWN).then("enemy_knocks").alias("knocks_fate_known")
    yield pl.col("knocks_finished_by_self", "knocks_finished_by_team", "knocks_finished_by_others")
    yield pl.col("knocks_revived", "knocks_bled_out")
    yield pl.col("knocks_taken")
    yield pl.when(pl.col("knocks_taken_revived").is_not_null()).then("knocks_taken").alias("knocks_taken_fate_known")
    yield pl.col("knocks_taken_revived")
    yield (pl.col("knocks_taken_revived") * pl.col("revived_after_s")).alias("revive_seconds")
    yield pl.col("enemy_knocks_taken", "knocks_taken_traded")
    yield pl.col("trade_opportunities", "trades_by_self", "trades_by_team")
    yield pl.col("dealt_first_hit").is_not_null().alias("first_hits_known")
    yield pl.col("dealt_first_hit").alias("first_hits_dealt")
    yield pl.col("took_first_hit").alias("first_hits_taken")

    dealt = pl.col("damage_dealt")
    yield from _values("focus_share", pl.when(dealt > 0).then(pl.col("focused_damage") / dealt))
    yield from _values("mate_distance", pl.col("mate_distance_mean_m"))
    yield from _values("first_hit_distance", _DISTANCE)
    yield from _values("speed", pl.col("mean_speed_mps"))
    yield from _values("height", pl.col("height_over_opponent_m"))

    yield _POSITION_KNOWN.alias("positions_known")
    yield pl.col("is_alone").alias("isolated")
    yield _IS_GROUPED.alias("grouped")
    yield (_POSITION_KNOWN & ~pl.col("is_alone") & ~_IS_GROUPED).alias("loose")
    yield pl.col("joined_late").is_not_null().alias("joined_late_known")
    yield pl.col("joined_late")
    yield pl.col("in_blue_zone").is_not_null().alias("in_blue_known")
    yield pl.col("in_blue_zone").alias("in_blue")

    for numbers in ("even", "ahead", "behind", "third_party"):
        yield from _fights_and_wins(numbers, pl.col("numbers") == numbers)
    yield from _fights_and_wins("early", _PHASE < _MIDDLE_PHASE)
    yield from _fights_and_wins("middle", _PHASE.is_between(_MIDDLE_PHASE, _LATE_PHASE, closed="left"))
    yield from _fights_and_wins("late", _PHASE >= _LATE_PHASE)
    yield from _fights_and_wins("close", _DISTANCE < _MEDIUM_RANGE_M)
    yield from _fights_and_wins("medium", _DISTANCE.is_between(_MEDIUM_RANGE_M, _LONG_RANGE_M, closed="left"))
    yield from _fights_and_wins("long", _DISTANCE >= _LONG_RANGE_M)


def _values(name: str, value: pl.Expr) -> Iterator[pl.Expr]:
    """A figure that not every fight has: how many have it, the sum, the sum of squares."""
    yield value.is_not_null().alias(f"{name}_count")
    yield value.clip(-_MOST, _MOST).alias(f"{name}_sum")
    yield _square(value).alias(f"{name}_squares")


def _square(value: pl.Expr) -> pl.Expr:
    return value.clip(-_MOST, _MOST) ** 2


def _fights_and_wins(kind: str, is_of_kind: pl.Expr) -> Iterator[pl.Expr]:
    yield is_of_kind.alias(f"fights_{kind}")
    yield (is_of_kind & _WON).alias(f"wins_{kind}")


def _names(people: pl.DataFrame) -> pl.DataFrame:
    time = pl.col("fight_start_time")
    names = people.group_by("player_account_id", "player_name").agg(
        pl.col("match_no").n_unique().alias("matches"),
        time.min().alias("first_seen_at"),
        time.max().alias("last_seen_at"),
    )
    return names.select(pl.col(name).cast(dtype) for name, dtype in PLAYER_NAMES.items()).sort(
        "player_account_id", "player_name"
    )
