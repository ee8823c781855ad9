"""The weekly review of searches: what is drawn, what stands out, what was found, and what came of it (AUD-1)."""
