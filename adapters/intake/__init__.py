"""Reports as the outside world sends them, translated into the one shape that opens a case."""
