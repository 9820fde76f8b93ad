"""Prints the folders of this Python's package tensorflow, as JSON on one line, without importing it."""

import sys

# The current folder is not part of this Python's installation.
if sys.path[:1] == [""]:
    del sys.path[0]

import importlib.util
import json

try:
    spec = importlib.util.find_spec("tensorflow")
except (ImportError, ValueError):
    spec = None
folders = list(spec.submodule_search_locations or []) if spec else []
print(json.dumps({"python": sys.executable, "folders": folders}))
