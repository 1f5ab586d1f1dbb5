"""JupyterHub for one class on one machine. README.md, beside this file, says how to use it.

COURSE_HUB chooses between two ways:

    trial    (the default) Made-up names with a shared password, on 127.0.0.1. Every server runs
             under the account that starts the hub, so nobody is kept from anybody's files.
    system   Accounts of the machine, with their own passwords, files and processes. The hub runs
             as root. Who is in the group course-instructors teaches; who is in course-students
             learns.

The other settings are read from the environment, too; each has a default:

    COURSE_HUB_STATE     the hub's own files (trial: homes and exchange as well)
    COURSE_HUB_PORT      where browsers connect; the next two ports are used inside
    COURSE_EXCHANGE      nbgrader's exchange
    COURSE_STUDENTS, COURSE_INSTRUCTORS                      (trial) names with commas between
    COURSE_STUDENT_PASSWORD, COURSE_INSTRUCTOR_PASSWORD      (trial) made up and printed if unset
"""

import grp
import json
import os
import secrets
import shutil
import stat
import sys
from pathlib import Path

c = get_config()  # noqa: F821 (JupyterHub defines it)

COURSE_ID = "sequence"
TRIAL = os.environ.get("COURSE_HUB", "trial") == "trial"
STATE = Path(os.environ.get("COURSE_HUB_STATE", "hub" if TRIAL else "/srv/jupyterhub")).absolute()
EXCHANGE = Path(
    os.environ.get("COURSE_EXCHANGE", STATE / "exchange" if TRIAL else "/srv/nbgrader/exchange")
)
PORT = int(os.environ.get("COURSE_HUB_PORT", "8000"))


def names(variable: str, default: str) -> set[str]:
    """Return the names that a variable lists."""
    return {name.strip() for name in os.environ.get(variable, default).split(",") if name.strip()}


# --- the hub and its proxy: nothing listens outside this machine. For a class, put a web server
# with a certificate in front (README.md), and leave this as it is.

STATE.mkdir(parents=True, exist_ok=True)
STATE.chmod(0o711)
c.JupyterHub.bind_url = f"http://127.0.0.1:{PORT}"
c.JupyterHub.hub_ip = "127.0.0.1"
c.JupyterHub.hub_port = PORT + 1
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{PORT + 2}"
PRIVATE = STATE / "private"
PRIVATE.mkdir(exist_ok=True)
PRIVATE.chmod(0o700)
c.ConfigurableHTTPProxy.pid_file = str(PRIVATE / "proxy.pid")
c.JupyterHub.cookie_secret_file = str(PRIVATE / "cookie_secret")
c.JupyterHub.db_url = f"sqlite:///{PRIVATE / 'jupyterhub.sqlite'}"

if not shutil.which("configurable-http-proxy"):
    # `make hub` lays it there.
    local = Path(sys.prefix) / "node_modules" / ".bin" / "configurable-http-proxy"
    c.ConfigurableHTTPProxy.command = [str(local)]

# --- who may come in

