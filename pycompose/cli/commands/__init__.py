"""One module a command: its signature, its help, one call into `pycompose.app`."""
