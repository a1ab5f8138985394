"""`python -m app`: the command line."""

import sys

from app import garbage

with garbage.untouched():
    from app.cli.application import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
