"""Rules at work: each module decides when one kind of rule raises a finding and when it clears."""
