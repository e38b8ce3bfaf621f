"""Who publishes this book: the repository's address, branch and commit, from the environment or from git.

First BOOK_REPOSITORY_URL, BOOK_BRANCH and BOOK_COMMIT; then what GitHub's and GitLab's runners say; then the remote
`origin` of the checkout. A fork has nothing to edit.
"""

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCP = re.compile(r"(?:[\w.-]+@)?([\w.-]+\.[\w.-]+):(?!/)(.+)")
NAMES = ("BOOK_REPOSITORY_URL", "BOOK_BRANCH", "BOOK_COMMIT")


def web_address(remote: str) -> str:
    """The https address of a git remote; '' for a folder and for what has no web page."""
    remote = remote.strip().removesuffix("/").removesuffix(".git")
    if found := SCP.fullmatch(remote):
        return f"https://{found[1]}/{found[2]}"
    found = re.fullmatch(r"(?:https?|ssh|git)://(?:[^@/]*@)?([\w.-]+\.[a-z]+)(?::\d+)?/(.+)", remote)
    return f"https://{found[1]}/{found[2]}" if found else ""


def _git(folder: Path, *words: str) -> str:
    try:
        done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def publisher(environment=os.environ, folder: Path = ROOT) -> dict[str, str]:
    """BOOK_REPOSITORY_URL, BOOK_BRANCH and BOOK_COMMIT; the address is '' where no repository is known."""
    if "BOOK_REPOSITORY_URL" in environment:
        found = [environment.get(name, "") for name in NAMES]
    elif "GITHUB_REPOSITORY" in environment:
        host = environment.get("GITHUB_SERVER_URL", "https://github.com")
        address = f"{host}/{environment['GITHUB_REPOSITORY']}"
        found = [address, environment.get("GITHUB_REF_NAME", ""), environment.get("GITHUB_SHA", "")]
    elif "CI_PROJECT_URL" in environment:
        found = [environment.get(name, "") for name in ("CI_PROJECT_URL", "CI_COMMIT_REF_NAME", "CI_COMMIT_SHA")]
    else:
        top = _git(folder, "rev-parse", "--show-toplevel")
        own = bool(top) and Path(top).resolve() == folder.resolve()
        branch = _git(folder, "rev-parse", "--abbrev-ref", "HEAD").replace("HEAD", "") if own else ""
        found = [_git(folder, "remote", "get-url", "origin") if own else "", branch, ""]
    address, branch, commit = found
    return dict(zip(NAMES, (web_address(address), branch or "main", commit), strict=True))
