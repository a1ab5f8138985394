"""Settings of the instance: names with a JSON value each."""

import uuid
from typing import Any

from app.store.db import Database
from app.store.models.configuration import Setting
from app.store.repositories.rows import upsert

INSTANCE_ID, INSTANCE_NAME, COUNTRY = "instance_id", "instance_name", "country"
LISTEN_WITHOUT_RECORDING = "listen_without_recording"
"""True: supervisors may listen to contacts that are not recorded too."""
CALLS_OUT_AT_ONCE, CALLS_OUT_A_DAY = "calls_out_at_once", "calls_out_a_day"
"""Whole numbers: how many calls to outside numbers may go on at a time, and go out in a day."""
DESTINATIONS = "destinations"
"""E.164 prefixes, a list: what may be called besides the numbers of the instance's country."""


class Settings:
    """Reads and writes settings. Names are the caller's; `instance_id`, `instance_name` and `country` shape the instance."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def get(self, key: str, default: Any = None) -> Any:
        return await self._db.read(get_setting, key, default)

    async def put(self, key: str, value: Any) -> None:
        await self._db.run(put_setting, key, value)

    async def put_if_absent(self, key: str, value: Any) -> Any:
        """Keeps the value unless there is one; the value that holds now."""
        return await self._db.run(_put_if_absent, key, value)


def get_setting(key: str, default: Any = None) -> Any:
    row = Setting.get_or_none(Setting.key == key)
    return default if row is None else row.value


def put_setting(key: str, value: Any) -> None:
    upsert(Setting, {"key": key}, {"value": value})


def instance_id() -> str:
    """The id of this instance, chosen when it is first asked for."""
    return str(_put_if_absent(INSTANCE_ID, str(uuid.uuid4())))


def _put_if_absent(key: str, value: Any) -> Any:
    Setting.insert(key=key, value=value).on_conflict_ignore().execute()
    return Setting.get_by_id(key).value
