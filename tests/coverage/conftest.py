"""The simulation is a command; the tests here run a small part of it."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
collect_ignore = ["simulate.py"]
