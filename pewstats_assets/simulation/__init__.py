"""A season of telemetry with known fights, to develop and test against.

Matches are made by rules, not drawn from real files: no real player or match occurs. Knows nothing about the rest of
the project. Deterministic: the same seed gives the same events.

Here are the matches of the sample: scripted, with known fights. Seasons of natural combat are in `season`.

What real telemetry has and tidy telemetry would lack, and the matches (by index) where it occurs:

====================================================  =================
definition first but stamped later, with 7 digits     all
null (or left out: customs) against empty attacker    all
attack id -1; bleeding with attacker == victim        all
hits for nothing on knocked players                   all
shotgun pellets with one attack id                    all
throws are two events, in swapped order               0, 3, 8, and so on
a landing reported twice                              all
last mate falls, the knocked die in that millisecond  all
death without a killer; zone deaths                   all
a type of event that nobody knows                     all
a hard landing: a knock that nobody made              nearly all
logout death, or a deadly fall                        nearly all
a player with a new name (same account)               from 5 on
bots among the players                                official ones
grenade hits several teams and the own one            0, 10
knocker, finisher and killer of three teams           1, 11
run over by a car; own crash                          2, 12
blue-zone grenade with a human attacker               3, 13
knocked by a player, finished by the zone             4, 14
dies of a knock long after the fight                  5, 15
knocked, revived, knocked again                       6, 16
finished by a mate (killer: the enemy who knocked)    7, 17
suicide by the own grenade                            8, 18
an account that no roster knows                       9, 19
====================================================  =================

The twists of the second half repeat every ten matches. They come with an encounter of a certain kind, and a match has
one only if that encounter found its time and place, which it does in all of the sample.
"""

from pewstats_assets.simulation.match import SimulatedMatch, simulate_match
from pewstats_assets.simulation.sample import write_sample
from pewstats_assets.simulation.script import KnownFight

__all__ = ["KnownFight", "SimulatedMatch", "simulate_match", "write_sample"]
