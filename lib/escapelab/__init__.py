"""escapelab: ensembles of stochastic gradient descent, and what theory says of them.

Importing the package sets three things in numba: its cache folder, which is keyed on the sources of the
library, because numba's own key misses a change made in another file, and on the CPU; unless the reader has
chosen a CPU, full-width vectors, which LLVM avoids by default on CPUs with AVX-512; and that scipy.linalg, a
tenth of a second, is imported by compiled code that does linear algebra and not by all that is compiled.
"""

import hashlib
import os
import sys
import tempfile
from pathlib import Path

__version__ = "0.1.0"


def _hash(paths) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _sources():
    return list(Path(__file__).parent.rglob("*.py"))


def _compiled_sources():
    """The modules that hold compiled code: all of them import from plug."""
    return [path for path in _sources() if path.stem == "plug" or b"plug import" in path.read_bytes()]


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _choose_cache_folder(key: str) -> Path:
    """The first writable of $NUMBA_CACHE_DIR, the user's cache folder, and a fresh temporary folder."""
    homes = [os.environ.get("NUMBA_CACHE_DIR"), os.environ.get("XDG_CACHE_HOME"), Path.home() / ".cache"]
    for home in filter(None, homes):
        folder = Path(home) / "escapelab" / key
        if _writable(folder):
            return folder
    return Path(tempfile.mkdtemp(prefix="escapelab-"))


import numba  # noqa: E402
from llvmlite.binding import get_host_cpu_features, get_host_cpu_name  # noqa: E402
from numba.np import linalg  # noqa: E402

if not (numba.config.CPU_NAME or numba.config.CPU_FEATURES):
    numba.config.CPU_FEATURES = get_host_cpu_features().flatten() + ",-prefer-256-bit"


def _key(sources) -> str:
    """A folder for each state of the sources and each CPU: numba mixes up what two CPUs write at once into one."""
    target = f"{numba.config.CPU_NAME or get_host_cpu_name()} {numba.config.CPU_FEATURES}"
    return f"{_hash(sources)}-{hashlib.sha256(target.encode()).hexdigest()[:8]}"


SOURCES = _hash(_sources())
CACHE = _choose_cache_folder(_key(_compiled_sources()))
numba.config.CACHE_DIR = str(CACHE)


def _postpone_scipy(ensure_blas=linalg.ensure_blas):
    """Answer numba's one question at the start, whether there is a BLAS, without looking: SciPy is required here."""
    linalg.ensure_blas = ensure_blas


if "numba.np.arraymath" not in sys.modules:
    linalg.ensure_blas = _postpone_scipy
