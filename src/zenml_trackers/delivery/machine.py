"""What can be measured of the machine, as MLflow names it where it measures the same.

No probe takes a lock of psutil's, which a process that is forked meanwhile would find locked for good.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Probe = Callable[[], Mapping[str, float]]

MB = 1e6
MIB = 2**20
WATTS = 1e-3
"""Of a milliwatt."""


def _processor(psutil: Any) -> Probe:
    psutil.cpu_percent()  # its first answer in a thread means nothing
    return lambda: {"cpu_utilization_percentage": psutil.cpu_percent()}


def _memory(psutil: Any) -> Probe:
    def probe() -> dict[str, float]:
        memory = psutil.virtual_memory()
        share = memory.used / memory.total * 100
        return {"system_memory_usage_megabytes": memory.used / MB, "system_memory_usage_percentage": share}

    return probe


def _process(psutil: Any) -> Probe:
    process = psutil.Process()
    return lambda: {"process_memory_mib": process.memory_info().rss / MIB}


def _disk(psutil: Any) -> Probe:
    def probe() -> dict[str, float]:
        disk = psutil.disk_usage(os.sep)
        megabytes = {"disk_usage_megabytes": disk.used / MB, "disk_available_megabytes": disk.free / MB}
        return {"disk_usage_percentage": disk.percent, **megabytes}

    return probe


def _network(psutil: Any) -> Probe:
    before = psutil.net_io_counters(nowrap=False)  # None without a network

    def probe() -> dict[str, float]:
        now = psutil.net_io_counters(nowrap=False)
        received, sent = now.bytes_recv - before.bytes_recv, now.bytes_sent - before.bytes_sent
        return {"network_receive_megabytes": received / MB, "network_transmit_megabytes": sent / MB}

    return probe if before is not None else dict


PROBES: Mapping[str, Callable[[Any], Probe]] = {
    "processor": _processor,
    "memory": _memory,
    "process": _process,
    "disk": _disk,
    "network": _network,
}
"""What makes each of psutil; they belong to the thread that makes them."""


def gpu_probes(nvml: Any) -> Iterator[tuple[str, Probe]]:
    """Those of NVIDIA's GPUs, as far as there are any and a driver for them: each by itself, as not every GPU has all.

    Args:
        nvml: The module `pynvml`; None without it.
    """
    for number, handle in enumerate(_gpus(nvml)):
        yield f"GPU {number}", _of_gpu(nvml, handle, f"gpu_{number}")
        yield f"GPU {number}'s memory", _of_gpu_memory(nvml, handle, f"gpu_{number}_memory")
        yield f"GPU {number}'s power", _of_gpu_power(nvml, handle, f"gpu_{number}_power")


def _gpus(nvml: Any) -> list[Any]:
    if nvml is None:
        return []
    try:
        nvml.nvmlInit()
        return [nvml.nvmlDeviceGetHandleByIndex(number) for number in range(nvml.nvmlDeviceGetCount())]
    except nvml.NVMLError:
        return []


def _of_gpu(nvml: Any, handle: Any, name: str) -> Probe:
    return lambda: {f"{name}_utilization_percentage": nvml.nvmlDeviceGetUtilizationRates(handle).gpu}


def _of_gpu_memory(nvml: Any, handle: Any, name: str) -> Probe:
    def probe() -> dict[str, float]:
        memory = nvml.nvmlDeviceGetMemoryInfo(handle)
        share = memory.used / memory.total * 100
        return {f"{name}_usage_percentage": share, f"{name}_usage_megabytes": memory.used / MB}

    return probe


def _of_gpu_power(nvml: Any, handle: Any, name: str) -> Probe:
    def probe() -> dict[str, float]:
        drawn, most = nvml.nvmlDeviceGetPowerUsage(handle), nvml.nvmlDeviceGetEnforcedPowerLimit(handle)
        return {f"{name}_usage_watts": drawn * WATTS, f"{name}_usage_percentage": drawn / most * 100}

    return probe
