"""The ``curl`` session of docs/shop.md, run as it stands there, against a real server."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from shelf_files import product_folder

from showroom_assets.library import Library
from showroom_assets.manifest import load, write_manifest

PAGE = Path(__file__).parents[2] / "docs" / "shop.md"
SECRET = "a secret for the webhooks"
BIN = Path(sys.executable).parent
_BLOCK = re.compile(r"^```(sh|sh prepare|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A server with one product on the shelf; gives the environment of its operator."""
    data = tmp_path / "data"
    folder = product_folder(tmp_path / "lamp", name="Lamp")
    (folder / "product.json").write_bytes(write_manifest(replace(load(folder), skus=["LMP-1"])))
    Library(data / "library", namespace="default").publish(folder)
    env = {
        **os.environ,
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "SHOWROOM_DATA": str(data),
        "SHOWROOM_PORT": "0",
        "SHOWROOM_WORKER": "false",
        "SHOWROOM_PAYMENT_SECRET": SECRET,
        "SECRET": SECRET,
    }
    server = subprocess.Popen(
        [BIN / "showroom", "serve"], env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert server.stdout is not None
    try:
        address = server.stdout.readline().strip().rstrip("/")
        assert address.startswith("http://"), "the server did not start"
        yield {**env, "SHOP": address}
    finally:
        server.terminate()
        server.wait(30)
        server.stdout.close()


def session() -> tuple[str, list[Any]]:
    """The page's commands as one script that marks the output of each, and what the page says they answer."""
    found = _BLOCK.findall(PAGE.read_text())
    prepare = [text for kind, text in found if kind == "sh prepare"]
    steps: list[str] = []
    answers: list[Any] = []
    for kind, text in found:
        if kind == "sh":
            steps.append(text)
            answers.append(None)
        elif kind == "json":
            answers[-1] = json.loads(text)
    return "\n".join([*prepare, *(f"{step}\necho; echo '@@@'" for step in steps)]), answers


def is_as_shown(shown: Any, real: Any) -> bool:
    """Whether an answer has all that the page shows of it; ``…`` stands for anything."""
    if shown == "…":
        return real not in (None, "")
    if isinstance(shown, dict):
        return isinstance(real, dict) and all(key in real and is_as_shown(shown[key], real[key]) for key in shown)
    if isinstance(shown, list):
        return (
            isinstance(real, list)
            and len(shown) == len(real)
            and all(is_as_shown(one, other) for one, other in zip(shown, real, strict=True))
        )
    return bool(shown == real)


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("openssl")), reason="needs curl and openssl")
def test_the_page_leads_from_an_empty_cart_to_a_paid_order(shop: dict[str, str]) -> None:
    script, shown = session()
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], env=shop, capture_output=True, text=True, check=False, timeout=120
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    real = ran.stdout.split("@@@\n")
    assert sum(one is not None for one in shown) >= 12
    for number, (page, answer) in enumerate(zip(shown, real, strict=False)):
        if page is not None:
            assert is_as_shown(page, json.loads(answer)), f"step {number}: the page shows {page}, it was {answer}"


def test_a_merchant_works_from_the_command_line(shop: dict[str, str]) -> None:
    def showroom(*words: str, code: int = 0) -> str:
        env = {**shop, "SHOWROOM_URL": shop["SHOP"], "SHOWROOM_TOKEN": token}
        ran = subprocess.run(
            [BIN / "showroom", *words], env=env, capture_output=True, text=True, check=False, timeout=60
        )
        assert ran.returncode == code, ran.stderr
        return ran.stdout + ran.stderr

    token = ""
    showroom("account", "add", "mira", "--role", "merchant", "--no-password")
    scopes = [word for scope in ("products:write", "orders:read", "orders:write") for word in ("--scope", scope)]
    token = json.loads(showroom("account", "token", "mira", *scopes, "--format", "json"))["token"]
    assert "--product" in showroom("shop", "price", "LMP-1", "EUR=1", code=2)
    assert "128.00 EUR" in showroom("shop", "price", "LMP-1", "--product", "lamp", "EUR=128.00", "--dry-run")
    assert "Nothing is on sale" in showroom("shop", "offers")
    assert "not on sale → 128.00 EUR" in showroom("shop", "price", "LMP-1", "--product", "lamp", "EUR=128.00")
    assert "0 → 10 on hand" in showroom("shop", "stock", "LMP-1", "--add", "10")
    assert "10 → 4 on hand" in showroom("shop", "stock", "LMP-1", "--set", "4")
    (row,) = json.loads(showroom("shop", "offers", "--format", "json"))
    assert (row["prices"], row["stock"]["on_hand"]) == ({"EUR": 12800}, 4)
    assert "no such order" in showroom("shop", "step", "o_1", "pack", code=1)
    assert "no such orders" in showroom("shop", "orders", "--state", "paid")


def test_a_difference_between_page_and_answer_is_seen() -> None:
    assert is_as_shown({"a": "…", "b": [1]}, {"a": 5, "b": [1], "c": 0})
    assert not is_as_shown({"a": 1}, {"a": 2})
    assert not is_as_shown({"a": "…"}, {})
    assert not is_as_shown([1], [1, 2])
