"""`python -m citygrid` is the command `citygrid`."""

from citygrid.main import main

main()
