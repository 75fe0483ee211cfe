"""What the city means: windows, rules, findings, cases, dispatch, clocks. Pure."""
