"""Other makers' formats: from what a camera pushes to reads in our own form, and back; pure functions of bytes."""
