"""Team fights, fight participants and player profiles from PUBG telemetry, as Dagster assets."""
