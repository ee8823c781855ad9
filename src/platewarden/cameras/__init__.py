"""The register of cameras and the statements that let them submit reads (CAP-1, CAP-5)."""
