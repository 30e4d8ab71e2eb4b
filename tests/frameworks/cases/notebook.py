from __future__ import annotations

from tests.frameworks.case import case

STEPS = 3
CELLS = (
    f"""
from zenml import pipeline, step
from zenml_trackers import get_run

@step(experiment_tracker="tracker", enable_cache=False)
def train() -> None:
    run = get_run()
    for step in range({STEPS}):
        run.log({{"loss": 1 / (step + 1)}}, step=step)
""",
    """
@pipeline(enable_cache=False)
def frameworks() -> None:
    train()
""",
    "frameworks()",
)


@case("Notebook", "a pipeline of its cells", {"loss": STEPS}, is_step=False)
def cells(backend: str) -> None:
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    NotebookClient(notebook, timeout=120).execute()
