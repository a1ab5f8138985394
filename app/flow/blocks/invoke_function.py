"""Invoke function: the other end of Connect's Invoke AWS Lambda function."""

from app.domain import questions
from app.domain.events import FunctionReturned
from app.domain.ids import InvocationId
from app.errors import BadInput, Unavailable
from app.flow.block import Answer, Block, Legacy, block
from app.flow.branches import STAY, Move, Next, OnError
from app.flow.context import Context
from app.flow.function_event import function_event
from app.flow.params import Choice, Pairs, Seconds
from app.flow.references import FunctionRef

ROOT = "External"


@block(
    "InvokeLambdaFunction",
    group="Integrate",
    title="Invoke function",
    legacy=Legacy("InvokeExternalResource", "Lambda", older=("InvokeExternal",)),
)
class InvokeFunction(Block):
    """Asks a function and keeps its answer as `$.External.name` until the next invocation. The caller hears nothing meanwhile: play
    a prompt before. A function that fails, is too slow or answers something else takes the error branch and leaves no external
    attributes."""

    function = FunctionRef(
        "Function",
        "LambdaFunctionARN",
        required=True,
        legacy="FunctionArn",
        help="ARN or name. Where it runs says the instance's map of functions.",
    )
    timeout_s = Seconds("Time limit", "InvocationTimeLimitSeconds", low=1, high=8, default="3", legacy="TimeLimit")
    parameters = Pairs("Parameters", "LambdaInvocationAttributes", legacy="Parameter")
    response = Choice(
        "Answer",
        "ResponseValidation.ResponseType",
        {"STRING_MAP": ("Names and texts", ""), "JSON": ("Any JSON object, reached by dotted paths", "")},
        default="STRING_MAP",
    )
    done = Next()
    error = OnError()

    def enter(self, context: Context) -> Move:
        function = self.function(context)
        if not function:
            raise BadInput(what="The function", why="its name is empty for this contact")
        event = function_event(context, {name: value(context) for name, value in self.parameters})
        timeout_s = self.timeout_s(context)
        context.note("function", function)

        def question(invocation_id: InvocationId) -> questions.InvokeFunction:
            return questions.InvokeFunction(
                context.contact.contact_id, invocation_id, function, event, timeout_s, self.response == "JSON"
            )

        context.memory[ROOT] = {}
        context.ask(question)
        return STAY

    def on_answer(self, context: Context, answer: Answer) -> Move:
        if not isinstance(answer, FunctionReturned):
            return STAY
        if answer.result is None:
            raise Unavailable(what="The function", why=answer.reason.removesuffix("."), remedy="")
        context.memory[ROOT] = answer.result
        return self.done
