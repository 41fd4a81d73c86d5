"""An entry under `accept` that accepts nothing: found once all other rules have looked (`lint.acceptance`)."""

from __future__ import annotations

from besponsa_pa.policy.lint.rule import Rule

RULE = Rule("unused-acceptance", "W714", lambda _: ())
