"""How a city's own files become places, devices and workers: what their columns mean, what is repaired and said, what cannot be taken."""
