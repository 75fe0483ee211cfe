"""One file a command; what a command needs of the shells it imports only when it runs."""
