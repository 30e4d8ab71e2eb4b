from __future__ import annotations

from typing import Any

from tests.frameworks.case import case

STEPS = 4
ROWS = {"loss": STEPS, "lr": STEPS}


def train(log_with: Any, **arguments: Any) -> None:
    import torch
    from accelerate import Accelerator

    accelerator = Accelerator(cpu=True, log_with=log_with, **arguments)
    accelerator.init_trackers("project", config={"lr": 0.1, "layers": 1})
    layer = torch.nn.Linear(4, 1)
    model, optimizer = accelerator.prepare(layer, torch.optim.SGD(layer.parameters(), lr=0.1))
    for step in range(STEPS):
        loss = model(torch.rand(2, 4)).square().mean()
        accelerator.backward(loss)
        optimizer.step()
        accelerator.log({"loss": loss.item(), "lr": 0.1}, step=step)
    accelerator.end_training()


@case("Accelerate", "ZenMLTracker", ROWS)
def ours(backend: str) -> None:
    from zenml_trackers.frameworks.accelerate import ZenMLTracker

    train(ZenMLTracker())


@case(
    "Accelerate",
    "log_with the tracker",
    ROWS,
    rules={"tensorboard": "Accelerate gives TensorBoard's writer a folder below `project_dir`, which it asks for."},
)
def own(backend: str) -> None:
    train(backend, project_dir="logs")
