"""The widget tests share samples and a bare program to stand a widget in."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
