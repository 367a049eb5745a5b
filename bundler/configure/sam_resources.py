"""The resources of a template by their type."""

from collections.abc import Container

from bundler.configure.tables import Setting


def find_resources(top: Setting, kinds: Container[object]) -> dict[str, tuple[str, Setting]]:
    """Return the type and the table of each resource of some types, by logical id."""
    resources = top.get("Resources")
    found: dict[str, tuple[str, Setting]] = {}
    for name, node in resources.node.value.items() if resources and isinstance(resources.node.value, dict) else ():
        kind = node.value.get("Type") if isinstance(node.value, dict) else None
        if resources is not None and kind is not None and kind.value in kinds:
            found[name] = (str(kind.value), resources.under(f"Resources.{name}", name))
    return found
