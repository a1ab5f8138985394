"""Contact flows as people work with them: drafts, published versions, the map of resources, flow logs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from app.domain.ids import FlowId
from app.domain.instance import FlowContent, FlowType, ResourceKind

DRAFT = 0
"""The version of a draft's content: versions that were published count from 1."""


@dataclass(frozen=True, slots=True)
class FlowSummary:
    """A flow in a list. `published_version` is None before it was first published, `draft_ms` when nothing waits to be published."""

    flow_id: FlowId
    name: str
    type: FlowType
    description: str
    published_version: int | None
    draft_ms: int | None = None
    draft_by: str = ""


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """A version that was published. `restored_from` names the older version that a rollback brought back."""

    version: int
    published_ms: int
    published_by: str
    restored_from: int | None = None


@dataclass(frozen=True, slots=True)
class Mapped:
    """A line of the map of resources: what imported flows write for a resource, and which of ours it is (id or name)."""

    kind: ResourceKind
    imported: str
    own: str


class FlowStore(Protocol):
    """Keeps flows. A published version never changes and its number is never given twice."""

    async def save(
        self, flow_id: str, name: str, flow_type: FlowType, content: str, *, by: str = "", description: str = ""
    ) -> None:
        """Makes the content the flow's draft, over an earlier one. BadInput: the name is another flow's, or the type differs."""
        ...

    async def publish(
        self, contents: Mapping[str, str], *, by: str = "", restored_from: int | None = None
    ) -> dict[str, int]:
        """Makes each content (by flow id) a new version that serves, all or none; the versions by flow id.

        What serves already gets no new version. A draft of the same content is done with. NotFound for an unknown flow.
        """
        ...

    async def content(self, flow_id: str, version: int | None = None) -> FlowContent:
        """A version; the draft, or else the version that serves, when none is named. NotFound when there is no such."""
        ...

    async def list(self) -> tuple[FlowSummary, ...]:
        """All flows, by name."""
        ...

    async def versions(self, flow_id: str) -> tuple[VersionSummary, ...]:
        """Newest first."""
        ...

    async def delete(self, flow_id: str) -> None:
        """Removes a flow with its versions. BadInput while a number or a default uses it."""
        ...


class ResourceMap(Protocol):
    """What imported flows name, and which of our resources is meant."""

    async def entries(self) -> tuple[Mapped, ...]: ...

    async def put(self, kind: ResourceKind, imported: str, own: str) -> None: ...

    async def remove(self, kind: ResourceKind, imported: str) -> None:
        """NotFound when there is no such line."""
        ...


@dataclass(frozen=True, slots=True)
class LoggedBlock:
    """An entry of the flow log. `seq` is the journal's fact that led to it and `position` its place among those of that fact, so the
    same facts give the same entries under the same numbers."""

    seq: int
    position: int
    at_ms: int
    contact_id: str
    entry: dict[str, Any]


class FlowLogs(Protocol):
    """Keeps the flow log."""

    def append(self, block: LoggedBlock) -> None:
        """Takes an entry and returns at once; it is written soon, once the database is there. Numbers that are there are ignored."""
        ...

    async def flush(self) -> None:
        """Returns when everything taken until now is written. Unavailable while the database is away."""
        ...

    async def read(self, contact_id: str) -> tuple[dict[str, Any], ...]:
        """A contact's entries, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class FlowFinding:
    """What is wrong with the flow of this name. `severity` is `error` or `warning`; `block` and `title` are empty where it is all of it."""

    flow: str
    severity: str
    block: str
    title: str
    words: str
    remedy: str
    sentence: str


@dataclass(frozen=True, slots=True)
class FlowResource:
    """A resource that a block names. `how` it is resolved: `id`, `name`, `map`, `at run time`, `outside`, or `unresolved`."""

    block: str
    title: str
    setting: str
    kind: str
    written: str
    name: str
    how: str
    resource_id: str
    resource_name: str
    doubt: str


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft that was saved, with all that is to be said of it. Errors among the findings keep it from being published."""

    flow: FlowSummary
    findings: tuple[FlowFinding, ...]


class FlowOperations(Protocol):
    """The service layer for contact flows. `name` is a flow's name or id. `by` is who asks, kept in the history.

    NotFound: there is no such flow or version. BadInput: what was given cannot be used, with the remedy.
    """

    async def list(self) -> tuple[FlowSummary, ...]: ...

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
        """Saves an exported flow as a draft: of a new flow, or of the flow `replace`, which must be of the same type.

        It is called `name`, else as it says itself, else `file_name`. `flow_type` counts where it does not say its type.
        """
        ...

    async def save_draft(self, name: str, text: str, *, by: str) -> Saved:
        """Overwrites the flow's draft."""
        ...

    async def export(self, name: str, version: int | None = None, export_format: str = "") -> FlowContent:
        """A version as it was saved; the draft, or else the version that serves, when none is named.

        `export_format` is `legacy` or `language`, to have it converted if need be.
        """
        ...

    async def versions(self, name: str) -> tuple[VersionSummary, ...]:
        """Newest first."""
        ...

    async def findings(self, *names: str, version: int | None = None) -> tuple[FlowFinding, ...]:
        """What is wrong with a version, or with the drafts when none is named; flows that are named together may name one another."""
        ...

    async def resources(self, name: str, version: int | None = None) -> tuple[FlowResource, ...]:
        """Every resource that the flow names, and what it is here."""
        ...

    async def publish(self, *names: str, by: str) -> dict[str, int]:
        """Publishes the drafts of these flows together (they may name one another); the new versions by flow id.

        Unpublishable, with every finding, when one of them has an error.
        """
        ...

    async def rollback(self, name: str, version: int, *, by: str) -> int:
        """Publishes an older version again, as a new one; its number."""
        ...

    async def delete(self, name: str) -> None:
        """BadInput while a number or a default uses the flow."""
        ...

    async def resource_map(self) -> tuple[Mapped, ...]: ...

    async def map_resource(self, kind: str, imported: str, own: str) -> None:
        """From now on `imported` (an ARN, id or name in imported flows) means our resource `own` (id or name)."""
        ...

    async def unmap_resource(self, kind: str, imported: str) -> None: ...

    async def logs(self, contact_id: str) -> tuple[dict[str, Any], ...]:
        """The contact's flow log, oldest first; empty when logging was off, or the log is no longer kept."""
        ...
