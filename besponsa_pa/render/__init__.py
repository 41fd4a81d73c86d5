"""What goes out: determinations, policies and diagnostics as text for people and as data for programs.

Pure functions: data in, text out. Whoever calls them knows the terminal, its width and whether it has colours.
"""
