"""The command line: flags in, one use case of `pycompose.app` called, an exit code out.

Nothing heavy is imported before the command that was asked for is known.
"""

DESCRIPTION = "Define and run multi-container applications"
