"""Policies: as written, as loaded with their imports, and as checked."""
