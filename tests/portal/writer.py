"""A process that writes into a portal: ``writer.py HOME DATABASE WHO WRITES``."""

import io
import sys
from pathlib import Path

from acopio.portal import indexing
from acopio.portal.actions import ACTIONS
from acopio.portal.caller import PIPELINE
from acopio.portal.problems import ValidationError
from acopio.portal.site import Asked, Call, Site, Upload
from tests.portal.serving import OWNER, opened

SHARED = "de-todos"


def write(site: Site, who: str, writes: int) -> int:
    """Write so many datasets, each in several steps; return how many shared names were won."""

    def do(action: str, asked: Asked) -> None:
        ACTIONS[action].function(call, asked)

    call = Call(site=site, caller=PIPELINE, base="")
    won = 0
    for number in range(writes):
        do("package_create", {"name": f"{who}-{number}", "owner_org": OWNER})
        try:
            do("package_create", {"name": f"comun-{number}", "owner_org": OWNER})
            won += 1
        except ValidationError as refused:
            if refused.errors != {"name": ["That URL is already in use."]}:
                raise
        upload = Upload(name=f"{who}.csv", body=io.BytesIO(f"{who},{number}\n".encode()))
        do("resource_create", {"package_id": SHARED, "name": f"{who}-{number}", "upload": upload})
        do("package_patch", {"id": f"{who}-{number}", "notes": str(number)})
        if number % 10 == 0:
            indexing.catch_up(site)
    return won


def main() -> None:
    home, database, who, writes = sys.argv[1:]
    site = opened(Path(home), database)
    try:
        sys.stdout.write(str(write(site, who, int(writes))))
    finally:
        site.store.close()


if __name__ == "__main__":
    main()
