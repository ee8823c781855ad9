"""From the files in which hotlists come to entries: pure, and described by data."""
