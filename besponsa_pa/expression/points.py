"""Points of intervals: minimum, maximum, successor, predecessor, and the bounds of an interval (CQL 1.5, Interval)."""
