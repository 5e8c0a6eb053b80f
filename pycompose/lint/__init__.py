"""Known traps in valid Compose files: a table of rules, and what they find.

In come a loaded project, the files it was read from and a look at the disk; out go findings, each
with its place. Nothing here reads a file, and what a file says is never refused, only remarked on.
"""
