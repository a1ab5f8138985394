"""Transfer to queue, to wait for a callback."""

from app.domain.instance import FlowType
from app.domain.phone import require_e164
from app.domain.requests import QueueCallback
from app.flow.agent_queues import chosen_queue
from app.flow.answers import require_success
from app.flow.block import INBOUND, Answer, Block, Legacy, block
from app.flow.branches import STAY, Move, Next, OnError
from app.flow.context import Context
from app.flow.params import Number, Seconds
from app.flow.references import AgentRef, QueueRef

DAY_S = 24 * 60 * 60


@block(
    "CreateCallbackContact",
    group="Terminate / Transfer",
    title="Transfer to callback queue",
    legacy=Legacy("CreateCallback"),
    flows=INBOUND | {FlowType.CUSTOMER_QUEUE},
)
class TransferToCallbackQueue(Block):
    """Puts a callback in a queue in the customer's stead; the customer may hang up. An agent who takes it is connected with the
    number of Set callback number, or else with the one that the customer called from."""

    queue = QueueRef("Queue", "QueueId", legacy="Queue", help="Empty: the working queue.")
    agent = AgentRef("Agent", "AgentId", legacy="Agent", help="Instead of a queue: the agent's own.")
    delay_s = Seconds(
        "Initial delay", "InitialCallDelaySeconds", low=0, high=9 * DAY_S, default="5", legacy="InitialDelaySeconds", legacy_json=True,
        help="Until an agent is looked for.",
    )  # fmt: skip
    retries = Number(
        "Maximum number of retries", "MaximumConnectionAttempts", low=0, high=10, default="1", legacy="MaxRetryAttempts", legacy_json=True,
        help="Calls after the first one.",
    )  # fmt: skip
    between_s = Seconds(
        "Minimum time between attempts",
        "RetryDelaySeconds",
        low=0,
        high=9 * DAY_S,
        default="600",
        legacy="RetryDelaySeconds",
        legacy_json=True,
    )
    done = Next()
    error = OnError()

    def enter(self, context: Context) -> Move:
        queue = chosen_queue(context, self.queue, self.agent) or context.working_queue()
        contact = context.contact
        number = require_e164(contact.callback_number or contact.customer_number, context.instance.country)
        delay_s, retries, between_s = self.delay_s(context), self.retries(context), self.between_s(context)
        context.note("queue", queue.name)
        context.note("number", number)
        context.ask(
            lambda asked: QueueCallback(
                contact.contact_id,
                context.state.execution_id,
                asked,
                queue.queue_id,
                number,
                delay_s,
                retries + 1,
                between_s,
            )
        )
        return STAY

    def on_answer(self, context: Context, answer: Answer) -> Move:
        require_success(answer, "The callback")
        return self.done
