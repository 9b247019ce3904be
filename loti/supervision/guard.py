"""Stands between the supervisor and one process, so that nothing survives the supervisor, not even its SIGKILL.

Run as a file (`python -S -E guard.py … -- command`), not as a module: it must start in milliseconds and stay small.
The supervisor holds the only write end of a pipe, the life-line. When the pipe closes, by order or because the
supervisor died, the command gets its stop signal, and after the grace time its whole process group gets SIGKILL.
"""

import argparse
import os
import select
import signal
import subprocess
import sys
import time


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run a command for as long as a pipe stays open.")
    parser.add_argument("--lifeline", type=int, required=True, help="descriptor of the read end of the pipe")
    parser.add_argument("--grace", type=float, default=8.0, help="seconds between the stop signal and SIGKILL")
    parser.add_argument("--stop-signal", type=int, default=int(signal.SIGTERM))
    parser.add_argument("--user", help="run the command as this user")
    parser.add_argument("command", nargs="+")
    return parser.parse_args(arguments)


def start(options: argparse.Namespace) -> "subprocess.Popen[bytes]":
    if options.user is None:
        return subprocess.Popen(options.command, stdin=subprocess.DEVNULL)
    return subprocess.Popen(
        options.command, stdin=subprocess.DEVNULL, user=options.user, group=primary_group(options.user), extra_groups=[]
    )


def primary_group(user: str) -> int:
    import pwd

    return pwd.getpwnam(user).pw_gid


def main() -> int:
    options = parse(sys.argv[1:])
    # A byte arrives on this pipe with every signal, so that one select() waits for the life-line and the child alike.
    waking, woken = os.pipe()
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    stopping: list[int] = []
    signal.signal(signal.SIGCHLD, lambda *_: None)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: stopping.append(received))
    try:
        child = start(options)
    except OSError as error:
        print(f"{options.command[0]} cannot be started: {error.strerror}", file=sys.stderr, flush=True)
        return 127
    while child.poll() is None:
        ready, _, _ = select.select([options.lifeline, waking], [], [])
        if waking in ready:
            os.read(waking, 4096)
        if options.lifeline in ready or stopping:
            end(child, options, waking)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


def end(child: "subprocess.Popen[bytes]", options: argparse.Namespace, waking: int) -> None:
    """Ask the command alone (a worker finishes its task, a server its requests), then end the group, this included."""
    child.send_signal(options.stop_signal)
    deadline = time.monotonic() + options.grace
    while child.poll() is None and (left := deadline - time.monotonic()) > 0:
        if select.select([waking], [], [], left)[0]:
            os.read(waking, 4096)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
