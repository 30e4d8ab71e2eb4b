"""M8 and M9."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tracker_contracts.drivers.expect import expect
from tracker_contracts.drivers.world import World
from tracker_contracts.faults.compare import (
    exact,
    only_run,
)
from tracker_contracts.faults.strategies import (
    NAMES,
    TEXT,
    pixels,
    tables,
)
from tracker_contracts.faults.trial import trial
from tracker_contracts.programs.plan import StepPlan


@trial(
    "M8",
    name=NAMES,
    content=st.binary(max_size=200),
    inside=st.dictionaries(st.sampled_from(["b", "c/d", "c/e"]), st.binary(max_size=200), min_size=1),
    labels=st.lists(TEXT, min_size=2, max_size=4, unique=True),
)
def artifacts_read_back_byte_for_byte(
    world: World, name: str, content: bytes, inside: dict[str, bytes], labels: list[str]
) -> None:
    """A file or folder that was logged is missing, changed, or under another name, type or alias.

    Upload in binary, keep paths inside a folder, and wait in cleanup until all is there. Keep type and aliases as they
    are.
    """
    scene, folder, content = world.scene(), f"{name}_folder", content + b"\r\n\x00\xff\n"
    labelled = f"{name}_labelled"
    with tempfile.TemporaryDirectory() as made:
        file, tree = _written(Path(made), content, inside)

        def body() -> None:
            world.harness.log_artifact(file, name)
            world.harness.log_artifact(tree, folder)
            if world.harness.labels_artifacts:
                world.harness.log_labelled_artifact(file, labelled, labels[0], labels[1:])

        scene.run(StepPlan(), body)
    run = only_run(scene)
    stored = run.artifacts
    expect(stored.get(name), content, "the file is changed or missing")
    found = {path.partition("/")[2]: data for path, data in stored.items() if path.startswith(f"{folder}/")}
    expect(found, inside, "the folder's files are changed or missing")
    if world.harness.labels_artifacts:
        expect(run.artifact_labels.get(labelled), labels, "the type or an alias is changed or missing")


def _written(made: Path, content: bytes, inside: dict[str, bytes]) -> tuple[Path, Path]:
    file, folder = made / "file.bin", made / "folder"
    file.write_bytes(content)
    for name, data in inside.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return file, folder


@trial("M9", image=pixels(), name=NAMES, caption=TEXT.map("{}\n\t“how”, <b>where</b> 🦊".format))
def images_keep_their_pixels_and_captions(world: World, image: tuple[int, int, bytes], name: str, caption: str) -> None:
    """An image is missing, or has other pixels or another caption.

    Store it without loss, as PNG does; mind the order of rows and of channels. The harness gives decoded pixels, and
    not the file. Store a caption as text, unless the library has a place for it that keeps every character.
    """
    import numpy

    height, width, data = image
    array = numpy.frombuffer(data, numpy.uint8).reshape(height, width, 3)
    scene, harness = world.scene(), world.harness
    captioned = f"{name}-captioned"

    def body() -> None:
        harness.log_image(name, array)
        if harness.captions_images:
            harness.log_captioned_image(captioned, array, caption)

    scene.run(StepPlan(), body)
    run = only_run(scene)
    expect(run.images.get(name), data, "the pixels are changed")
    if harness.captions_images:
        expect(run.captions, {captioned: caption}, "a caption is changed or missing")


@trial("M9", table=tables(), name=NAMES)
def tables_keep_their_cells(world: World, table: list[list[Any]], name: str) -> None:
    """A table is missing, or has other columns, rows or cells.

    Store each cell with its type, and the columns and rows in their order.
    """
    scene, (columns, *rows) = world.scene(), table
    scene.run(StepPlan(), lambda: world.harness.log_table(name, columns, rows))
    expect(exact(only_run(scene).tables.get(name)), exact(table), "the cells are changed")
