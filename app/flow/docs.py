"""A block's page of the documentation, derived from its definition."""

from app.flow.block import EVERY_TYPE, Block, Definition
from app.flow.branches import Options
from app.flow.registry import Registry
from app.flow.unsupported import TITLES


def block_page(cls: type[Block]) -> str:
    """The page of one block as Markdown."""
    definition = cls.definition
    lines = [f"## {definition.title}", "", " ".join(definition.summary.split()), "", _facts(definition), ""]
    if definition.params:
        lines += [
            "| Setting | In the flow language | In the older export | Values | Default |",
            "|---|---|---|---|---|",
        ]
        for param in definition.params.values():
            where = "`Conditions`" if isinstance(param, Options) else f"`{param.path}`"
            name = param.legacy.removeprefix("!")
            legacy = f"`{_cell(name)}`{', reversed' if name != param.legacy else ''}" if name else "none"
            note = f" {param.help}" if param.help else ""
            lines.append(
                f"| {param.label} | {where} | {legacy} | {_cell(param.words())}.{note} | {param.default or ''} |"
            )
        lines.append("")
    if definition.branches:
        lines += ["| Branch | In the flow language | In the older export |", "|---|---|---|"]
        for branch in definition.branches.values():
            legacy = f"`{branch.legacy}`" if branch.legacy else "none"
            never = f"; never taken: {branch.never}" if branch.never else ""
            lines.append(f"| {branch.label} | {branch.words()}{never} | {legacy} |")
        lines.append("")
    return "\n".join(lines)


def all_pages(registry: Registry) -> str:
    """The pages of every block, by group."""
    groups = dict.fromkeys(cls.definition.group for cls in registry.classes)
    parts = []
    for group in groups:
        parts.append(f"# {group}\n")
        parts += [block_page(cls) for cls in registry.classes if cls.definition.group == group]
    parts += ["# Not supported\n", "Imported, visible with all their branches, and taking their error branch:\n"]
    parts += ["| Block | In the flow language |", "|---|---|"]
    parts += [f"| {title} | `{type}` |" for type, title in sorted(TITLES.items(), key=lambda item: item[1])]
    return "\n".join(parts) + "\n"


def _facts(definition: Definition) -> str:
    flows = "every type of flow" if definition.flows == EVERY_TYPE else ", ".join(sorted(definition.flows))
    facts = [f"Flow language: `{definition.type}`."]
    if definition.exported and definition.legacy:
        target = f" with target `{definition.legacy.target}`" if definition.legacy.target else ""
        older = "".join(f", in 2017 `{name}`" for name in definition.legacy.older)
        facts.append(f"Older export: `{definition.legacy.type}`{target}{older}.")
    else:
        facts.append("The older export has no such block.")
    facts.append(f"Used in: {flows}.")
    return " ".join(facts)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
