"""Where the project and its fixtures lie, for tests in rooms of any depth."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "fixtures"
