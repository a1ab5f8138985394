"""Where the identifiers and names in flows lead in one instance: to a resource's id, to its name, or through the map of resources.

Built once for an instance and asked at every reference of a running call, so every question is a few look-ups.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.domain.ids import QueueId, agent_of_queue
from app.domain.instance import FlowType, Instance, ResourceKind

BY_ID, BY_NAME, BY_MAP = "id", "name", "map"
KEPT = 4
"""Instances whose directories are kept: the one in force and those that something is checked against."""


@dataclass(frozen=True, slots=True)
class Found:
    """A resource of the instance. `how` it was found: by `id`, by `name`, or through the `map`."""

    resource_id: str
    name: str
    how: str
    value: Any


class Directory:
    """The resources of one instance by kind, id and name. Functions and bots live outside the instance: only the map knows them."""

    def __init__(self, instance: Instance) -> None:
        self.instance, flows = instance, instance.flows
        self._resources: dict[ResourceKind, dict[str, tuple[str, Any]]] = {
            ResourceKind.QUEUE: {key: (queue.name, queue) for key, queue in instance.queues.items()},
            ResourceKind.FLOW: {
                key: (flow.name, flow) for key, flow in flows.items() if flow.type is not FlowType.MODULE
            },
            ResourceKind.MODULE: {
                key: (flow.name, flow) for key, flow in flows.items() if flow.type is FlowType.MODULE
            },
            ResourceKind.HOURS: {key: (hours.name, hours) for key, hours in instance.hours.items()},
            ResourceKind.AGENT: {key: (agent.username, agent) for key, agent in instance.agents.items()},
            ResourceKind.PROMPT: {key: (key, key) for key in instance.prompts},
        }
        self._names: dict[ResourceKind, dict[str, list[str]]] = {}
        for kind, resources in self._resources.items():
            names = self._names[kind] = {}
            for resource_id, (name, _) in resources.items():
                names.setdefault(name, []).append(resource_id)

    def find(self, kind: ResourceKind, candidates: Iterable[str]) -> Found | None:
        """The resource that the first of the candidates leads to. What the map says of a candidate counts before anything else."""
        mapped = self.instance.resources.get(kind, {})
        for candidate in candidates:
            if (own := mapped.get(candidate)) is not None:
                return self._mapped(kind, own)
            if (found := self._look_up(kind, candidate)) is not None:
                return found
        return None

    def matches(self, kind: ResourceKind, candidate: str) -> tuple[str, ...]:
        """The ids of all resources that have this id or name; more than one is a coincidence that somebody should settle."""
        named = self._names.get(kind, {}).get(candidate, [])
        return tuple(dict.fromkeys([candidate] * (candidate in self._resources.get(kind, {})) + named))

    def _mapped(self, kind: ResourceKind, own: str) -> Found | None:
        if kind in (ResourceKind.FUNCTION, ResourceKind.BOT):
            return Found(own, own, BY_MAP, own)
        found = self._look_up(kind, own)
        return Found(found.resource_id, found.name, BY_MAP, found.value) if found else None

    def _look_up(self, kind: ResourceKind, candidate: str) -> Found | None:
        resources = self._resources.get(kind, {})
        if candidate in resources:
            return Found(candidate, resources[candidate][0], BY_ID, resources[candidate][1])
        for spelling in _spellings(kind, candidate):
            if ids := self._names.get(kind, {}).get(spelling):
                return Found(ids[0], spelling, BY_NAME, resources[ids[0]][1])
        if kind is ResourceKind.QUEUE and agent_of_queue(QueueId(candidate)) is not None:
            queue = self.instance.queue(QueueId(candidate))
            return Found(candidate, queue.name, BY_ID, queue) if queue else None
        return None


def _spellings(kind: ResourceKind, name: str) -> tuple[str, ...]:
    """An exported flow writes a prompt's name with or without `.wav`."""
    return (name, name.removesuffix(".wav"), f"{name}.wav") if kind is ResourceKind.PROMPT else (name,)


_directories: dict[int, Directory] = {}


def directory_of(instance: Instance) -> Directory:
    """The instance's directory, made when it is first asked for."""
    directory = _directories.get(id(instance))
    if directory is None or directory.instance is not instance:
        while len(_directories) >= KEPT:
            del _directories[next(iter(_directories))]
        directory = _directories[id(instance)] = Directory(instance)
    return directory
