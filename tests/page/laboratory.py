"""A JupyterLab with a kernel for the tests: started once, one page for each notebook."""

import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

KERNEL_READY = "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
SLIDER = ".escapelab-live .noUi-handle"


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """(address, folder of its notebooks) of a JupyterLab whose settings are in a folder of its own."""
    home = tmp_path_factory.mktemp("lab")
    settings = home / "config" / "labconfig"
    settings.mkdir(parents=True)
    quiet = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (settings / "page_config.json").write_text(json.dumps(quiet))
    tracker = home / "settings" / "@jupyterlab" / "notebook-extension"
    tracker.mkdir(parents=True)
    (tracker / "tracker.jupyterlab-settings").write_text(json.dumps({"windowingMode": "none"}))  # keep every cell
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    places = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }
    options = [
        "--no-browser",
        "--allow-root",
        "--expose-app-in-browser",
        "--IdentityProvider.token=",
        f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={home}",
        "--LabApp.extension_manager=readonly",
    ]
    environment = os.environ | {name: str(home / place) for name, place in places.items()}
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options], stdout=log, stderr=log, env=environment
        )
        try:
            answered(f"http://127.0.0.1:{port}/api", server, home / "log")
            yield f"http://127.0.0.1:{port}", home
        finally:
            server.terminate()
            server.wait(20)


def answered(address: str, server: subprocess.Popen, log: Path) -> None:
    """Wait until the server answers; fails with its log if it does not within a minute."""
    for _ in range(120):
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
        if server.poll() is not None:
            break
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()}")


@pytest.fixture
def run_all(lab, browser):
    """run_all(notebook) -> page with the notebook open, all of its cells run, and its first control live."""
    address, home = lab
    contexts, counter = [], itertools.count(time.monotonic_ns())

    def opened(notebook: Path):
        name = f"run-{next(counter)}"
        shutil.copy(notebook, home / f"{name}.ipynb")
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 1000}))
        page = contexts[-1].new_page()
        page.goto(f"{address}/lab/workspaces/{name}/tree/{name}.ipynb")
        page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook", timeout=60_000)
        page.wait_for_function(KERNEL_READY, timeout=60_000)
        page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
        page.wait_for_selector(SLIDER, timeout=180_000)
        return page

    yield opened
    for context in contexts:
        context.pages[0].evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        context.close()
