"""Contact flows on their way from a file to a published version: the part of the service layer that every face shares.

It works on the store alone, so the command line uses it without a running server. `changed` is told whenever the instance's
configuration is another one, `outside` asked which functions and bots there are.
"""

import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from app.calls.ports import (
    Configurations,
    FlowFinding,
    FlowLogs,
    FlowResource,
    FlowStore,
    FlowSummary,
    Mapped,
    ResourceMap,
    Saved,
    VersionSummary,
)
from app.domain.ids import FlowId
from app.domain.instance import FlowContent, FlowType, Instance, ResourceKind
from app.errors import BadInput, NotFound, TrunklineError
from app.flow.checks import LARGEST_BYTES, graph_findings
from app.flow.directory import directory_of
from app.flow.formats import language
from app.flow.formats.convert import as_language, to_legacy
from app.flow.formats.detect import format_of, read, serialise
from app.flow.graph import Finding, compile_flow
from app.flow.registry import all_blocks
from app.flow.resources import OUTSIDERS, Outsiders, resources_of

FORMATS = ("language", "legacy")


class Unpublishable(TrunklineError):
    """The flow {name} cannot be published: {why}"""

    status = 409
    exit_code = 2


async def _nobody() -> None:
    """Nobody needs to know."""


async def _unknown() -> Outsiders | None:
    """Nobody knows which functions and bots there are."""
    return None


class Publishing:
    """The `FlowOperations` port, over a store."""

    def __init__(
        self,
        flows: FlowStore,
        resource_map: ResourceMap,
        configurations: Configurations,
        flow_logs: FlowLogs | None = None,
        outside: Callable[[], Awaitable[Outsiders | None]] = _unknown,
        changed: Callable[[], Awaitable[None]] = _nobody,
    ) -> None:
        self._flows, self._map, self._configurations = flows, resource_map, configurations
        self._flow_logs, self._outside, self._changed = flow_logs, outside, changed

    async def list(self) -> tuple[FlowSummary, ...]:
        return await self._flows.list()

    # -- drafts ------------------------------------------------------------------------------------------------------------

    async def import_flow(
        self,
        text: str,
        *,
        by: str,
        name: str = "",
        file_name: str = "",
        replace: str = "",
        flow_type: FlowType | None = None,
    ) -> Saved:
        written_name, written_type = _read(text)
        if replace:
            flow = await self._find(replace)
            kind = written_type or flow_type or flow.type
            if kind is not flow.type:
                raise _another_type(kind, flow)
            return await self._save(flow.flow_id, name or flow.name, kind, text, by)
        chosen = name or written_name or file_name
        if not chosen:
            raise BadInput(what="The imported flow", why="it has no name; give it one")
        if any(flow.name == chosen for flow in await self._flows.list()):
            why = "there is a flow of this name; give the imported one another name, or import it over that flow"
            raise BadInput(what=f"The name {chosen}", why=why)
        flow_id = FlowId(str(uuid.uuid4()))
        return await self._save(flow_id, chosen, written_type or flow_type or FlowType.CONTACT, text, by)

    async def save_draft(self, name: str, text: str, *, by: str) -> Saved:
        flow = await self._find(name)
        _, written_type = _read(text)
        if written_type not in (None, flow.type):
            raise _another_type(written_type, flow)
        return await self._save(flow.flow_id, flow.name, flow.type, text, by)

    async def _save(self, flow_id: FlowId, name: str, kind: FlowType, text: str, by: str) -> Saved:
        await self._flows.save(flow_id, name, kind, text, by=by)
        summary = await self._find(flow_id)
        return Saved(summary, await self.findings(flow_id))

    async def delete(self, name: str) -> None:
        await self._flows.delete((await self._find(name)).flow_id)
        await self._changed()

    # -- what a flow is ----------------------------------------------------------------------------------------------------

    async def export(self, name: str, version: int | None = None, export_format: str = "") -> FlowContent:
        content = await self._flows.content((await self._find(name)).flow_id, version)
        return replace(content, content=_written_as(export_format, content.content)) if export_format else content

    async def versions(self, name: str) -> tuple[VersionSummary, ...]:
        return await self._flows.versions((await self._find(name)).flow_id)

    async def findings(self, *names: str, version: int | None = None) -> tuple[FlowFinding, ...]:
        together = {content.flow_id: content for content in [await self.export(name, version) for name in names]}
        found = [(content, await self._examine(together, content)) for content in together.values()]
        return tuple(_shown(content, finding) for content, findings in found for finding in findings)

    async def resources(self, name: str, version: int | None = None) -> tuple[FlowResource, ...]:
        content = await self.export(name, version)
        instance = _with(await self._configurations.current(), {content.flow_id: content})
        uses = resources_of(compile_flow(content, all_blocks()), instance, await self._outside())
        return tuple(
            FlowResource(
                use.block, use.title, use.setting, use.kind.value, use.written, use.name, use.how, use.resource_id,
                use.resource_name, use.doubt,
            )
            for use in uses
        )  # fmt: skip

    # -- publishing --------------------------------------------------------------------------------------------------------

    async def publish(self, *names: str, by: str) -> dict[str, int]:
        contents = {content.flow_id: content for content in [await self.export(name) for name in names]}
        for content in contents.values():
            await self._require_publishable(contents, content)
        versions = await self._flows.publish({key: content.content for key, content in contents.items()}, by=by)
        await self._changed()
        return versions

    async def rollback(self, name: str, version: int, *, by: str) -> int:
        content = await self.export(name, version)
        await self._require_publishable({content.flow_id: content}, content)
        versions = await self._flows.publish({content.flow_id: content.content}, by=by, restored_from=version)
        await self._changed()
        return versions[content.flow_id]

    async def _require_publishable(self, together: Mapping[FlowId, FlowContent], content: FlowContent) -> None:
        errors = [each for each in await self._examine(together, content) if each.severity == "error"]
        if errors:
            more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
            why = f"{errors[0].sentence}{more}"
            raise Unpublishable(name=content.name, why=why, findings=tuple(_shown(content, each) for each in errors))

    async def _examine(self, together: Mapping[FlowId, FlowContent], content: FlowContent) -> tuple[Finding, ...]:
        """Findings of a flow in the instance as it will be once the flows are published that are published together."""
        instance = _with(await self._configurations.current(), together)
        return graph_findings(compile_flow(content, all_blocks()), instance, await self._outside())

    async def _find(self, name: str) -> FlowSummary:
        flows = await self._flows.list()
        found = next((flow for flow in flows if flow.flow_id == name), None)
        found = found or next((flow for flow in flows if flow.name == name), None)
        if found is None:
            raise NotFound(what="flow", name=f"{name} (there are {', '.join(flow.name for flow in flows) or 'none'})")
        return found

    async def logs(self, contact_id: str) -> tuple[dict[str, Any], ...]:
        return await self._flow_logs.read(contact_id) if self._flow_logs else ()

    # -- the map of resources ----------------------------------------------------------------------------------------------

    async def resource_map(self) -> tuple[Mapped, ...]:
        return await self._map.entries()

    async def map_resource(self, kind: str, imported: str, own: str) -> None:
        resource_kind = _kind(kind)
        if not imported or not own:
            raise BadInput(what="The mapping", why="it needs what is imported and which of ours is meant")
        if resource_kind in (ResourceKind.FLOW, ResourceKind.MODULE):
            own = (await self._find(own)).flow_id
        elif resource_kind not in OUTSIDERS:
            ours = replace(await self._configurations.current(), resources={})
            if directory_of(ours).find(resource_kind, (own,)) is None:
                raise NotFound(what=f"{resource_kind.value} of ours", name=own)
        await self._map.put(resource_kind, imported, own)
        await self._changed()

    async def unmap_resource(self, kind: str, imported: str) -> None:
        await self._map.remove(_kind(kind), imported)
        await self._changed()


