"""What the page says for Kubernetes is what Kubernetes and ZenML take."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.remote.servers import ROOT

kubernetes_validate = pytest.importorskip("kubernetes_validate", reason="tox -e remote has what these tests need")
yaml = pytest.importorskip("yaml")

PAGE = (ROOT / "docs" / "how-to" / "steps-on-other-machines.md").read_text()
MANIFESTS = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda manifest: manifest["kind"])
def test_each_manifest_is_valid(manifest: dict[str, Any]) -> None:
    kubernetes_validate.validate(manifest, kubernetes_validate.latest_version(), strict=True)


def test_there_are_the_volume_and_the_job() -> None:
    assert [manifest["kind"] for manifest in MANIFESTS] == ["PersistentVolumeClaim", "CronJob"]


def test_zenml_takes_the_settings_of_a_pod_and_they_name_the_claim() -> None:
    from zenml.integrations.kubernetes.flavors import KubernetesOrchestratorSettings

    [block] = re.findall(r"```python\n(kubernetes = .*?)\n\n", PAGE, re.DOTALL)
    found: dict[str, Any] = {}
    exec(block, found)
    settings = KubernetesOrchestratorSettings(**found["kubernetes"]).pod_settings
    [volume] = settings.volumes
    claim = MANIFESTS[0]["metadata"]["name"]
    assert volume["persistentVolumeClaim"]["claimName"] == claim
    spec = MANIFESTS[1]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert spec["volumes"][0]["persistentVolumeClaim"]["claimName"] == claim
