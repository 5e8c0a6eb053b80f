"""The use cases: one function each, options in, data out, over one `session.Session`."""
