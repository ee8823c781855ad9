"""One module a command of `platewarden`."""
