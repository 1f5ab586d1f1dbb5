"""Rules of the Linux kernel for a student's process, which no code in it can lift again.

Landlock limits it to files in its own folder (writing) and those of Python and the course
(reading), and keeps it from signalling others. A seccomp filter refuses it new processes and
programs, the network, tracing and signals. Permissions, owners, times and attributes of files,
which Landlock leaves open, cannot be changed: such a call does nothing and reports success, so that
`shutil.copy` and its like go on working. Both need no privileges. Where the kernel has one of them
not, the other holds; the caller learns which do.

No rule covers `stat`: a student's code can learn that a file exists, its size and its times, since
Python itself cannot start without that call.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Sequence

__all__ = ["apply", "available"]

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _PR_GET_SECCOMP = 1, 38, 22, 21


def apply(writable: Sequence[str], readable: Sequence[str]) -> list[str]:
    """Put this process under the rules.

    Parameters
    ----------
    writable : sequence of str
        Folders in which it may do anything.
    readable : sequence of str
        Folders whose files it may read and load.

    Returns
    -------
    list of str
        The rules that hold: ``landlock``, ``seccomp``.
    """
    if not sys.platform.startswith("linux"):
        return []
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, 9, 0, 0, 0)  # it ends with the grader
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return []
    held = []
    if _landlock(libc, writable, readable):
        held.append("landlock")
    if _seccomp(libc):
        held.append("seccomp")
    return held


def available() -> list[str]:
    """Tell which of the rules this system knows, and set none of them."""
    if not sys.platform.startswith("linux"):
        return []
    libc = ctypes.CDLL(None, use_errno=True)
    known = []
    if libc.syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(1)) >= 1:
        known.append("landlock")
    if platform.machine() in _ARCHITECTURES and libc.prctl(_PR_GET_SECCOMP, 0, 0, 0, 0) >= 0:
        known.append("seccomp")
    return known


# --- Landlock: files and signals -----------------------------------------------------------------

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # on every processor
_READ = 1 << 0 | 1 << 2 | 1 << 3  # execute, read a file, list a folder
_FILES_SINCE = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}


def _landlock(libc: ctypes.CDLL, writable: Sequence[str], readable: Sequence[str]) -> bool:
    version = libc.syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    if version < 1:
        return False
    files = _FILES_SINCE[max(known for known in _FILES_SINCE if known <= version)]
    network = 3 if version >= 4 else 0  # bind, connect
    scope = 3 if version >= 6 else 0  # abstract sockets, signals
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    attributes = struct.pack("=QQQ", files, network, scope)[:size]
    ruleset = libc.syscall(_CREATE, attributes, ctypes.c_size_t(size), ctypes.c_uint32(0))
    if ruleset < 0:
        return False
    try:
        for paths, rights in ((readable, _READ & files), (writable, files)):
            for path in paths:
                _allow(libc, ruleset, path, rights, files)
        _allow(libc, ruleset, os.devnull, files, files)
        return bool(libc.syscall(_RESTRICT, ruleset, ctypes.c_uint32(0)) == 0)
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int, files: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(path):
            rights &= 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15  # what a single file can grant
        rule = struct.pack("=Qi", rights & files, handle)
        libc.syscall(_ADD, ruleset, ctypes.c_int(1), rule, ctypes.c_uint32(0))
    finally:
        os.close(handle)


# --- seccomp: processes, signals, the network ---------------------------------------------------

# Name: number on x86_64, on aarch64; None where there is no such call.
_CALLS: dict[str, tuple[int | None, int | None]] = {
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "kill": (62, 129),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "setsid": (112, 157),
    "setpgid": (109, 154),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "chroot": (161, 51),
    "pivot_root": (155, 41),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "reboot": (169, 142),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "setpriority": (141, 140),
    "sched_setaffinity": (203, 122),
    "prlimit64": (302, 261),
    "setrlimit": (160, 164),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    # Memory that no limit counts.
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
}
# Landlock has no right for what these change, neither by path nor by descriptor.
INODES: dict[str, tuple[int | None, int | None]] = {
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "lchown": (94, None),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "setxattrat": (463, 463),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
}
IOCTL = (16, 29)
FLAGS = (0x40086602, 0x401C5820, 0x40087602)  # of ioctl: set flags (chattr), project, generation
_CLONE, _CLONE3, _TGKILL = (56, 220), (435, 435), (234, 131)
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

_LOAD, _EQUAL, _SET, _AT_LEAST, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _FIRST, _SECOND = 0, 4, 16, 24  # where they lie in struct seccomp_data
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000


def _seccomp(libc: ctypes.CDLL) -> bool:
    known = _ARCHITECTURES.get(platform.machine())
    if known is None or sys.maxsize < 2**32:
        return False
    column, architecture = known
    program: list[tuple[int, int, int, int]] = []

    def add(code: int, k: int, yes: int = 0, no: int = 0) -> None:
        program.append((code, yes, no, k))

    add(_LOAD, _ARCHITECTURE)
    add(_EQUAL, architecture, yes=1)
    add(_RETURN, _KILL)
    add(_LOAD, _NUMBER)
    if column == 0:  # the x32 variants of all calls have other numbers
        add(_AT_LEAST, 0x40000000, no=1)
        add(_RETURN, _KILL)
    for calls, outcome in ((_CALLS, errno.EPERM), (INODES, 0)):
        for numbers in calls.values():
            number = numbers[column]
            if number is not None:
                add(_EQUAL, number, no=1)
                add(_RETURN, _REFUSE | outcome)
    add(_EQUAL, IOCTL[column], no=2 * len(FLAGS) + 2)
    add(_LOAD, _SECOND)
    for request in FLAGS:
        add(_EQUAL, request, no=1)
        add(_RETURN, _REFUSE | errno.EPERM)
    add(_RETURN, _ALLOW)
    add(_EQUAL, _CLONE3[column], no=1)  # its flags cannot be read here; libc then takes clone
    add(_RETURN, _REFUSE | errno.ENOSYS)
    add(_EQUAL, _TGKILL[column], no=4)  # to itself: that is how abort and threads work
    add(_LOAD, _FIRST)
    add(_EQUAL, os.getpid(), yes=1)
    add(_RETURN, _REFUSE | errno.EPERM)
    add(_RETURN, _ALLOW)
    add(_EQUAL, _CLONE[column], no=3)  # a thread, but no process
    add(_LOAD, _FIRST)
    add(_SET, 0x00010000, yes=1)
    add(_RETURN, _REFUSE | errno.EPERM)
    add(_RETURN, _ALLOW)
    code = b"".join(struct.pack("=HBBI", *line) for line in program)
    buffer = ctypes.create_string_buffer(code, len(code))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    made = Program(len(program), ctypes.cast(buffer, ctypes.c_void_p).value)
    return bool(libc.prctl(_PR_SET_SECCOMP, 2, ctypes.byref(made), 0, 0) == 0)
