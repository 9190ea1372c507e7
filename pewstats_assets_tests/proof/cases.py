"""Figures of short samples of a league beside the truth: the rates of the same players in all of its other matches.

A case is one figure of one player in one sample. The truth is not exact, for the rest of the league has an end: with a
rest of n times the sample it varies by 1/n of what the sample does, so that intervals of 90 % that are right cover it
in 2 * Phi(1.645 / sqrt(1 + 1/n)) - 1: 88.5 % for n = 11, 87.9 % for n = 9.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl
import psycopg

from pewstats_assets.profiles.figures import FIGURES
from pewstats_assets.profiles.populations import SUM_COLUMNS, PlayerSums, describe_figure, figure_of_players

_SUMS: Final = f"""
SELECT batch, player_account_id, half, {", ".join(f"sum({column})::float8 AS {column}" for column in SUM_COLUMNS)}
FROM player_profile_sums
GROUP BY batch, player_account_id, half
ORDER BY batch, player_account_id, half
"""

#: One row per case. `truth_trials`: what the truth is based on.
CASES: Final = pl.Schema(
    {
        "sample": pl.Int64(),
        "kind": pl.String(),
        "figure": pl.String(),
        "player_account_id": pl.String(),
        "fights": pl.Float64(),
        "trials": pl.Float64(),
        "value": pl.Float64(),
        "low": pl.Float64(),
        "high": pl.Float64(),
        "shrunk": pl.Float64(),
        "shrunk_low": pl.Float64(),
        "shrunk_high": pl.Float64(),
        "is_finding": pl.Boolean(),
        "truth": pl.Float64(),
        "truth_trials": pl.Float64(),
    }
)


def read_sums(connection: psycopg.Connection) -> pl.DataFrame:
    """The profile sums of all batches: one row per batch, player and half, with the sums that figures are made of."""
    rows = connection.execute(_SUMS.encode())
    names = [column.name for column in rows.description or ()]
    return pl.DataFrame(rows.fetchall(), schema=names, orient="row", infer_schema_length=None)


def cases_of(sums: pl.DataFrame, *, are_alike: bool = False) -> pl.DataFrame:
    """Take every batch for a sample, with a population of its own, and all the others for the truth about it.

    Args:
        sums: as `read_sums` gives them.
        are_alike: whether the players do not differ: then the truth is the same for all, and what all of them did in
            all matches says it.

    Returns:
        The columns of `CASES`. There is no case without trials in the sample and in the rest.
    """
    columns = list(SUM_COLUMNS)
    numbered = sums.with_columns(sample=pl.col("batch").rank("dense").cast(pl.Int64))
    everything = numbered.group_by("player_account_id").agg(pl.col(columns).sum())
    frames: list[pl.DataFrame] = []
    for sample in numbered["sample"].unique().sort():
        players = PlayerSums(numbered.filter(pl.col("sample") == sample))
        accounts = pl.DataFrame({"player_account_id": players.accounts})
        if are_alike:
            truth = accounts.join(everything.select(pl.col(columns).sum()), how="cross")
        else:
            truth = accounts.join(everything, on="player_account_id", how="left", maintain_order="left")
            truth = truth.with_columns(truth[name] - players.total(name) for name in columns)
        frames += _cases_of_sample(sample, players, truth)
    cases = pl.concat(frames).fill_nan(None)
    return cases.filter(pl.col("trials") > 0, pl.col("truth").is_not_null())


def _cases_of_sample(sample: int, players: PlayerSums, truth: pl.DataFrame) -> Iterator[pl.DataFrame]:
    for figure in FIGURES:
        population = describe_figure(figure, players)
        found = figure_of_players(figure, players.halves(figure).players(), players.fights, population)
        trials = truth[figure.trials].to_numpy()
        total = truth.select(pl.sum_horizontal(figure.total)).to_series().to_numpy()
        of_players = pl.DataFrame(
            {
                "player_account_id": players.accounts,
                "fights": players.fights,
                **{name: getattr(found, name) for name in ("trials", "value", "low", "high")},
                **{name: getattr(found, name) for name in ("shrunk", "shrunk_low", "shrunk_high")},
                "truth": np.divide(total, trials, out=np.full_like(total, np.nan), where=trials > 0),
                "truth_trials": trials,
            }
        )
        of_figure = pl.lit(sample), pl.lit(figure.kind), pl.lit(figure.name), pl.lit(population.min_trials is not None)
        named = zip(("sample", "kind", "figure", "is_finding"), of_figure, strict=True)
        yield of_players.with_columns(value.alias(name) for name, value in named).select(CASES.names()).cast(CASES)


def describe(cases: pl.DataFrame, *by: str) -> pl.DataFrame:
    """How often the intervals cover the truth, and the squared error of shrunk values over that of raw ones."""
    truth = pl.col("truth")

    def covered(low: str, high: str) -> pl.Expr:
        return truth.is_between(pl.col(low), pl.col(high)).mean()

    def error(of: str) -> pl.Expr:
        # Where the population is too small to say anything, nothing is shrunk.
        return ((pl.col(of) - truth) ** 2).filter(pl.col("shrunk").is_not_null()).mean()

    return (
        cases.group_by(by)
        .agg(
            cases=pl.len(),
            trials=pl.col("trials").mean(),
            covered=covered("low", "high"),
            covered_shrunk=covered("shrunk_low", "shrunk_high"),
            error_ratio=error("shrunk") / error("value"),
            findings=pl.col("is_finding").mean(),
        )
        .sort(by)
    )
