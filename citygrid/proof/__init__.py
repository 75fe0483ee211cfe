"""The proof: load, one fault after another, and a judgement that trusts nothing but its own records."""
