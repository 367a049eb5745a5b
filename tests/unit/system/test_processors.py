"""Pools are bounded by what the process may use, not by what the machine has."""

import os

import pytest

from bundler.system import processors


@pytest.fixture
def count(tmp_path, monkeypatch):
    """Return a function that counts where the process is let onto 8 processors and its groups have some files."""

    def count_with(groups, files):
        (tmp_path / "cgroup").write_text(groups)
        for name, content in files.items():
            path = tmp_path / "groups" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        monkeypatch.setattr(processors, "_GROUPS_OF_PROCESS", tmp_path / "cgroup")
        monkeypatch.setattr(processors, "_GROUPS", tmp_path / "groups")
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
        return processors.count_processors()

    return count_with


@pytest.mark.parametrize(
    ("groups", "files", "expected"),
    [
        ("", {}, 8),
        ("0::/\n", {"cpu.max": "max 100000\n"}, 8),
        ("0::/\n", {"cpu.max": "300000 100000\n"}, 3),
        ("0::/\n", {"cpu.max": "250000 100000\n"}, 3),
        ("0::/\n", {"cpu.max": "10000 100000\n"}, 1),
        ("0::/\n", {"cpu.max": "1600000 100000\n"}, 8),
        ("0::/ci/job\n", {"ci/cpu.max": "200000 100000\n", "ci/job/cpu.max": "max 100000\n"}, 2),
        ("0::/elsewhere\n", {"cpu.max": "200000 100000\n"}, 2),
        ("4:cpu,cpuacct:/job\n", {"cpu/job/cpu.cfs_quota_us": "-1\n", "cpu/job/cpu.cfs_period_us": "100000\n"}, 8),
        ("4:cpu,cpuacct:/job\n", {"cpu/job/cpu.cfs_quota_us": "400000", "cpu/job/cpu.cfs_period_us": "100000"}, 4),
        ("4:memory:/job\n0::/\n", {"cpu.max": "damaged"}, 8),
    ],
)
def test_groups(count, groups, files, expected):
    """The smallest quota of all groups above counts, in both versions of control groups; what is damaged does not."""
    assert count(groups, files) == expected


def test_affinity(count, monkeypatch):
    """The processors that the process is let onto count where there are no groups."""
    count("", {})
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 3}, raising=False)

    assert processors.count_processors() == 2
