"""Where things are: place codes, grid cells, areas, lookup, coordinate systems. Pure."""
