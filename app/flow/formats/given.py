"""A block of the older export while a block's definition takes it apart: what nobody takes is unknown, and is kept."""

from app.flow.formats.legacy import Exit, Module, Parameter


class Inexpressible(Exception):
    """The older export has no block that says this; the flow language's type and parameters are written instead."""


class Given:
    """Hands out parameters and branches, each once. `names` collects the names of resources by dotted path."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.names: dict[str, str] = {}
        self._parameters = list(module.parameters)
        self._branches = list(module.branches)

    def take(self, name: str) -> Parameter | None:
        """The first parameter of this name that is still there."""
        found = next((each for each in self._parameters if each.name == name), None)
        if found is not None:
            self._parameters.remove(found)
        return found

    def take_all(self, *names: str) -> list[Parameter]:
        """Every parameter with one of these names, in their order."""
        found = [each for each in self._parameters if each.name in names]
        self._parameters = [each for each in self._parameters if each.name not in names]
        return found

    def discard(self, parameter: Parameter) -> None:
        """Takes this very parameter."""
        self._parameters.remove(parameter)

    def put_back(self, parameters: list[Parameter]) -> None:
        """Parameters that were taken and are another's."""
        self._parameters += parameters

    def take_branch(self, condition: str) -> Exit | None:
        """The first branch with this condition that is still there."""
        found = next((each for each in self._branches if condition and each.condition == condition), None)
        if found is not None:
            self._branches.remove(found)
        return found

    def take_branches(self, *conditions: str) -> list[Exit]:
        """Every branch with one of these conditions, in their order."""
        found = [each for each in self._branches if each.condition in conditions]
        self._branches = [each for each in self._branches if each.condition not in conditions]
        return found

    @property
    def parameters(self) -> list[Parameter]:
        """What nobody took."""
        return list(self._parameters)

    @property
    def branches(self) -> list[Exit]:
        """What nobody took."""
        return list(self._branches)
