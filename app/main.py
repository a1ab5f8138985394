"""The composition root: the only module that knows every package. Reads from top to bottom as the application starts."""

import asyncio
import contextlib
import signal
import uuid
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import structlog

from app import garbage, logs
from app.calls.engine import Engine
from app.calls.ports import Helpers, LineView
from app.calls.publishing import Publishing
from app.calls.recovery import Recovery
from app.calls.services.service import Service
from app.calls.services.softphones import Softphones
from app.clock import SystemClock
from app.config import Settings
from app.domain.events import Event
from app.domain.ids import NodeName
from app.domain.lines import NetworkSettings, Phone
from app.errors import TrunklineError
from app.integrations.integrations import Integrations
from app.integrations.known import Known, known_names
from app.store.db import Database
from app.store.health import database_view
from app.store.journal import Journal
from app.store.repositories.accounts import Accounts
from app.store.repositories.administration import Administration
from app.store.repositories.audit import AuditLog
from app.store.repositories.configurations import Configurations
from app.store.repositories.flow_logs import FlowLogs
from app.store.repositories.flows import Flows
from app.store.repositories.places import Places
from app.store.repositories.records import Records
from app.store.repositories.resources import ResourceMap
from app.store.repositories.settings import Settings as InstanceSettings
from app.store.repositories.sip import SipConfiguration
from app.telephony.ami import AmiClient, AmiNode
from app.telephony.ari.node import AriNode
from app.telephony.asterisk import AsteriskTelephony, Listener
from app.telephony.dialling import NUMBER, ROBOT
from app.telephony.install import ensure_engine
from app.telephony.node.endpoints import admit_phone, sync_phones
from app.telephony.node.heartbeat import keep_beating
from app.telephony.node.line_watch import LineWatch
from app.telephony.node.provisioning import Provisioned, provision
from app.telephony.node.secrets import NodeSecrets, api_token
from app.telephony.node.supervisor import Supervisor
from app.telephony.speech import SpeechCache, open_engine
from app.turns import Turns
from app.web.server import start_web, tls_context
from app.web.settings import WebSettings

log = structlog.get_logger(__name__)

ARI_USER = "trunkline"
MANAGER_USER = "trunkline"


def network_of(settings: Settings) -> NetworkSettings:
    """Where Asterisk listens, from the installation's settings. BadInput names what does not fit."""
    with_tls = settings.sip_tls_port is not None
    return NetworkSettings(
        sip_port=settings.sip_port,
        sip_tls_port=settings.sip_tls_port,
        tls_certificate=str(settings.tls_certificate or "") if with_tls else "",
        tls_private_key=str(settings.tls_private_key or "") if with_tls else "",
        http_port=settings.http_port,
        ami_port=settings.ami_port,
        ari_port=settings.ari_port,
        rtp_start=settings.rtp_start,
        rtp_end=settings.rtp_end,
        bind_address=settings.bind_address,
        external_address=settings.external_address,
        stun_server=settings.ice.asterisk_asks,
        country=settings.country,
        fallback_wait_s=settings.fallback_wait_s,
        overflow_number=settings.overflow_number,
    )


