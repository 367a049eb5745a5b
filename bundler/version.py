"""The release this is; a file of its own, as reports name it and may not lead to the interface."""

__version__ = "0.1.0"
