"""Decide what ships: an import graph and a site come in, a plan goes out. Nothing here touches the machine."""

from bundler.plan.bound import hold_size
from bundler.plan.explain import Explanation, explain
from bundler.plan.known_site import KnownSite
from bundler.plan.layer import choose_layer_files, plan_layer
from bundler.plan.left_out import describe_left_out
from bundler.plan.select import plan_files

__all__ = [
    "Explanation",
    "KnownSite",
    "choose_layer_files",
    "describe_left_out",
    "explain",
    "hold_size",
    "plan_files",
    "plan_layer",
]
