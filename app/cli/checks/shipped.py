"""The flows that ship: each can be published in the demo as it is, and every kind of flow that calls need is there."""

from collections.abc import Iterator
from pathlib import Path

from app.cli.demo_content import NUMBER_FLOW, default_flows, demo_instance, shipped_flows
from app.domain.instance import FlowContent, FlowType
from app.errors import TrunklineError
from app.flow.checks import publish_findings
from app.flow.registry import all_blocks

NEEDED = (FlowType.CUSTOMER_QUEUE, FlowType.AGENT_WHISPER, FlowType.CUSTOMER_WHISPER)
"""Every queued call runs these: an instance without a default of each would leave its callers in silence."""


def faulty_flows() -> Iterator[str]:
    try:
        flows = shipped_flows()
    except (TrunklineError, OSError, ValueError) as error:
        yield f"A shipped flow cannot be read: {error}"
        return
    yield from flow_findings(flows)


def flow_findings(flows: tuple[FlowContent, ...]) -> Iterator[str]:
    instance = demo_instance(flows, Path("prompts"))
    for flow in flows:
        for finding in publish_findings(flow, instance, all_blocks()):
            yield f"flows/{flow.flow_id}.json, {finding.block or 'the flow'}: {finding.words}"
    for flow_type in NEEDED:
        if flow_type not in default_flows(flows):
            yield f"No default {flow_type.value} flow ships."
    if NUMBER_FLOW not in instance.flows:
        yield f"flows/{NUMBER_FLOW}.json, which answers the demo number, is not there."
