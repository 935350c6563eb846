"""How PostgreSQL runs when we are root, which its programs refuse.

First choice: a user namespace in which root is seen as `nobody`; files stay root's and nothing on
the machine changes. Where that is forbidden (some containers, macOS): the real user `nobody`, with
the programs copied to a folder it can reach. No user is made, no permission of others is touched.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import sys
from functools import cache
from pathlib import Path

from cli.local.processes import LIBC, Account, PartFailed

CLONE_NEWUSER = 0x10000000
# The mapped id must have a name, or initdb cannot look itself up; 65534 is nobody on Linux.
NOBODY = 65534
SHARED = Path("/var/lib/whop-legends")


def enter_namespace() -> None:
    """Become `nobody` in a namespace of our own. Runs between fork and exec."""
    if LIBC is None or LIBC.unshare(CLONE_NEWUSER) != 0:
        os._exit(97)
    for file, text in (
        ("setgroups", "deny"),
        ("gid_map", f"{NOBODY} 0 1"),
        ("uid_map", f"{NOBODY} 0 1"),
    ):
        handle = os.open(f"/proc/self/{file}", os.O_WRONLY)
        os.write(handle, text.encode())
        os.close(handle)


@cache
def namespace_works() -> bool:
    """True when this machine lets root make a user namespace."""
    if sys.platform != "linux" or os.environ.get("LEGENDS_PG_AS") == "nobody":
        return False
    try:
        probe = subprocess.run(
            ["/bin/sh", "-c", "exit 0"],
            check=False,
            capture_output=True,
            preexec_fn=enter_namespace,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return probe.returncode == 0


def server_account() -> Account:
    """The identity the database server runs under."""
    if os.geteuid() != 0:
        return Account()
    if namespace_works():
        return Account(enter=enter_namespace)
    nobody = pwd.getpwnam("nobody")
    return Account(uid=nobody.pw_uid, gid=nobody.pw_gid)


def reachable(folder: Path) -> bool:
    """True when every user may pass through all folders above `folder` and into it."""
    existing = [path for path in (folder, *folder.parents) if path.exists()]
    return all(path.stat().st_mode & stat.S_IXOTH for path in existing)


def data_folder(home: Path, account: Account) -> Path:
    """Where the server keeps its data: in `home`, unless its user cannot get there.

    Data that are already there stay where they are. Raise PartFailed rather than begin anew
    beside data that this account cannot reach.
    """
    inside = home / "pg"
    if os.geteuid() != 0:
        return inside
    outside = SHARED / hashlib.sha256(str(home).encode()).hexdigest()[:12] / "pg"
    if outside.exists():
        return outside
    if account.uid is None or reachable(home):
        return inside
    if any(inside.glob("*/PG_VERSION")):
        raise PartFailed(
            f"{inside} lies below a folder that the user `nobody` cannot enter, and user "
            "namespaces are forbidden here: open that folder, or set LEGENDS_HOME to start anew"
        )
    return outside


def make_way(folder: Path) -> None:
    """Make the folder and those above it that are missing, so that every user may pass through.

    Our own umask closes what we make to others.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir()
        path.chmod(0o711)


def programs(installed: Path, account: Account) -> Path:
    """The folder of programs the account can run: `installed`, or a copy that it can reach.

    The sibling folder `*.libs` belongs to it: the programs look for their libraries there.
    """
    if account.uid is None or reachable(installed):
        return installed
    package = installed.parent.parent
    stamp = hashlib.sha256(f"{package}{package.stat().st_mtime_ns}".encode()).hexdigest()[:12]
    target = SHARED / f"programs-{stamp}"
    if not target.exists():
        fresh = SHARED / f"programs-{stamp}.{os.getpid()}"
        make_way(fresh / "pg")
        shutil.copytree(
            package / "pginstall",
            fresh / "pg" / "pginstall",
            symlinks=True,
            ignore=shutil.ignore_patterns("include"),
        )
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        fresh.replace(target)
    return target / "pg" / "pginstall" / "bin"
