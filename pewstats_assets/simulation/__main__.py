"""`python -m pewstats_assets.simulation FOLDER`: write the sample. Seasons come from `pewstats simulate`."""

import argparse
from pathlib import Path

from pewstats_assets.simulation.sample import write_sample


def main() -> None:
    """Read the argument and write the files."""
    parser = argparse.ArgumentParser(prog="python -m pewstats_assets.simulation", description=__doc__)
    parser.add_argument("folder", type=Path, help="where to write, e.g. data/sample")
    write_sample(parser.parse_args().folder)


if __name__ == "__main__":
    main()
