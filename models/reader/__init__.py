"""The reader: PP-OCRv6's recognition network (Apache-2.0), restricted to plate characters and tuned to US plates."""
