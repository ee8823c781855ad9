"""Whether a source still sees what its approved still shows: compared on the box, of which no picture leaves."""
