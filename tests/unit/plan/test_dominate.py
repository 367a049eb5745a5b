from hypothesis import given
from hypothesis import strategies as st

from bundler.plan.dominate import find_dominators

_PATHS = "abcdefgh"
_TARGETS = st.lists(st.sampled_from(_PATHS), max_size=3)


def _reach(leads_to, without=None):
    seen, waiting = set(), [""]
    while waiting:
        for target in leads_to.get(waiting.pop(), ()):
            if target not in seen and target != without:
                seen.add(target)
                waiting.append(target)
    return seen


def test_nearest_unavoidable_path_is_found():
    """What two paths lead to hangs on what both hang on, not on either."""
    leads_to = {"": ["app"], "app": ["left", "right"], "left": ["both"], "right": ["both"], "both": ["end", "app"]}

    assert find_dominators(leads_to) == {"app": "", "left": "app", "right": "app", "both": "app", "end": "both"}


@given(st.fixed_dictionaries(dict.fromkeys(("", *_PATHS), _TARGETS)))
def test_what_hangs_on_a_path_is_what_goes_with_it(leads_to):
    """For any graph: the paths below one in the tree are just those that nothing leads to once it is taken out."""
    dominators = find_dominators(leads_to)

    below = {path: set() for path in dominators}
    for path in dominators:
        gate = dominators[path]
        while gate:
            below[gate].add(path)
            gate = dominators[gate]
    reached = _reach(leads_to)
    assert below == {path: reached - _reach(leads_to, without=path) - {path} for path in reached}
