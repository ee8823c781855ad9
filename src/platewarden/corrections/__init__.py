"""What follows from false hits: their rates, suppressed entries, correction notices, residents' complaints (HIT-3)."""
