"""Tags of the queries app."""
