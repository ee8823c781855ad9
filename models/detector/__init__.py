"""The plate detector: how its samples are made, how it is trained, exported and measured. See CARD.md."""
