"""Data that ships since nothing seems to open it, though it is most of a distribution."""


def test_data_that_nothing_seems_to_open(data):
    """Where it is most of what a distribution holds, it ships; where it is little, it does not."""
    package = {"lib/__init__.py": "", "lib/words.gz": "x" * 100}
    assert data({"lib": package}) == ["lib/words.gz"]
    assert data({"lib": {**package, "lib/more.py": "#" * 200}}) == []
