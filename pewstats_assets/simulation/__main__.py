"""`python -m pewstats_assets.simulation FOLDER`: write the sample, or with `--matches` a season."""

import argparse
from pathlib import Path

from pewstats_assets.simulation.sample import SAMPLE_SEED, simulate_season, write_sample


def main() -> None:
    """Read the arguments and write the files."""
    parser = argparse.ArgumentParser(prog="python -m pewstats_assets.simulation", description=__doc__)
    parser.add_argument("folder", type=Path, help="where to write, e.g. data/sample")
    parser.add_argument("--matches", type=int, help="write a season of so many matches instead of the sample")
    parser.add_argument("--seed", type=int, default=SAMPLE_SEED, help="which season (default: %(default)s)")
    arguments = parser.parse_args()
    if arguments.matches is None:
        write_sample(arguments.folder)
    else:
        simulate_season(arguments.matches, arguments.seed, arguments.folder)


if __name__ == "__main__":
    main()
