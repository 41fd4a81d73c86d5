"""Set-up of all tests: chance is the same in every run, nothing is kept in a cache, a busy machine fails nothing.

`HYPOTHESIS_PROFILE=searching` lets hypothesis look elsewhere each time.
"""

from __future__ import annotations

import os

from hypothesis import settings

# tests of the cache name a folder of their own
os.environ["BESPONSA_PA_CACHE"] = "off"

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("searching", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))
