import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from msgspec.structs import replace

from citygrid.local import child, children, records
from citygrid.local.children import Child, Spec
from citygrid.local.supervisor import Report, State, Supervisor
from tests.citygrid.waiting import until

STAYS = "import time; print('up', flush=True); time.sleep(60)"
DIES = "print('the reason of it'); raise SystemExit(3)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    supervisor = Supervisor(tmp_path)
    yield supervisor
    supervisor.stop(timeout=0)


def spec(name: str, program: str) -> Spec:
    return Spec(name=name, command=(sys.executable, "-S", "-c", program))


def only(supervisor: Supervisor) -> Report:
    (report,) = supervisor.report()
    return report


def said(data: Path, name: str, what: str) -> bool:
    return what in children.log_file(data, name).read_text()


def test_the_pid_it_knows_is_the_process_itself(supervisor: Supervisor, tmp_path: Path) -> None:
    started = supervisor.start(spec("one", STAYS))
    until(lambda: said(tmp_path, "one", "up"))
    assert psutil.Process(started.pid).cmdline()[-1] == STAYS
    assert records.processes(tmp_path)["one"].pid == started.pid


def test_a_child_has_a_session_of_its_own_so_that_ctrl_c_passes_it_by(supervisor: Supervisor) -> None:
    started = supervisor.start(spec("one", STAYS))
    assert os.getsid(started.pid) == started.pid != os.getsid(0)


def test_a_process_that_dies_is_started_again(supervisor: Supervisor) -> None:
    first = supervisor.start(spec("one", STAYS))
    os.kill(first.pid, signal.SIGKILL)

    def again() -> bool:
        supervisor.tick()
        report = only(supervisor)
        return report.state is State.RUNNING and report.pid != first.pid

    until(again)
    assert only(supervisor).restarts == 1


def test_one_that_waits_for_its_restart_says_why_it_died(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(spec("one", DIES))
    until(lambda: supervisor.tick() or only(supervisor).state is State.WAITING)
    assert only(supervisor).last_words == "the reason of it"
    assert only(supervisor).pid is None
    assert records.processes(tmp_path) == {}


def test_one_that_dies_five_times_in_a_minute_is_failing_with_its_last_words(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("citygrid.local.restarts.FIRST_PAUSE_MS", 1)
    supervisor.start(spec("one", DIES))
    until(lambda: supervisor.tick() or only(supervisor).state is State.FAILING)
    assert only(supervisor).last_words == "the reason of it"
    assert only(supervisor).restarts == 4


def test_the_last_words_are_those_of_the_last_start(tmp_path: Path) -> None:
    log = children.log_file(tmp_path, "quiet")
    log.parent.mkdir(parents=True)
    log.write_text("words of an earlier one\n")
    quiet = Child(spec("quiet", "raise SystemExit(7)"), tmp_path)
    until(lambda: not quiet.alive)
    assert quiet.last_words() == "it said nothing and ended with status 7"


@pytest.mark.parametrize(
    "line",
    [
        '{"event": "ended", "exception": [{"exc_type": "ValueError", "exc_value": "no such district"}]}',
        '\b\x1b[?25h{"event": "ended", "exception": [{"exc_type": "ValueError", "exc_value": "no such district"}]}',
        '{"event": "ended", "error": "ValueError: no such district"}',
        (
            '{"event": "ended", "exception": [{"exc_type": "ExceptionGroup", "exc_value": "1 sub-exception", "exceptions": '
            '[[{"exc_type": "ValueError", "exc_value": "no such district"}]]}]}'
        ),
        "ended: ValueError: no such district",
    ],
)
def test_last_words_are_told_plainly_also_when_they_are_json(tmp_path: Path, line: str) -> None:
    speaks = Child(spec("speaks", f"print({line!r})"), tmp_path)
    until(lambda: not speaks.alive)
    assert speaks.last_words() == "ended: ValueError: no such district"


def test_a_log_that_has_grown_too_large_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "LARGEST_LOG", 10)
    log = children.log_file(tmp_path, "one")
    log.parent.mkdir(parents=True)
    log.write_text("x" * 11)
    started = Child(spec("one", "print('new')"), tmp_path)
    until(lambda: not started.alive)
    assert log.read_text() == "new\n"
    assert log.with_suffix(".log.1").read_text() == "x" * 11


def test_a_program_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    missing = Child(Spec(name="none", command=("no-such-program",)), tmp_path)
    until(lambda: not missing.alive)
    assert missing.last_words() == "no-such-program could not be started: No such file or directory"


def test_stopping_ends_everything_and_forgets_it(supervisor: Supervisor, tmp_path: Path) -> None:
    pids = [supervisor.start(spec(name, STAYS)).pid for name in ("one", "two")]
    assert supervisor.stop(timeout=10) == []
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert records.processes(tmp_path) == {}
    supervisor.tick()
    assert supervisor.report() == []


def test_one_that_does_not_want_to_end_is_killed_with_what_it_started(supervisor: Supervisor, tmp_path: Path) -> None:
    program = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(60)']); print(p.pid, flush=True); {STUBBORN}"
    supervisor.start(spec("stubborn", program))
    until(lambda: said(tmp_path, "stubborn", "up"))
    grandchild = int(children.log_file(tmp_path, "stubborn").read_text().split()[0])
    assert supervisor.stop(timeout=0.2) == ["stubborn"]
    until(lambda: records.born(grandchild) is None)


def test_one_whose_end_by_force_loses_something_is_given_its_time_also_in_a_hurry(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    program = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.3), sys.exit(0))); "
    supervisor.start(replace(spec("saves", program + STAYS), grace_s=20.0))
    until(lambda: said(tmp_path, "saves", "up"))
    assert supervisor.stop(timeout=0) == []


