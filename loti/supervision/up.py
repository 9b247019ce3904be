"""`manage.py up`: everything that LOTI needs, on one machine, from one command, until Ctrl-C."""

import contextlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections

from boroughs.background import QUEUES
from loti.progress import say, step
from loti.supervision import children, probe, valkey
from loti.supervision.children import Log, Service, Supervisor
from loti.supervision.guarded import Guarded, wait_until
from loti.supervision.lock import AlreadyRunning, held

READY_SECONDS = 60.0
# Ctrl-C ends everything within the grace of these three together and the broker's.
GRACE = {"web": 6.0, "worker": 6.0, "beat": 3.0}


class UpFailed(RuntimeError):
    """The start cannot go on; the text says why."""


@dataclass(frozen=True)
class Plan:
    host: str
    port: int
    once: bool

    @property
    def address(self) -> str:
        host = "127.0.0.1" if self.host == "0.0.0.0" else self.host  # noqa: S104 (a comparison, not a binding)
        return f"http://{host}:{self.port}"


def run(plan: Plan) -> int:
    """Start everything and serve until stopped; with `once`, stop after the main job. Returns the exit code."""
    var = Path(settings.VAR_DIR)
    try:
        if settings.PRODUCTION:
            raise UpFailed(
                "`up` is for trials, with demonstration data: docs/operations.md says how production starts."
            )
        private_folder(var)
        with held(var / "up.lock") as lock, signals_interrupt():
            check_port(plan)
            return supervise(plan, var, lock)
    except (UpFailed, AlreadyRunning, valkey.BrokerMissing, valkey.BrokerFailed) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("Stopped.")
        return 130


def private_folder(folder: Path) -> None:
    """Make the data folder, for this user's eyes alone."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise UpFailed(f"The data folder {folder} cannot be used: {error.strerror} (LOTI_VAR_DIR).") from error


def check_port(plan: Plan) -> None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((plan.host, plan.port))
        except OSError as error:
            raise UpFailed(
                f"Port {plan.port} of {plan.host} cannot be used ({error.strerror}): choose another with --port."
            ) from error


@contextlib.contextmanager
def signals_interrupt() -> Iterator[None]:
    """SIGTERM and a closed terminal stop everything in order, as Ctrl-C does."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def supervise(plan: Plan, var: Path, lock: int) -> int:
    main = threading.main_thread().ident or 0
    # A real signal, so that it also ends a sleep or a query of the main thread.
    supervisor = Supervisor(var / "logs", gave_up=lambda: signal.pthread_kill(main, signal.SIGTERM))
    try:
        start(plan, supervisor, lock)
        if not plan.once:
            serve()
    except CommandError as error:
        raise UpFailed(f"{error}\nThe logs are in {var / 'logs'}.") from error
    except DatabaseError as error:
        raise UpFailed(f"The database cannot be used: {error}") from error
    except KeyboardInterrupt:
        if supervisor.failure:
            raise UpFailed(supervisor.failure) from None
        raise
    finally:
        stop(supervisor)
    if supervisor.failure:
        raise UpFailed(supervisor.failure)
    return 0


def serve() -> None:
    """Wait to be told to stop, which is no failure."""
    with contextlib.suppress(KeyboardInterrupt):
        # Said in here: whoever reads it may stop everything before the next line is reached.
        say("\nCtrl-C stops everything.")
        threading.Event().wait()


def stop(supervisor: Supervisor) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    connections.close_all()
    with step("Stopping"):
        supervisor.stop()


def start(plan: Plan, supervisor: Supervisor, lock: int) -> None:
    env = environment(plan)
    say(f"Starting LOTI (data in {settings.VAR_DIR})")
    if settings.EMBEDDED_BROKER:
        supervisor.start(Service("broker", broker(lock)))
    in_process("Database", "migrate", interactive=False, verbosity=0)
    # WhiteNoise warns of a folder that is not there, whether or not it serves from it.
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    supervisor.start(Service("web", children.command(web(plan), env=env, keep=lock, grace=GRACE["web"])))
    in_process("Authorities and categories", "load_reference")
    in_process("Demonstration data", "load_demo")
    supervisor.start(Service("worker", children.command(worker(), env=env, keep=lock, grace=GRACE["worker"])))
    supervisor.start(Service("beat", children.command(beat(), env=env, keep=lock, grace=GRACE["beat"])))
    with step("Web server"):
        await_ready(plan, supervisor)
    main_job()
    say()
    call_command("list_sign_ins")
    say(f"\nLOTI is at {plan.address}/")


def in_process(label: str, name: str, **options: object) -> None:
    """Run a command here, which saves a start of Python; show what it says under its line."""
    said = StringIO()
    try:
        with step(label):
            call_command(name, stdout=said, **options)
    finally:
        for line in said.getvalue().splitlines():
            say(f"    {line}")


def main_job() -> None:
    """Through the real worker. At a terminal the command draws its own progress."""
    if sys.stdout.isatty():
        call_command("run_main_job")
    else:
        in_process("Matching, notices and report", "run_main_job")


def environment(plan: Plan) -> dict[str, str]:
    address = {} if os.environ.get("SITE_URL") else {"SITE_URL": plan.address}
    return {**os.environ, **address, "LOTI_NO_BOOTSTRAP": "1", "PYTHONUNBUFFERED": "1"}


def broker(lock: int) -> Callable[[Log], Guarded]:
    def begin(log: Log) -> Guarded:
        path = Path(settings.EMBEDDED_BROKER_SOCKET)
        data = Path(settings.VAR_DIR) / "valkey"
        return valkey.start_on_socket(path=path, data=data, log=log.file, keep=[lock])

    return begin


def web(plan: Plan) -> list[str | Path]:
    bind = f"{plan.host}:{plan.port}"
    threads = ["--worker-class", "gthread", "--workers", "1", "--threads", "8"]
    # The control socket has one path for all instances of a user; nothing here uses it.
    quiet = ["--no-control-socket", "--graceful-timeout", "4"]
    log = ["--access-logfile", "-", "--logger-class", "loti.access_log.AccessLog"]
    return [sys.executable, "-m", "gunicorn", "loti.wsgi", "--bind", bind, *threads, *quiet, *log]


def worker() -> list[str | Path]:
    queues = ",".join(QUEUES)
    options = ["--concurrency", "2", "--queues", queues, "--without-gossip", "--without-mingle"]
    return [*celery("worker"), *options, "--include", "loti.supervision.heartbeat", "--loglevel", "info"]


def beat() -> list[str | Path]:
    # No process file: after SIGKILL a stale one would keep beat from starting, and the lock already keeps it single.
    return [*celery("beat"), "--pidfile", "", "--loglevel", "info"]


def celery(command: str) -> list[str | Path]:
    return [sys.executable, "-m", "celery", "-A", "loti", command]


def await_ready(plan: Plan, supervisor: Supervisor) -> None:
    allowed = settings.ALLOWED_HOSTS[0]
    if not wait_until(lambda: not probe.ask(plan.address, allowed), timeout=READY_SECONDS, pause=0.2):
        wrong = probe.ask(plan.address, allowed)
        raise UpFailed(f"The web server is not ready: {wrong}\n{supervisor.last_lines('web')}")
