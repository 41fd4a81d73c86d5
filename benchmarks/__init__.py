"""What the engine costs, in multiples of a known thing measured in the same run."""
