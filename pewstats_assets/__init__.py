"""Team fights, fight participants and player profiles from PUBG telemetry, as Dagster assets."""

import warnings

# Three of Dagster's interfaces that we use are not final. Its version is pinned to the letter, so that a change of them
# cannot surprise anybody, and the tests run all; nobody else has to read about them at every start.
warnings.filterwarnings("ignore", message="Parameter `backfill_policy` of function `asset` is currently in beta")
warnings.filterwarnings("ignore", message="Parameter `owners` of .* is currently in beta")
warnings.filterwarnings("ignore", message="Specifying a partitions_def on an AssetCheckSpec is currently in preview")
