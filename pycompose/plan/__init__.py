"""From a Project and a Snapshot to the steps that make one the other; pure."""
