"""The user's files: implements `pycompose.loader.sources`."""
