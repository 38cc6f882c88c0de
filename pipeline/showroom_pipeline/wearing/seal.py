"""
Shuts the network off for this process and all that it starts, for good.

Two locks: a network namespace of its own, in which there is not even a loopback that is up; and a filter in the kernel
that refuses every socket but those of the file system. One of them has to hold, or the process must not go on.

Source: unshare(2), seccomp(2), seccomp's BPF as in linux/filter.h.
"""

import ctypes
import os
import platform
import struct

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_ALLOW, _REFUSE, _EPERM = 0x7FFF0000, 0x00050000, 1
_AF_UNIX = 1
# Audit number of the architecture; its numbers of socket, socketpair and io_uring_setup.
_MACHINES = {"x86_64": (0xC000003E, 41, 425), "aarch64": (0xC00000B7, 198, 425)}


def seal() -> list[str]:
    """The locks that hold: ``namespace``, ``filter``; empty if neither could be set."""
    libc = ctypes.CDLL(None, use_errno=True)
    held = []
    if any(libc.unshare(flags) == 0 for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET)):
        held.append("namespace")
    if _filter(libc):
        held.append("filter")
    return held


def _filter(libc: ctypes.CDLL) -> bool:
    machine = _MACHINES.get(platform.machine())
    if machine is None or os.name != "posix":
        return False
    audit, socket, ring = machine

    def load(offset: int) -> tuple[int, int, int, int]:
        return (0x20, 0, 0, offset)

    def equal(value: int, yes: int, no: int) -> tuple[int, int, int, int]:
        return (0x15, yes, no, value)

    program = [
        load(4), equal(audit, 0, 6),          # another architecture's calls: refused
        load(0), equal(ring, 4, 0),           # io_uring could open sockets past this filter
        equal(socket, 0, 2),                  # anything but socket(): allowed
        load(16), equal(_AF_UNIX, 0, 1),      # socket() of the file system: allowed
        (0x06, 0, 0, _ALLOW),
        (0x06, 0, 0, _REFUSE | _EPERM),
    ]  # fmt: skip
    code = b"".join(struct.pack("HBBI", *line) for line in program)
    buffer = ctypes.create_string_buffer(code)
    header = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, header, 0, 0) == 0)