def test_one_that_was_stopped_hears_that_it_shall_end(supervisor: Supervisor, tmp_path: Path) -> None:
    program = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); "
    started = supervisor.start(spec("stopped", program + STAYS))
    until(lambda: said(tmp_path, "stopped", "up"))
    os.kill(started.pid, signal.SIGSTOP)
    assert supervisor.stop(timeout=20) == []


def test_one_that_is_started_anew_and_does_not_end_is_killed(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("citygrid.local.supervisor.FOR_ITS_END_MS", 100)
    first = supervisor.start(spec("stubborn", STUBBORN))
    until(lambda: said(tmp_path, "stubborn", "up"))
    supervisor.restart("stubborn", "nothing moves")
    until(lambda: supervisor.tick() or (only(supervisor).pid or first.pid) != first.pid)
    assert said(tmp_path, "stubborn", "started anew: nothing moves")
    assert only(supervisor).restarts == 1


def test_a_restart_waits_where_the_log_cannot_be_written_and_comes_once_it_can(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    first = supervisor.start(spec("one", STAYS))
    until(lambda: said(tmp_path, "one", "up"))
    full = tmp_path / "logs"
    full.rename(tmp_path / "elsewhere")
    full.write_text("a file where the folder was")
    os.kill(first.pid, signal.SIGKILL)
    until(lambda: supervisor.tick() or "could not be started" in only(supervisor).last_words)
    full.unlink()
    until(lambda: supervisor.tick() or only(supervisor).state is State.RUNNING)


def test_a_log_that_grows_while_its_process_runs_is_put_aside(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "LARGEST_LOG", 1000)
    supervisor.start(spec("talks", "import time\nwhile True: print('x' * 99, flush=True); time.sleep(0.01)"))
    log = children.log_file(tmp_path, "talks")
    until(lambda: supervisor.bound_logs() or log.with_suffix(".log.1").exists())
    until(lambda: "x" * 99 in log.read_text())
    assert supervisor.alive("talks")
    assert log.with_suffix(".log.1").stat().st_size > 1000


def test_stopping_some_leaves_the_others_running(supervisor: Supervisor) -> None:
    supervisor.start(spec("one", STAYS))
    supervisor.start(spec("two", STAYS))
    supervisor.stop(["one", "never started"], timeout=10)
    assert [report.name for report in supervisor.report()] == ["two"]
    assert supervisor.alive("two")
    assert not supervisor.alive("one")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has PR_SET_PDEATHSIG")
@pytest.mark.parametrize("signal_at_death", [signal.SIGTERM, signal.SIGKILL])
def test_no_child_outlives_a_supervisor_that_is_killed(tmp_path: Path, signal_at_death: int) -> None:
    program = (
        "import sys, time; from pathlib import Path; from citygrid.local.supervisor import Supervisor; "
        "from citygrid.local.children import Spec; "
        f"s = Spec(name='one', command=(sys.executable, '-S', '-c', {STAYS!r}), signal_at_death={int(signal_at_death)}); "
        f"print(Supervisor(Path({str(tmp_path)!r})).start(s).pid, flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert holder.stdout
    pid = int(holder.stdout.readline())
    until(lambda: said(tmp_path, "one", "up"))
    holder.kill()
    holder.wait()
    holder.stdout.close()
    until(lambda: records.born(pid) is None)


def test_a_child_whose_supervisor_has_gone_already_does_not_start() -> None:
    assert child.main(int(signal.SIGKILL), os.getpid() + 1_000_000, ["true"]) == 1
