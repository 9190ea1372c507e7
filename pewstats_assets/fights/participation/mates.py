"""Team mates of participants, by rosters and by who takes part."""

from dataclasses import dataclass

from pewstats_assets.fights.participation.cast import Cast
from pewstats_assets.fights.participation.ordered import Numbers


@dataclass(frozen=True, slots=True)
class Mates:
    """The team mates of participants, one after the other, by participant.

    Attributes:
        participant: the number of a participant.
        player: the number of a player who is a team mate.
    """

    participant: Numbers
    player: Numbers


def mates_of(cast: Cast) -> Mates:
    """List each participant's team mates, by rosters and by who takes part."""
    participant, mate = cast.members.of_teams(cast.participants["team"].to_numpy())
    is_other = mate != cast.participants["player"].to_numpy()[participant]
    return Mates(participant[is_other], mate[is_other])
