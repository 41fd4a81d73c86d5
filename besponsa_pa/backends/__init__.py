"""What a compiled policy becomes elsewhere: SQL for databases. Nothing in the core imports these."""
