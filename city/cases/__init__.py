"""What becomes of findings and reports: incidents, who is sent, what closes them. One district is one value, changed by `decide`."""
