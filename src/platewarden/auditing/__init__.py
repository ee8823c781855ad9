"""The audit's own reckoning: which searches are drawn, and what about all of them is worth a look. Knows no Django."""
