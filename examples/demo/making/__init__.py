"""How the demonstration city was made: its ground, names, devices and people, all from one seed."""
