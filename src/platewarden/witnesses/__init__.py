"""Who co-signs checkpoints, how they are asked, and the alarm when what they signed is not what the ledger holds."""
