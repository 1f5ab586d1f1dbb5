# One line of each target is what `make help` prints. Everything runs in .venv, which the first
# call makes and a change of pyproject.toml or requirements.lock brings up to date. Written for
# make 3.81 (macOS) and any POSIX shell: a recipe's commands are joined by &&.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The Python that makes .venv: `make lab PYTHON=python3.12`.
PYTHON ?= python3
# How many lessons and test files run at a time.
WORKERS ?= 2
# Passed through: `make lab ARGS="--no-browser --port 9999"`, `make test ARGS="-x tests"`.
ARGS ?=
# pip installs into .venv, wherever somebody's settings send it otherwise.
export PIP_USER := 0
unexport PIP_TARGET PIP_PREFIX PIP_ROOT

PY := .venv/bin/python
LEARNER := .venv/.for-learners
DEVELOPER := .venv/.for-developers
TEACHER := .venv/.for-teachers
BOOK := .venv/.for-the-book
HUB := .venv/.for-the-hub

# An environment whose Python or package is gone (interrupted, moved, upgraded) is made again.
ifneq ($(shell $(PY) -I -c "import helpers, os; print(os.path.samefile(helpers.__path__[0], 'helpers'))" 2>/dev/null),True)
.PHONY: $(LEARNER) $(DEVELOPER) $(TEACHER) $(BOOK) $(HUB)
endif

.PHONY: help lab test refresh claims bench portability exercises release grade report book hub

help: ## list these targets
	@sed -n 's/^\([a-z][a-z-]*\):[^#]*## /\1 /p' Makefile | while read -r target text; do printf '  make %-12s %s\n' "$$target" "$$text"; done

lab: $(LEARNER) ## open the course in JupyterLab, in your own copy work/ [OUTPUTS=keep ARGS="--port 9999"]
	@$(PY) -m course.maintenance.lab $(if $(OUTPUTS),--outputs $(OUTPUTS)) $(ARGS)

test: $(DEVELOPER) ## run all checks; every output of every lesson is compared [ARGS="notebooks/02_rnn_cell.ipynb"]
	@$(PY) -m pytest -n $(WORKERS) $(ARGS)

refresh: $(DEVELOPER) ## execute the lessons again and keep what has not changed [LESSON=02] [FRESH=1]
	@$(PY) -m course.maintenance.refresh $(LESSON) $(if $(FRESH),--fresh) $(ARGS)

claims: $(LEARNER) ## repeat the measurements behind the claims [CLAIM=9] [JOBS=2] [ARGS=--stale|--tune|--challenges]
	@$(PY) -m course.claims $(if $(CLAIM),--claim $(CLAIM)) $(if $(JOBS),--jobs $(JOBS)) $(ARGS)

bench: $(LEARNER) ## compare the NumPy layers with torch's, trainings with other courses' [ARGS="--only dates"]
	@$(PY) -m course.maintenance.bench $(ARGS)

portability: $(DEVELOPER) ## run the lessons as other processors would and with other thread counts [LESSON=02]
	@$(PY) -m course.maintenance.portability $(LESSON) $(ARGS)

exercises: $(LEARNER) ## print what guards each exercise: mistakes, mutants, survivors [ARGS="--lesson rnn"]
	@$(PY) -m course.exercises $(ARGS)

release: $(TEACHER) ## make an nbgrader assignment of lessons or exercises [ARGS="week-2 02 --course FOLDER"]
	@$(PY) -m course.grading release $(or $(ARGS),--help)

grade: $(TEACHER) ## grade a folder of submissions [ARGS="week-2 FOLDER --course FOLDER"]
	@$(PY) -m course.grading grade $(or $(ARGS),--help)

report: $(TEACHER) ## write grades, feedback and the class page [ARGS="week-2 --course FOLDER"]
	@$(PY) -m course.grading report $(or $(ARGS),--help)

book: $(BOOK) ## build the web edition in build/book/html [ARGS="--out FOLDER"]
	@$(PY) -m course.book $(ARGS)

hub: $(HUB) ## try a class on one server, from log-in to feedback [ARGS="--lesson 10 --keep"]
	@$(PY) -m course.grading.hub $(ARGS)

$(LEARNER): pyproject.toml requirements.lock
	@$(call install,.)
	@touch $@

$(DEVELOPER): pyproject.toml requirements.lock
	@$(call install,.[dev])
	@touch $(LEARNER) $@

$(BOOK): pyproject.toml requirements.lock
	@$(call install,.[book])
	@touch $(LEARNER) $@

$(TEACHER): pyproject.toml requirements.lock
	@$(call install,.[grading])
	@touch $(LEARNER) $@

# JupyterHub's proxy is a Node program; it goes into .venv, too.
$(HUB): pyproject.toml requirements.lock
	@$(call install,.[hub])
	@command -v configurable-http-proxy >/dev/null || command -v npm >/dev/null || { \
	    echo 'The hub needs npm and Node 20 or newer, for its proxy. On Debian 13: sudo apt install npm' >&2; exit 1; }
	@command -v configurable-http-proxy >/dev/null || \
	    npm install --prefix .venv --no-fund --no-audit --loglevel=error configurable-http-proxy
	@touch $(LEARNER) $(TEACHER) $@

# A stamp is written after a complete installation only, so an interrupted one is taken up again.
# Where pip fails, a small question to the same index tells a missing network from other reasons.
define install
if ! command -v "$(PYTHON)" >/dev/null; then \
    echo 'There is no $(PYTHON). Install Python 3.11 or newer (Debian: sudo apt install python3 python3-venv), or name yours: make PYTHON=python3.12 …' >&2; exit 1; fi && \
if ! "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
    echo "The course needs Python 3.11 or newer; $(PYTHON) is $$("$(PYTHON)" -c 'import platform; print(platform.python_version())'). Install a newer one and name it: make PYTHON=python3.12 …" >&2; exit 1; fi && \
if ! $(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || ! $(PY) -m pip --version >/dev/null 2>&1; then \
    if ! "$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null; then \
        echo 'This Python cannot make virtual environments. On Debian or Ubuntu: sudo apt install python3-venv' >&2; exit 1; fi && \
    echo 'Making .venv' && "$(PYTHON)" -m venv --clear .venv; fi && \
echo 'Installing the locked versions into .venv$(if $(wildcard $(LEARNER)),,: some minutes this first time)' && \
if ! $(PY) -m pip install $(if $(wildcard $(LEARNER)),--quiet) --disable-pip-version-check -c requirements.lock -e '$(1)'; then \
    if $(PY) -m pip install --dry-run --ignore-installed --no-deps --retries 0 --timeout 10 tqdm >/dev/null 2>&1; then \
        echo 'The installation failed: pip says why above. Run the same command again once that is put right.' >&2; \
    else \
        echo 'The package index cannot be reached: is there a network, and does it need a proxy (HTTPS_PROXY=http://…)? Run the same command again once there is.' >&2; fi; \
    exit 1; fi && \
$(PY) -c 'import matplotlib.font_manager'
endef
