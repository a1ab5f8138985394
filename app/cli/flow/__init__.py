"""`flow`: contact flows, from an export to a published version. One file a command; naming it here makes it one."""

from app.cli.flow import (
    check,
    convert,
    explore,
    export,
    import_,
    list_,
    logs,
    publish,
    resources,
    rollback,
    run,
    test,
    versions,
)
from app.cli.flow.group import group

__all__ = [
    "check",
    "convert",
    "explore",
    "export",
    "group",
    "import_",
    "list_",
    "logs",
    "publish",
    "resources",
    "rollback",
    "run",
    "test",
    "versions",
]
