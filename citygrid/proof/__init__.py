"""The proof: load, one fault after another, and an independent recomputation of what should have come out."""
