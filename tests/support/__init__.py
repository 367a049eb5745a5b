"""What several tests share: wheels and projects made from dicts, and a Lambda of our own to run bundles in."""
