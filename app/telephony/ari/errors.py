"""What can go wrong with a request to Asterisk. All are expected failures: the caller decides what a refused request means."""

from app.errors import TrunklineError


class AriError(TrunklineError):
    """A request to Asterisk failed."""

    def __init__(self, *, operation: str, node: str, **details: object) -> None:
        super().__init__(operation=operation, node=node, **details)
        self.operation = operation
        self.node = node


class AriRequestFailed(AriError):
    """Asterisk {node} answered {operation} with {status_code}: {reason}."""

    def __init__(self, *, operation: str, node: str, status_code: int, reason: str) -> None:
        super().__init__(operation=operation, node=node, status_code=status_code, reason=reason)
        self.status_code = status_code
        self.reason = reason


class AriTimeout(AriError):
    """Asterisk {node} did not answer {operation} within {timeout_s} s; it may still carry it out."""

    status = 504

    def __init__(self, *, operation: str, node: str, timeout_s: float) -> None:
        super().__init__(operation=operation, node=node, timeout_s=timeout_s)


class AriDisconnected(AriError):
    """The connection to Asterisk {node} ended before {operation} was answered: {reason}. It may or may not have been carried out."""

    status = 503

    def __init__(self, *, operation: str, node: str, reason: str) -> None:
        super().__init__(operation=operation, node=node, reason=reason)
        self.reason = reason


class AriOverloaded(AriError):
    """{waiting} requests already wait for Asterisk {node}; {operation} was not sent."""

    status = 503

    def __init__(self, *, operation: str, node: str, waiting: int) -> None:
        super().__init__(operation=operation, node=node, waiting=waiting)
