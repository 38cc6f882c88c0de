"""The session in docs/api.md, command by command, against a running server."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from shelf_files import product_folder
from whole_server import running

from showroom.services import Services
from showroom.stores.fill import place
from showroom.stores.templates import TEMPLATES

PAGE = Path(__file__).parents[2] / "docs" / "api.md"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_every_command_of_the_page_works(tmp_path: Path) -> None:
    block = re.search(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert block is not None
    commands = block[1].strip().splitlines()
    assert len(commands) >= 6

    async def prepare(services: Services) -> None:
        services.library_of("default").publish(product_folder(tmp_path / "vase", name="terra-vase"))
        store = place(TEMPLATES["boutique"][0](), "hero", "terra-vase")
        await services.stores.put("default", store, by="test")
        await services.stores.publish("default", "boutique")

    with running(tmp_path / "data", prepare=prepare) as (ask, _):
        known = {"URL": f"http://127.0.0.1:{ask.port}", "TOKEN": ""}
        answers = []
        for command in commands:
            done = subprocess.run(
                ["bash", "-c", command.replace("curl -s", "curl -sS --fail-with-body")],
                env=known, capture_output=True, text=True, timeout=60, check=False,
            )  # fmt: skip
            assert done.returncode == 0, f"{command}: {done.stdout} {done.stderr}"
            answers.append(json.loads(done.stdout))
            known["TOKEN"] = answers[-1].get("token", known["TOKEN"])
    assert answers[0]["products"][0]["id"] == "terra-vase"
    assert answers[1]["delivery"]["device"] == "mobile"
    assert answers[-2]["url"].endswith("/live")
    assert answers[-1]["name"] == "Ada"
