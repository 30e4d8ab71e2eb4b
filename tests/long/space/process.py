"""A step on a Space: `python -m tests.long.space.process PROJECT CONFIG ROWS SECONDS`; prints what ZenML is told."""

from __future__ import annotations

import json
import sys
import time

from tests.support import direct
from zenml_trackers import get_run


def main(project: str, config: str, rows: int, seconds: float) -> None:
    tracker = direct.tracker(project=project, **json.loads(config))

    def body() -> None:
        for number in range(rows):
            get_run().log({"m": number})
            time.sleep(seconds / rows)
        get_run().log_artifact(__file__, "code")

    found = direct.run_step(tracker, direct.info(run_name="the very run", tags=["seen"], metadata={"a": 1}), body)
    print(json.dumps({name: str(value) for name, value in found.items()}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
