"""Who may do what to which table: the grants and row level security of each migration.

A migration that adds a table ends with `secure(...)` for it, so no table is ever without a rule.
Both roles are group roles without login; `transaction()` takes one of them for its duration.

Frozen: a revision must do the same on every machine for ever, so the statements made here never
change (a test holds them). A new rule is a new function beside these.
"""

from __future__ import annotations

ROLES = """
DO $$
DECLARE role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['legends_member', 'legends_worker'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN NOBYPASSRLS', role_name);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;  -- another database of this cluster was faster
            END;
        END IF;
        EXECUTE format('GRANT %I TO CURRENT_USER', role_name);
        EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', role_name);
    END LOOP;
END $$
"""


def secure(table: str, *, member: str = "", worker: str = "", tenant: bool = True) -> list[str]:
    """The statements that open `table` to the two roles.

    `member` and `worker` are privilege lists (`SELECT, INSERT`); empty = none at all. `tenant`:
    the table has a company and is under forced row level security, the member's role within the
    transaction's company, the worker's role across all.
    """
    statements = []
    for role, privileges in (("legends_member", member), ("legends_worker", worker)):
        if privileges:
            statements.append(f"GRANT {privileges} ON {table} TO {role}")
    if tenant:
        own = "company_id = current_setting('app.company_id', true)"
        statements += [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY own ON {table} TO legends_member USING ({own}) WITH CHECK ({own})",
            f"CREATE POLICY all_rows ON {table} TO legends_worker USING (true) WITH CHECK (true)",
        ]
    return statements
