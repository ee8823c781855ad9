"""Who is on duty, for which areas, and what they have muted (HIT-1)."""
