"""Scenarios are run by ``run.py``, not collected; the tests here are of the tools that run them."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
collect_ignore = [p.name for p in HERE.glob("*.py") if not p.name.startswith("test_") and p.stem != "page"]
