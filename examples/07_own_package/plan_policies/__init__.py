"""Coverage policies of a plan; there is no code here."""
