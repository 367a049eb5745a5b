"""Doors to the machine: files, the cache, other programs and interpreters. Nothing here decides."""
