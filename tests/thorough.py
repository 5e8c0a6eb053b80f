"""How much the tests try: a part, chosen by a seed, or everything (`scripts/soak` asks for that).

PYCOMPOSE_TEST_EXAMPLES is the number of generated projects of each law; PYCOMPOSE_TEST_ALL=1 lets
each request of a command meet each fault; PYCOMPOSE_TEST_SEED chooses other parts and projects.
"""

from __future__ import annotations

import os
import random

EXAMPLES = int(os.environ.get("PYCOMPOSE_TEST_EXAMPLES") or 30)
ALL = os.environ.get("PYCOMPOSE_TEST_ALL", "") not in ("", "0")
SEED = os.environ.get("PYCOMPOSE_TEST_SEED") or "1"
PART = 0.3


def chosen(*what: object) -> bool:
    """Tell whether a case is tried in this run; the same ones in every run of a seed."""
    return ALL or random.Random(f"{SEED} {what}").random() < PART
