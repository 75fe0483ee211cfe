"""Everything of one installation on this machine, under one supervisor."""
