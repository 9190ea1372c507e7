"""What must hold in the warehouse: the catalogue of rules, the judging of batches by them, and the page about both.

Here: every rule, with the SQL of the rows that break it, and nothing that changes a row. Not here: who is told
(checks and command line), and the constraints themselves (see the migrations).
"""

from pewstats_assets.warehouse.integrity.judge import Finding, judge, together
from pewstats_assets.warehouse.integrity.rules import RULES, Rule, Severity

__all__ = ["RULES", "Finding", "Rule", "Severity", "judge", "together"]
