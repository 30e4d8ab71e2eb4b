from __future__ import annotations

from typing import Any

from tests.frameworks.case import case

EPOCHS, BATCHES = 2, 3
ROWS = {"loss_step": EPOCHS * BATCHES, "loss_epoch": EPOCHS, "val_loss": EPOCHS}


def fit(logger: Any, fail_in_epoch: int = -1, **arguments: Any) -> None:
    import lightning
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    class Module(lightning.LightningModule):
        def __init__(self, width: int = 4) -> None:
            super().__init__()
            self.save_hyperparameters()
            self.layer = torch.nn.Linear(width, 1)

        def training_step(self, batch: Any, index: int) -> Any:
            if self.current_epoch == fail_in_epoch:
                raise ValueError("in the second epoch")
            loss = self.layer(batch[0]).square().mean()
            self.log("loss", loss, on_step=True, on_epoch=True)
            return loss

        def validation_step(self, batch: Any, index: int) -> None:
            self.log("val_loss", self.layer(batch[0]).square().mean())

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), lr=0.1)

    loader = DataLoader(TensorDataset(torch.rand(2 * BATCHES, 4)), batch_size=2)
    trainer = lightning.Trainer(
        max_epochs=EPOCHS,
        logger=logger,
        log_every_n_steps=1,
        accelerator="cpu",
        num_sanity_val_steps=0,
        enable_progress_bar=False,
        enable_model_summary=False,
        **arguments,
    )
    trainer.fit(Module(), loader, loader)


@case("Lightning", "ZenMLLogger", ROWS)
def ours(backend: str) -> None:
    from zenml_trackers.frameworks.lightning import ZenMLLogger

    fit(ZenMLLogger())


@case("Lightning", "ZenMLLogger, raises", {"loss_step": BATCHES, "val_loss": 1}, raises="ValueError: in the second")
def raising(backend: str) -> None:
    from zenml_trackers.frameworks.lightning import ZenMLLogger

    fit(ZenMLLogger(), fail_in_epoch=1)


@case("Lightning", "ZenMLLogger, two forked processes", {**ROWS, "loss_step": EPOCHS * 2})
def in_two_processes(backend: str) -> None:
    from zenml_trackers.frameworks.lightning import ZenMLLogger

    fit(ZenMLLogger(), strategy="ddp_fork", devices=2)


@case(
    "Lightning",
    "its own logger",
    ROWS,
    on=("mlflow", "wandb", "tensorboard"),
    rules={
        "mlflow": "`MLFlowLogger` makes a run of its own, in the experiment `lightning_logs`, unless it is told one.",
        "tensorboard": "`TensorBoardLogger` gives its writer a folder below `save_dir`, which it has to be given.",
    },
)
def own(backend: str) -> None:
    from lightning.pytorch.loggers import MLFlowLogger, TensorBoardLogger, WandbLogger

    fit({"mlflow": MLFlowLogger, "wandb": WandbLogger, "tensorboard": lambda: TensorBoardLogger("logs")}[backend]())


@case("Lightning", "its own logger, told the run", ROWS, on=("mlflow", "tensorboard"))
def told(backend: str) -> None:
    from lightning.pytorch.loggers import MLFlowLogger, TensorBoardLogger

    from zenml_trackers import get_run

    if backend == "mlflow":
        import mlflow

        fit(MLFlowLogger(run_id=get_run().id, tracking_uri=mlflow.get_tracking_uri()))
    else:
        fit(TensorBoardLogger(get_run().native.get_logdir(), name="", version=""))
