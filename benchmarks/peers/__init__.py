"""One policy of nine criteria and ten thousand cases, in this engine and in others, side by side."""
