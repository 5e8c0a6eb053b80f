"""Nodes to the model: `project` is the stage, the rest are its tables."""
