"""One short syntax a module: a node as written in, the long form out; pure."""
