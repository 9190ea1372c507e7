"""Who may do what: three roles that nobody logs in with, made to be granted to the users that do.

A role is of the whole server, so its name begins with that of the warehouse: `pewstats_owner`, which may change the
schema, `pewstats_writer`, which may change rows, and `pewstats_reader`, of the database `pewstats` and of Dagster's
beside it. Two warehouses on one server have roles of their own. Who may not make roles works as before, without them.
"""

from contextlib import suppress
from dataclasses import asdict, astuple, dataclass
from typing import Final

import psycopg
from psycopg import errors, sql
from psycopg.rows import class_row

#: PostgreSQL cuts longer names off.
_MAX_NAME_BYTES: Final = 63
_LONGEST_SUFFIX: Final = "_writer"
#: Only one process at a time grants in a database.
_LOCK: Final = "SELECT pg_advisory_xact_lock(7397828702)"
_IS_THERE: Final = "SELECT FROM pg_roles WHERE rolname = %s"
_HAS_ROLE: Final = "SELECT pg_has_role(%s, 'USAGE')"
_USER: Final = "SELECT current_user"

# Sequences that belong to a column follow their table; what extensions made is theirs.
_OBJECTS: Final = """
SELECT
    CASE WHEN relkind IN ('r', 'p') THEN 'TABLE' WHEN relkind = 'v' THEN 'VIEW' ELSE 'MATERIALIZED VIEW' END AS kind,
    oid::regclass::text AS name, relowner = %(owner)s::regrole AS is_owners, pg_has_role(relowner, 'USAGE') AS is_ours
FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
UNION ALL
SELECT 'ROUTINE', oid::regprocedure::text, proowner = %(owner)s::regrole, pg_has_role(proowner, 'USAGE')
FROM pg_proc
WHERE pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
"""
_OWNER: Final = "ALTER {kind} {thing} OWNER TO {owner}"
_OF_OWNER: Final = (
    "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {owner}",
    "GRANT USAGE, CREATE ON SCHEMA public TO {owner}",
)
_OF_SCHEMA: Final = (
    "GRANT CONNECT ON DATABASE {database} TO {reader}, {writer}",
    # Players are compared in a temporary table.
    "GRANT TEMPORARY ON DATABASE {database} TO {writer}",
    "GRANT USAGE ON SCHEMA public TO {reader}, {writer}",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {writer}",
)
_OF_TABLE: Final = (
    "GRANT SELECT ON {thing} TO {reader}, {writer}",
    "GRANT INSERT, UPDATE, DELETE ON {thing} TO {writer}",
)
#: What the schema is, only its owner says.
_REVISION: Final = "alembic_version"
_OF_REVISION: Final = (
    "GRANT SELECT ON {thing} TO {reader}, {writer}",
    "REVOKE INSERT, UPDATE, DELETE ON {thing} FROM {writer}",
)
#: Of what will be made, by this user or by the owner.
_OF_LATER_TABLES: Final = (
    "ALTER DEFAULT PRIVILEGES {of}IN SCHEMA public GRANT SELECT ON TABLES TO {reader}, {writer}",
    "ALTER DEFAULT PRIVILEGES {of}IN SCHEMA public GRANT INSERT, UPDATE, DELETE ON TABLES TO {writer}",
    "ALTER DEFAULT PRIVILEGES {of}IN SCHEMA public GRANT USAGE ON SEQUENCES TO {writer}",
)


@dataclass(frozen=True, slots=True)
class Roles:
    """The names of a warehouse's roles."""

    owner: str
    writer: str
    reader: str


def roles_of(database: str) -> Roles:
    """Return the names of a warehouse's roles; of a name that is too long, its beginning."""
    stem = database.encode()[: _MAX_NAME_BYTES - len(_LONGEST_SUFFIX)].decode(errors="ignore")
    return Roles(f"{stem}_owner", f"{stem}_writer", f"{stem}_reader")


