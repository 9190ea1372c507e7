"""`pewstats`: what a person does outside the UI.

Only the conversation is here: arguments, progress, tables, exit codes. The work is done by the rooms, and a command
imports only those it needs, when it runs: Dagster alone takes longer to load than most commands take to run.

A command lives in the module of its name, a group of commands in that of the group's, and `root` lists them: a new one
is a module and a line there. `terminal` and `batches` are what they share.
"""

from pewstats_assets.cli.root import main

__all__ = ["main"]
