"""Turns the API description into the text of modules. A formatter lays the text out afterwards."""

import re

from app.telephony.ari.generate.description import Description
from app.telephony.ari.generate.names import snake
from app.telephony.ari.generate.render_models import event_union, events, models
from app.telephony.ari.generate.render_objects import objects
from app.telephony.ari.generate.render_parameters import parameters_module
from app.telephony.ari.generate.render_repositories import repositories, repository

NAMING_RULES = {
    "N802": re.compile(r"def [a-z]+[A-Z]").search,
    "N803": re.compile(r"def .*[ (][a-z]+[A-Z]\w*: str").search,
}


def modules(description: Description) -> dict[str, str]:
    """Name of each module to its text."""
    texts = {"__init__": '"""The typed client, generated: repositories, objects, parameters, models and events."""\n'}
    for resource, operations in description.operations.items():
        name = snake(resource)
        texts[name] = repository(resource, operations)
        if any(operation.others for operation in operations):
            texts[f"{name}_parameters"] = parameters_module(resource, operations)
    texts["repositories"] = repositories(description)
    for module in ("channel_object", "objects"):
        texts[module] = objects(description, module)
    texts["models"] = models(description)
    for module in ("channel_events", "other_events"):
        texts[module] = events(description, module)
    texts["event_union"] = event_union(description)
    return {name: tolerate(text) for name, text in texts.items()}


def tolerate(text: str) -> str:
    """Names the naming rules that Asterisk's names break in this module, so that the linter lets them stand."""
    rules = ", ".join(rule for rule, breaks in NAMING_RULES.items() if breaks(text))
    return text.replace('own.\n"""\n', f'own.\n"""\n\n# ruff: noqa: {rules}\n') if rules else text
