"""Writes the sizes and sums of `resources/` into its manifest.

Run it after changing a resource. Source and licence are written by hand: a new file gets an entry
without them, which the tests refuse until someone fills them in.
"""

import hashlib
import json
from pathlib import Path

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
MANIFEST = RESOURCES / "manifest.json"


def main() -> None:
    known = json.loads(MANIFEST.read_bytes()) if MANIFEST.exists() else {}
    entries = {}
    for path in sorted(RESOURCES.rglob("*")):
        if not path.is_file() or path == MANIFEST:
            continue
        name = path.relative_to(RESOURCES).as_posix()
        content = path.read_bytes()
        entries[name] = {
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "source": known.get(name, {}).get("source", ""),
            "licence": known.get(name, {}).get("licence", ""),
        }
    MANIFEST.write_text(json.dumps(entries, indent=2) + "\n", encoding="ascii")
    for name, entry in entries.items():
        if not entry["source"] or not entry["licence"]:
            print(f"{name}: fill in its source and licence")


if __name__ == "__main__":
    main()
