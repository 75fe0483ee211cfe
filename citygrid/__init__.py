"""The door: command line and settings."""
