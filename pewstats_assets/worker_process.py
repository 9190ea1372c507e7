"""What a process that works for a run imports before anything else: it shares the cores with others of its kind.

polars reads the setting when it is imported, and its idle threads spin: two processes with two threads each decode at
half the speed of two with one.
"""

import os

os.environ["POLARS_MAX_THREADS"] = "1"
