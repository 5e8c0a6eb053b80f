"""How things look: sinks of events, tables, log lines, problems."""
