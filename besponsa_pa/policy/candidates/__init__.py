"""The values worth trying for each fact of a policy: few enough to read, enough to meet every limit on both sides.

The way through: `clauses` takes the expressions of a policy apart, `limits` finds by bisection where each of them
changes its answer, `varying` looks at all of them for one place, `lists` builds lists of entries from that, `surveying`
goes through all facts. With the candidates of all facts together, `searching` looks at what an expression may come to,
and `reaching` whether any case at all makes it true.
"""

from besponsa_pa.policy.candidates.candidate import Candidate, Outcome, Outcomes
from besponsa_pa.policy.candidates.searching import outcomes
from besponsa_pa.policy.candidates.trying import candidates

__all__ = ["Candidate", "Outcome", "Outcomes", "candidates", "outcomes"]