def set_up(connection: psycopg.Connection, warehouse: str) -> None:
    """Make the roles that are missing, if the user may, and give each what it may do in this database.

    All tables, views and functions in the schema `public` become the owner's. It can be done again: what is as it must
    be stays so. What the user may not do is left out, see `lacking`.

    Args:
        connection: to the warehouse, or to Dagster's database; the caller commits.
        warehouse: name of the warehouse's database.
    """
    connection.execute(_LOCK)
    roles = roles_of(warehouse)
    for role in astuple(roles):
        if not _is_there(connection, role):
            # Another process may be faster.
            with suppress(errors.DuplicateObject, errors.UniqueViolation):
                _try(connection, "CREATE ROLE {role} NOLOGIN", role=role)
    names = asdict(roles) | {"database": connection.info.dbname}
    if _is_there(connection, roles.owner):
        _give_to_owner(connection, roles, names)
    if _is_there(connection, roles.writer) and _is_there(connection, roles.reader):
        _grant(connection, roles, names)


def lacking(connection: psycopg.Connection, warehouse: str) -> list[str]:
    """Return what has to be run by somebody who may make roles, before `set_up` can give them all; mostly nothing."""
    roles = roles_of(warehouse)
    there = [role for role in astuple(roles) if _is_there(connection, role)]
    statements = [
        sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)) for role in astuple(roles) if role not in there
    ]
    if not any(_has_role(connection, role) for role in there):
        (user,) = connection.execute(_USER).fetchone() or ("",)
        statements.append(sql.SQL("GRANT {} TO {}").format(sql.Identifier(roles.owner), sql.Identifier(user)))
    elif not statements:
        statements = [
            thing.formatted(_OWNER, owner=roles.owner) for thing in _objects(connection, roles) if not thing.is_owners
        ]
    return [statement.as_string(connection) for statement in statements]


@dataclass(frozen=True, slots=True)
class _Object:
    """A table, a view or a function; `is_ours` says whether the user may give it away."""

    kind: str
    name: str
    is_owners: bool
    is_ours: bool

    def formatted(self, statement: str, **names: str) -> sql.Composed:
        # Kind and name come from the catalogue, the name quoted.
        return _formatted(statement, **names, kind=sql.SQL(self.kind), thing=sql.SQL(self.name))


def _objects(connection: psycopg.Connection, roles: Roles) -> list[_Object]:
    with connection.cursor(row_factory=class_row(_Object)) as cursor:
        owner = sql.Identifier(roles.owner).as_string(connection)
        return cursor.execute(_OBJECTS, {"owner": owner}).fetchall()


def _give_to_owner(connection: psycopg.Connection, roles: Roles, names: dict[str, str]) -> None:
    """Let the owner own what is in the schema, and this user be one of those who do."""
    if not _has_role(connection, roles.owner):
        _try(connection, "GRANT {owner} TO CURRENT_USER", **names)
    if not _has_role(connection, roles.owner):
        return
    for statement in (*_OF_OWNER, *(later.replace("{of}", "FOR ROLE {owner} ") for later in _OF_LATER_TABLES)):
        _try(connection, statement, **names)
    for thing in _objects(connection, roles):
        if thing.is_ours and not thing.is_owners:
            _try(connection, thing.formatted(_OWNER, owner=roles.owner))


def _grant(connection: psycopg.Connection, roles: Roles, names: dict[str, str]) -> None:
    for statement in (*_OF_SCHEMA, *(later.replace("{of}", "") for later in _OF_LATER_TABLES)):
        _try(connection, statement, **names)
    for thing in _objects(connection, roles):
        if thing.is_ours and thing.kind != "ROUTINE":
            for statement in _OF_TABLE if thing.name != _REVISION else _OF_REVISION:
                _try(connection, thing.formatted(statement, **names))


def _is_there(connection: psycopg.Connection, role: str) -> bool:
    return connection.execute(_IS_THERE, (role,)).fetchone() is not None


def _has_role(connection: psycopg.Connection, role: str) -> bool:
    return connection.execute(_HAS_ROLE, (role,)).fetchone() == (True,)


def _try(connection: psycopg.Connection, statement: str | sql.Composed, **names: str) -> None:
    """Execute what the user may not be allowed to do: then it is not done."""
    composed = _formatted(statement, **names) if isinstance(statement, str) else statement
    with suppress(errors.InsufficientPrivilege), connection.transaction():
        connection.execute(composed)


def _formatted(statement: str, **names: str | sql.SQL) -> sql.Composed:
    return sql.SQL(statement).format(
        **{name: sql.Identifier(value) if isinstance(value, str) else value for name, value in names.items()}
    )
