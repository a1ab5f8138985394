"""What can go wrong with Asterisk's manager interface."""

from app.errors import TrunklineError


class AmiError(TrunklineError):
    """A request to Asterisk's manager failed."""

    def __init__(self, *, action: str, node: str, **details: object) -> None:
        super().__init__(action=action, node=node, **details)
        self.action = action
        self.node = node


class AmiRequestFailed(AmiError):
    """Asterisk {node} refused the manager action {action}: {reason}."""

    def __init__(self, *, action: str, node: str, reason: str) -> None:
        super().__init__(action=action, node=node, reason=reason)
        self.reason = reason


class AmiTimeout(AmiError):
    """Asterisk {node} did not answer the manager action {action} within {timeout_s} s."""

    status = 504

    def __init__(self, *, action: str, node: str, timeout_s: float) -> None:
        super().__init__(action=action, node=node, timeout_s=timeout_s)


class AmiDisconnected(AmiError):
    """The manager connection to Asterisk {node} is not there for {action}: {reason}."""

    status = 503

    def __init__(self, *, action: str, node: str, reason: str, may_repeat: bool) -> None:
        super().__init__(action=action, node=node, reason=reason)
        self.reason = reason
        self.may_repeat = may_repeat
        """True when the action may safely be sent again, whether or not it was carried out."""


class AmiLoginRefused(AmiError):
    """Asterisk {node} refused the manager login of {user}: {reason}. Compare user and secret with manager.conf."""

    exit_code = 3

    def __init__(self, *, node: str, user: str, reason: str) -> None:
        super().__init__(action="Login", node=node, user=user, reason=reason)
        self.reason = reason
