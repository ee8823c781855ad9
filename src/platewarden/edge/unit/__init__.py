"""A mobile unit: the list on board, where the car is, and the page for those who sit in it."""
