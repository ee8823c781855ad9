"""`python -m platewarden` is the command `platewarden`."""

from platewarden.cli import main

main()
