"""The rules, each in a module of its name."""
