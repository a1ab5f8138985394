"""The store's classes are what the call engine's and the web's ports ask for."""

import inspect
from pathlib import Path

import pytest

from app.calls import ports
from app.store.db import Database
from app.store.journal import Journal
from app.store.repositories.accounts import Accounts
from app.store.repositories.configurations import Configurations
from app.store.repositories.flow_logs import FlowLogs
from app.store.repositories.flows import Flows
from app.store.repositories.records import Records
from app.store.repositories.resources import ResourceMap

pytestmark = pytest.mark.contract


def test_every_port_has_its_adapter(db: Database, tmp_path: Path) -> None:
    journal = Journal.open(db, tmp_path / "journal")
    try:
        as_journal: ports.Journal = journal
        as_records: ports.Records = Records(db)
        as_configurations: ports.Configurations = Configurations(db)
        as_accounts: ports.Accounts = Accounts(db)
        as_flows: ports.FlowStore = Flows(db)
        as_logs: ports.FlowLogs = FlowLogs(db)
        as_map: ports.ResourceMap = ResourceMap(db)
        adapters = {
            ports.Journal: as_journal,
            ports.Records: as_records,
            ports.Configurations: as_configurations,
            ports.Accounts: as_accounts,
            ports.FlowStore: as_flows,
            ports.FlowLogs: as_logs,
            ports.ResourceMap: as_map,
        }
        for port, adapter in adapters.items():
            for name, wanted in inspect.getmembers(port, inspect.isfunction):
                if name.startswith("_"):
                    continue
                asked = list(inspect.signature(wanted).parameters)
                offered = list(inspect.signature(getattr(type(adapter), name)).parameters)
                assert offered[: len(asked)] == asked, f"{port.__name__}.{name}"
    finally:
        journal.close()
