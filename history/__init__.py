"""What was: windows, late readings and incidents, kept for queries."""
