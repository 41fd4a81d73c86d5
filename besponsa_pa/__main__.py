"""`python -m besponsa_pa` is the command `besponsa-pa`."""

import sys

from besponsa_pa.cli import main

if __name__ == "__main__":
    sys.exit(main())