class Application:
    """Everything that runs, in the order in which it starts. `stop` lets go in the order in which nothing is lost."""

    def __init__(self, settings: Settings, turns: Turns | None = None) -> None:
        self.settings, self.turns = settings, turns
        self.network = network_of(settings)
        self.node = NodeName(settings.node)
        self.clock = SystemClock()
        self._undo = contextlib.AsyncExitStack()

    async def start(self) -> None:
        """Starts everything; what fails is one sentence, and what had started before is stopped again."""
        try:
            await self._start()
        except BaseException:
            await self._undo.aclose()
            raise

    async def stop(self) -> None:
        """Lets go of Asterisk first, so that it keeps the callers; then of everything else, the database last."""
        await self._undo.aclose()

    async def _start(self) -> None:
        settings, undo = self.settings, self._undo
        tls_context(self._web())
        self.db = await asyncio.to_thread(Database.open, settings.url, settings.var)
        undo.callback(self.db.close)
        self.journal = await asyncio.to_thread(Journal.open, self.db, settings.var / "journal")
        undo.callback(self.journal.close)
        await InstanceSettings(self.db).put_if_absent("country", settings.country)
        self.sip, configurations = SipConfiguration(self.db), Configurations(self.db)
        self.places = Places(self.db)
        self.instance = await configurations.current()

        self.installed = await asyncio.to_thread(ensure_engine, settings.var)
        provisioned = await self._render()
        self.telephony, manager = await self._telephony(provisioned.secrets)
        flow_logs = FlowLogs(self.db, settings.flow_log_days) if settings.flow_log_days else None
        self.engine = Engine(
            self.clock,
            self.journal,
            self.telephony,
            Records(self.db),
            configurations,
            helpers=await self._helpers(),
            flow_logs=flow_logs,
        )
        await self.engine.start()
        undo.push_async_callback(self.engine.stop)
        if flow_logs is not None:
            self._keep(flow_logs.run())
        self.recovery = Recovery(self.engine)
        self.recovery.start()
        undo.push_async_callback(self.recovery.stop)

        self.lines = LineWatch(self.node, manager, self._connected, self._reachable, self._changed)
        flows, resources = Flows(self.db), ResourceMap(self.db)
        publishing = Publishing(flows, resources, configurations, flow_logs, self._outside, self.engine.configure)
        audit = await asyncio.to_thread(AuditLog, self.db, settings.var / "journal" / "audit")
        undo.push_async_callback(audit.flush)
        kept = publishing, audit, Administration(self.db), Softphones(self.sip, self._admit, settings.ice)
        self.service = Service(self.engine, self._line_views, self._provision, *kept, turns=self.turns)
        web = await start_web(self.service, Accounts(self.db), self._web(), self.clock)
        undo.push_async_callback(web.stop)
        await self.telephony.start(self)
        undo.push_async_callback(self.telephony.stop)
        external = settings.asterisk == "external"
        self.supervisor = Supervisor(self.installed, provisioned.layout, self.network, external=external)
        running = await self.supervisor.start()
        undo.callback(self.supervisor.release)
        if running.adopted:
            await self.supervisor.reload(set(provisioned.changed))
        await self._read_lines()
        self._keep(self.lines.keep_looking())
        self._keep(self.telephony.recorder.keep_looking(self._changed))
        self._keep(keep_beating(lambda: self.telephony.client(self.node)))
        self._keep(garbage.collect_when_few(lambda: len(self.engine.brain.memory.contacts)))
        self.web_url = web.url

    # -- what the parts need of one another --------------------------------------------------------------------------------

    async def _telephony(self, secrets: NodeSecrets) -> tuple[AsteriskTelephony, AmiClient]:
        settings = self.settings
        speech = SpeechCache(settings.var / "speech", open_engine(program=self.installed.espeak))
        self._undo.push_async_callback(speech.close)
        base_url = f"http://127.0.0.1:{settings.http_port}/ari"
        manager = AmiClient(AmiNode(self.node, "127.0.0.1", settings.ami_port, MANAGER_USER, secrets.ami_password))
        telephony = AsteriskTelephony(
            [(AriNode(self.node, base_url, ARI_USER, secrets.ari_password), manager)],
            Listener("127.0.0.1", settings.ari_port, ARI_USER, secrets.ari_password),
            speech=speech,
            library=self._prompt,
            var_dir=settings.var,
            namespace=uuid.uuid5(uuid.NAMESPACE_OID, self.instance.instance_id),
            trunks=lambda: [f"PJSIP/{NUMBER}@{trunk.endpoint}" for trunk in self.lines.trunks if trunk.enabled],
            browsers=lambda: any(phone.kind == "webrtc" for phone in self.lines.phones),
        )
        return telephony, manager

    async def _helpers(self) -> Helpers:
        """Whom flows can ask outside."""
        settings = self.settings
        self.integrations = Integrations(
            settings.var,
            networks=settings.function_networks,
            plain_http=settings.function_plain_http,
            memory_bytes=settings.function_memory_mb * 1_048_576,
        )
        self._undo.push_async_callback(self.integrations.close)
        await self._read_places()
        return self.integrations.helpers()

    async def _outside(self) -> Known:
        return known_names(await self.places.all(), self.settings.var)

    async def _read_places(self) -> None:
        self.integrations.know(await self.places.all())

    def _web(self) -> WebSettings:
        settings = self.settings
        return WebSettings(
            host=settings.web_host,
            port=settings.web_port,
            certificate=settings.tls_certificate,
            private_key=settings.tls_private_key,
            api_token=api_token(settings.var),
            asterisk_ws_url=f"ws://127.0.0.1:{settings.http_port}/ws",
            country=settings.country,
        )

    def _prompt(self, name: str) -> Path | None:
        path = self.engine.brain.instance.prompts.get(name)
        return Path(path) if path else None

    def _connected(self) -> bool:
        return self.node in self.telephony.nodes()

    def _reachable(self) -> set[str]:
        return self.engine.brain.memory.routing.reachable_phones

    def _changed(self) -> None:
        self.service.touch()

    def _line_views(self) -> tuple[LineView, ...]:
        recordings = self.telephony.recorder.view()
        return (*self.lines.views(), database_view(self.db, self.journal, self.settings.var / "journal"), recordings)

    async def _render(self) -> Provisioned:
        trunks = await self.sip.trunks()
        return await asyncio.to_thread(provision, self.network, trunks, self.installed, self.settings.var, self.node)

    async def _read_lines(self) -> None:
        self.lines.trunks, self.lines.phones = await self.sip.trunks(), await self.sip.phones()

    async def _provision(self) -> None:
        """Brings Asterisk up to date with the database: changed files are reloaded, phones are pushed. Live calls go on."""
        provisioned = await self._render()
        await self.supervisor.reload(set(provisioned.changed))
        await self._read_lines()
        await self._read_places()
        await self._push_phones()

    async def _push_phones(self) -> None:
        phones = [phone for phone in await self.sip.phones() if not phone.name.startswith(ROBOT)]
        await sync_phones(self.telephony.client(self.node), phones)

    async def _admit(self, phone: Phone, password: str) -> None:
        await admit_phone(self.telephony.client(self.node), phone, password)
        await self._read_lines()

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs something until the application stops."""
        task = asyncio.get_running_loop().create_task(work)
        self._undo.callback(task.cancel)

    # -- calls.ports.TelephonySink -----------------------------------------------------------------------------------------

    def event(self, event: Event) -> None:
        self.engine.post(event)

    def node_connected(self, node: NodeName) -> None:
        self.recovery.node_connected(node)
        self._changed()
        self._keep(self._push_phones_or_tell())

    def node_lost(self, node: NodeName) -> None:
        self._changed()

    async def _push_phones_or_tell(self) -> None:
        try:
            await self._push_phones()
        except TrunklineError as reason:
            log.warning("phones not brought up to date", reason=str(reason))


async def serve(settings: Settings, turns: Turns | None = None) -> int:
    """Runs until SIGTERM or SIGINT; the exit code. What cannot start is one TrunklineError. `turns` times the loop it runs in."""
    logs.configure(settings.log_level)
    application = Application(settings, turns)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await application.start()
    garbage.settle()
    try:
        log.info("ready", web=application.web_url)
        await ended.wait()
    finally:
        await application.stop()
    return 0