if TRIAL:
    STUDENTS = names("COURSE_STUDENTS", "ada,grace,alan")
    INSTRUCTORS = names("COURSE_INSTRUCTORS", "teacher")
    c.JupyterHub.authenticator_class = "shared-password"
    c.JupyterHub.spawner_class = "simple"
    c.SimpleLocalProcessSpawner.home_dir_template = str(STATE / "homes" / "{username}")
    c.Authenticator.allowed_users = STUDENTS
    # Only administrators have a password of their own here; it must have 32 characters.
    c.Authenticator.admin_users = INSTRUCTORS
    for role, length in (("student", 16), ("instructor", 32)):
        password = os.environ.get(f"COURSE_{role.upper()}_PASSWORD")
        if not password:
            password = secrets.token_hex(length // 2)
            print(f"The {role}s' password, made up for this run: {password}", flush=True)
        kind = "user_password" if role == "student" else "admin_password"
        c.SharedPasswordAuthenticator[kind] = password
else:
    # Accounts are made with adduser; membership of the two groups decides.
    c.JupyterHub.authenticator_class = "pam"
    c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
    c.LocalAuthenticator.allowed_groups = {"course-students", "course-instructors"}


def teaches(name: str) -> bool:
    """Say whether a user is an instructor."""
    if TRIAL:
        return name in INSTRUCTORS
    return name in grp.getgrnam("course-instructors").gr_mem


# --- what nbgrader is told. Each role has a folder of settings, which JUPYTER_CONFIG_PATH names.

STUDENTS_SETTINGS = f"""
import os
c = get_config()
c.CourseDirectory.course_id = {COURSE_ID!r}
c.Exchange.root = {str(EXCHANGE)!r}
# The package and its data are installed here. Who took which hint is nobody else's business.
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "helpers", "course", "data",
    ".progress.json",
]
"""
if TRIAL:
    # Everybody has the same account here, so nbgrader cannot read from it who submits.
    STUDENTS_SETTINGS += "c.CourseDirectory.student_id = os.environ['JUPYTERHUB_USER']\n"
INSTRUCTORS_SETTINGS = f"""
import os
c = get_config()
c.CourseDirectory.course_id = {COURSE_ID!r}
c.CourseDirectory.root = os.path.expanduser('~/course')
c.Exchange.root = {str(EXCHANGE)!r}
c.CollectApp.check_owner = {not TRIAL}
"""


def write_settings(role: str, settings: str, hidden: list[str]) -> str:
    """Write a role's settings, readable by all, and return their folder."""
    folder = STATE / "settings" / role
    (folder / "labconfig").mkdir(parents=True, exist_ok=True)
    (folder / "nbgrader_config.py").write_text(settings, encoding="utf-8")
    page = {"disabledExtensions": {f"@jupyter/nbgrader:{name}": True for name in hidden}}
    # Nobody is asked whether JupyterLab may fetch news.
    preset = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}
    for name, content in (("page_config", page), ("default_setting_overrides", preset)):
        file = folder / "labconfig" / f"{name}.json"
        file.write_text(json.dumps(content), encoding="utf-8")
    return str(folder)


SETTINGS = {
    "student": write_settings(
        "student", STUDENTS_SETTINGS, ["formgrader", "course-list", "create-assignment"]
    ),
    "instructor": write_settings("instructor", INSTRUCTORS_SETTINGS, ["course-list"]),
}

# Everybody may write here, and nobody may remove another's folder (the sticky bit). What nbgrader
# makes below is tighter: students can put submissions in, but not list them.
if not EXCHANGE.exists():
    EXCHANGE.mkdir(parents=True)
    EXCHANGE.chmod(0o1777)
elif stat.S_IMODE(EXCHANGE.stat().st_mode) not in (0o777, 0o1777):
    raise SystemExit(f"{EXCHANGE} must be writable by all: chmod 1777 {EXCHANGE}")

# --- each user's server

PROGRAMS = Path(sys.executable).parent
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
c.Spawner.environment = {
    # One thread for each kernel: more would wait for each other, and the lessons' outputs were
    # recorded with one.
    **dict.fromkeys(THREADS, "1"),
    "PYTHONHASHSEED": "0",
    # nbgrader calls alembic, and students call nbgrader, by name.
    "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
}
c.Spawner.cmd = [str(PROGRAMS / "jupyterhub-singleuser")]
c.Spawner.default_url = "/lab"
c.Spawner.start_timeout = c.Spawner.http_timeout = 120
c.JupyterHub.concurrent_spawn_limit = 10

# These two spawners ignore Spawner.mem_limit. README.md says what limits memory.

# A kernel that nobody has used for an hour ends, and a server without kernels an hour later.
CULLING = [
    "--MappingKernelManager.cull_idle_timeout=3600",
    "--MappingKernelManager.cull_interval=300",
    "--MappingKernelManager.cull_connected=True",
    "--ServerApp.shutdown_no_activity_timeout=3600",
]
EXTENSION = "--ServerApp.jpserver_extensions=nbgrader.server_extensions."


def prepare(spawner) -> None:  # type: ignore[no-untyped-def]
    """Give a server its role: instructors get the formgrader, students do not."""
    role = "instructor" if teaches(spawner.user.name) else "student"
    spawner.environment = {**spawner.environment, "JUPYTER_CONFIG_PATH": SETTINGS[role]}
    spawner.args = [*CULLING, f"{EXTENSION}course_list=False"]
    if role == "student":
        spawner.args.append(f"{EXTENSION}formgrader=False")
    else:
        # JupyterHub forbids frames, and JupyterLab would show the formgrader in one.
        spawner.default_url = "/formgrader"
    if TRIAL and getattr(os, "geteuid", lambda: 1)() == 0:
        spawner.args.append("--allow-root")


c.Spawner.pre_spawn_hook = prepare
