"""Reports: what a hit was and what people made of it, as a document for the case file and for the defence (RPT-1)."""
