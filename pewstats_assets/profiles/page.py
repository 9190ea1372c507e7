"""The page `docs/player-profiles.md`, made of the figures: `python -m pewstats_assets.profiles.page`."""

import sys
from typing import Final

from pewstats_assets.profiles.figures import FIGURES, Figure
from pewstats_assets.profiles.player import LAST_DAYS, LAST_FIGHTS
from pewstats_assets.profiles.playstyle import AXES, STYLES
from pewstats_assets.profiles.reliability import MIN_PLAYERS, MIN_STANDARD_ERRORS

_HEAD: Final = f"""\
# Player profiles: what each figure means, and how sure it is

<!-- Made of the figures by `make docs`. Change pewstats_assets/profiles instead. -->

    .venv/bin/pewstats player Kasumi_77                       # a page of text; --json has all of it
    .venv/bin/pewstats player account.5d1c… --mode squad-fpp --type competitive

Everything is summed per batch (`player_profile_sums`), by account id, map, mode, match type and half of the matches; a
profile adds sums up and never reads an old fight. Names are display only: a renamed player stays one player. Bots have
no profile. A figure whose telemetry says nothing is not counted: it has fewer trials, never a 0.

The asset `player_populations` compares the players of one game mode and match type with each other, daily and at the
end of `pewstats backfill`, by the job `compare_players`. It reads sums only.

## What stands behind a figure

* **value** and **n**: total over trials. Fights won: wins over fights; knocks finished oneself: finishes over knocks.
* **90 % interval** of the value: where the truth is in 9 of 10 cases, by this player's fights alone. Rates: Jeffreys'
  interval; counts: its counterpart of the gamma distribution; means: Student's, from sums of squares.
* **Dispersion**: fights of one match are alike, and some share events, so that 100 fights tell less than 100
  independent ones. How much less, is seen from the two halves of each player's matches (even and odd match numbers):
  what differs between them, over what chance alone would make differ. Intervals are that much wider.
* **likely**: what is most probably true, the value drawn towards the mode's players as far as it may be chance
  (empirical Bayes: beta-binomial, gamma-Poisson, normal). The prior has the players' mean, and their variance, which is
  what the halves have in common (their covariance), plus one standard error. With few fights a player is supposed to be
  like the others; with many only the own fights count. `player_figures` has its 90 % interval, too.
* **percentile**: of 100 players of the mode with enough fights, so many have a lower *likely* value. It says higher or
  lower, not better or worse: ↓ marks figures in which less is better.
* **○, the mark**: too few fights. *Enough* is where the reliability reaches 0.5: from there on a difference between
  players is more theirs than chance's. Reliability after n trials is n / (n + k), the formula of Spearman and Brown, k
  from the correlation of the halves over players with any n; k trials are the minimum, given as the fights that have so
  many. Marked figures have no percentile.
* **○ without a number**: nobody can be told from the others in this figure: the halves have not more in common than
  chance ({MIN_STANDARD_ERRORS:.0f} standard errors), or there are fewer than {MIN_PLAYERS} players with both halves.
* **Lately**: the last {LAST_FIGHTS} fights, and the {LAST_DAYS} days before the player's last fight against everything
  before them. ▲ and ▼: the two intervals do not touch. This alone reads fights: those of the one player in the one
  mode, by index.

"""
_TABLE_HEAD: Final = """\
## The figures

| figure | on the page | unit | better | meaning | trials |
|---|---|---|---|---|---|
"""
_AXES: Final = "\n".join(f"| {axis.name} | {axis.description} |" for axis in AXES)
_STYLES: Final = "\n".join(f"| {style.name} | {style.description} |" for style in STYLES)
_PLAYSTYLE: Final = f"""
## Playstyle

`playstyle_v2` is the class of the earlier system, by fixed thresholds, for comparison: most players fall into one.

**playstyle** is made of five axes, each the percentile of shrunk figures among the players of the mode; the less chance
is in a figure, the more it counts.

| axis | made of |
|---|---|
{_AXES}

The name is that of the most pronounced combination. It leans on aggression and support; who has not the minimum of
fights for one of their figures, has no name: *not enough fights*.

| name | such a player |
|---|---|
{_STYLES}

There are four names, because more do not last. On simulated leagues of 64 and 160 players, of those with 200 fights and
more, two random halves of the fights give the same of these four in 71 to 75 % of cases, a single split of the smaller
league in 65 % at worst; of five or six names in 58 to 70 %. The largest name has 27 to 29 % of the players.

## What is not known

* Who shot better, and who had the better squad, lobby or circle, cannot be told apart: figures are of fights as they
  were. Mates' figures are correlated, and so are those of one player: finding one extreme among 33 is no surprise.
* Intervals tell chance, not change: a player who learns is between the old and the new value.
* The dispersion is one number per mode and figure, the same for all its players.
* Compared are those who play the same mode and match type, whatever the map, the region and the patch.
* Simulated seasons, with true rates that are known, are what intervals and minimums were tried on; what real players
  differ in, only real seasons tell.
"""


def page() -> str:
    """Write the page, in Markdown."""
    rows = "".join(map(_row, FIGURES))
    return f"{_HEAD}{_TABLE_HEAD}{rows}{_PLAYSTYLE}"


def _row(figure: Figure) -> str:
    return (
        f"| `{figure.name}` | {figure.label} | {figure.unit} | {'' if figure.better == 'neither' else figure.better}"
        f" | {figure.description} | `{figure.trials}` |\n"
    )


if __name__ == "__main__":
    sys.stdout.write(page())
