"""`python -m tokviz` does what the command `tokviz` does."""

import sys

from tokviz.command_line import main

if __name__ == "__main__":
    sys.exit(main())
