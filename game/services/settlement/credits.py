"""What names a referrer besides codes and clicks: tied promo codes, and a creator's decision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from game.rules.facts import Change, Decision, Payment
from game.services.rulesets.charter import Charter
from game.services.settlement.fact_store import Key
from models.session import Transaction, pairs

# One statement for both, each part by its own index.
SAID = """
WITH tied AS (
  SELECT 'tie' AS what, f.company_id, f.subject, f.at, f.value, '' AS payment_id, f.key
  FROM unnest(%(promo_companies)s::text[], %(promos)s::text[]) AS k (company_id, subject)
  JOIN company_fact f USING (company_id, subject) WHERE f.kind = 'promo_tie' AND f.subject <> ''),
decided AS (
  SELECT 'decision', f.company_id, f.subject, f.at, f.value, f.details ->> 'payment_id', f.key
  FROM unnest(%(buyer_companies)s::text[], %(buyers)s::text[]) AS k (company_id, subject)
  JOIN company_fact f USING (company_id, subject) WHERE f.kind = 'credit' AND f.subject <> '')
SELECT * FROM tied UNION ALL SELECT * FROM decided ORDER BY 4, 7
"""


@dataclass(slots=True)
class Credits:
    """What is said of some buyers: ties by company and promo code, the others by their keys."""

    ties: dict[str, dict[str, list[Change]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    decisions: dict[Key, list[Decision]] = field(default_factory=lambda: defaultdict(list))


def load_credits(
    tx: Transaction,
    charters: Mapping[str, Charter],
    payments: Mapping[Key, Iterable[Payment]],
) -> Credits:
    """What is said of these buyers, in one query; in none where no company has anything said.

    `payments` by (company, buyer).
    """
    found = Credits()
    spoken = {key: mine for key, mine in payments.items() if charters[key[0]].has_credits}
    if not spoken:
        return found
    paid = [(company, one) for (company, _), mine in spoken.items() for one in mine]
    promos = pairs({(company, one.promo_code_id) for company, one in paid})
    buyers = pairs(spoken)
    named = {
        "promo_companies": promos[0],
        "promos": promos[1],
        "buyer_companies": buyers[0],
        "buyers": buyers[1],
    }
    for what, company, subject, at, value, payment_id, _ in tx.rows(SAID, named):
        if what == "tie":
            found.ties[company][subject].append(Change(at, value))
        else:
            found.decisions[company, subject].append(Decision(at, value, payment_id))
    return found