def _read(text: str) -> tuple[str, FlowType | None]:
    """The name and type that an exported flow gives itself. BadInput when it is no flow, or of a type that does not exist."""
    size = len(text.encode())
    if size > LARGEST_BYTES:
        raise BadInput(what="The flow", why=f"it has {size} bytes; {LARGEST_BYTES} at most")
    document = read(text)
    if not document.type:
        return document.name, None
    try:
        return document.name, FlowType(document.type)
    except ValueError:
        known = ", ".join(each.value for each in FlowType)
        raise BadInput(what=f"The flow's type {document.type!r}", why=f"it is none of {known}") from None


def _written_as(export_format: str, text: str) -> str:
    """The flow in another format; as it is when it is in that format."""
    document = read(text)
    if export_format not in FORMATS:
        raise BadInput(what=f"The format {export_format!r}", why=f"choose {' or '.join(FORMATS)}")
    if format_of(document) == export_format:
        return text
    if isinstance(document, language.Document):
        return serialise(to_legacy(document, all_blocks()))
    return serialise(as_language(document, all_blocks()))


def _another_type(kind: FlowType | None, flow: FlowSummary) -> BadInput:
    why = (
        f"it is not of the same type as the flow that it is imported into: {flow.name} is a {flow.type.value} and stays one, "
        f"the imported one is a {kind.value if kind else 'flow without a type'}. Import it as a flow of its own"
    )
    return BadInput(what="The imported flow", why=why)


def _kind(kind: str) -> ResourceKind:
    try:
        return ResourceKind(kind)
    except ValueError:
        raise BadInput(
            what=f"The kind {kind!r}", why=f"choose {', '.join(each.value for each in ResourceKind)}"
        ) from None


def _with(instance: Instance, contents: Mapping[FlowId, FlowContent]) -> Instance:
    """The instance as it will be once these flows serve."""
    return replace(instance, flows={**instance.flows, **contents})


def _shown(content: FlowContent, finding: Finding) -> FlowFinding:
    return FlowFinding(
        content.name,
        finding.severity,
        finding.block or "",
        finding.title,
        finding.words,
        finding.remedy,
        finding.sentence,
    )
