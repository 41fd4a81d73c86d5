"""One file for each engine: how it says the nine criteria, and how it is used where it is quickest."""
