"""The names of the metrics that tell the load of the machine."""

from __future__ import annotations

import re

BEGIN = "system/"
"""How they begin."""
METRIC = re.compile(rf"{BEGIN}(cpu|system_memory|process_memory|disk|network|gpu_\d+)_")
"""By these the metric steps of a run are not counted on."""
