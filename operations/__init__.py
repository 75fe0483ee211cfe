"""The operations centre: read model, live feed, API, pages."""
