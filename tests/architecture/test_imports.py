"""To import a module is to define things and nothing else."""

import subprocess
import sys
from pathlib import Path

from tests.architecture.house import ROOT, modules

PROGRAM = """
import importlib, sys, threading, warnings
warnings.simplefilter("ignore")
for name in sys.argv[1:]:
    importlib.import_module(name)
started = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
assert not started, f"threads were started: {started}"
"""


def test_every_module_can_be_imported_and_does_nothing_by_that(tmp_path: Path) -> None:
    """No settings, no Kafka, no arguments are there; and nothing is printed, started or written."""
    names = [
        ".".join(module.with_suffix("").parts).removesuffix(".__init__")
        for module in modules()
        if module.stem != "__main__"
    ]

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *names],
        cwd=tmp_path,
        env={"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []
