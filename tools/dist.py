"""The built book as one zip that opens by double click (index.html) on a machine without a network.

python tools/dist.py     writes _build/escapelab-book-VERSION.zip; the same book gives the same bytes
"""

import re
import zipfile
from pathlib import Path

import versions

LEFT_OUT = re.compile(r".*\.(map|ttf)|_static/(scripts/fontawesome\.js|locales/.*)|\.(buildinfo|nojekyll)")


def main() -> Path:
    """Write the zip; its path. SystemExit if the built pages are not of the present versions."""
    versions.refuse_stale()
    name = f"escapelab-book-{versions.number()}"
    target = versions.HTML.parent / f"{name}.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(path for path in versions.HTML.rglob("*") if path.is_file()):
            inside = path.relative_to(versions.HTML).as_posix()
            if LEFT_OUT.fullmatch(inside):
                continue
            entry = zipfile.ZipInfo(f"{name}/{inside}", (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, path.read_bytes())
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB")
    return target


if __name__ == "__main__":
    main()
