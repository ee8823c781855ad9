"""How the recognition models are made: rendered plates, photographs, training, evaluation, export."""
