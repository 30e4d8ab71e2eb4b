from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.frameworks.case import case

STEPS = 3
WORKER = """
import torch.distributed as dist
import torch
from zenml_trackers import get_run

dist.init_process_group("gloo")
run = get_run()
for step in range(STEPS):
    loss = torch.tensor([float(step + dist.get_rank())])
    dist.all_reduce(loss)
    run.log({"loss": loss.item()}, step=step)
dist.destroy_process_group()
"""


@case("torchrun", "get_run() in two processes", {"loss": STEPS, "rank-1/loss": STEPS})
def torchrun(backend: str) -> None:
    Path("worker.py").write_text(WORKER.replace("STEPS", str(STEPS)))
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    subprocess.run([*launcher, "worker.py"], check=True)


@case("PyTorch", "SummaryWriter()", {"loss": STEPS}, on=("tensorboard",))
def writer(backend: str) -> None:
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter() as own:
        for step in range(STEPS):
            own.add_scalar("loss", 1 / (step + 1), step)
