"""Sealed images: keys kept outside the database, images encrypted under their day."""
