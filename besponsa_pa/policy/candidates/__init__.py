"""The values worth trying for each fact of a policy: few enough to read, enough to meet every limit on both sides.

The way through: `clauses` takes the expressions of a policy apart, `limits` finds by bisection where each of them
changes its answer, `lists` builds lists of entries from that, `searching` puts the candidates of all facts together.
"""

from besponsa_pa.policy.candidates.candidate import Candidate, Outcome, Outcomes
from besponsa_pa.policy.candidates.searching import outcomes
from besponsa_pa.policy.candidates.trying import candidates

__all__ = ["Candidate", "Outcome", "Outcomes", "candidates", "outcomes"]
