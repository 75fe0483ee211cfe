"""The sentences that cases say to people, in Chinese and in English."""

from collections.abc import Mapping

from city.clocks import Stage, StageClock
from city.dispatch import LeftOut
from city.incident import Evidence, IncidentState
from city.limits import limit_of
from city.names import Name
from city.report import ActionKind
from city.transitions import Change

FOR_FILING = Name(zh="等待值班员立案", en="Waiting for an operator to file it")
FOR_DISPATCH = Name(zh="正在寻找可派人员", en="Looking for a worker")
ENDED_BY_ITSELF = Name(zh="自行恢复", en="Ended by itself")
EVIDENCE = Name(zh="处置人员已提交处置结果", en="The worker has shown what was done")
CLEARED_AND_DONE = Name(
    zh="处置完成，且读数持续低于解除值", en="Done, and the readings have stayed below the off level"
)
FILED_BY_RULE = Name(zh="按规则自动立案", en="Filed by rule")
CONFIRMED = Name(zh="已被证实，按规则自动立案", en="Confirmed, therefore filed by rule")
RETURNING = Name(zh="观察期内读数再次超限", en="The reading has returned within the watch time")
STILL_THERE = Name(
    zh="已报处置完成，但读数仍未恢复，退回重派", en="The worker said done, but the reading still stands: sent back"
)
BACK_AGAIN = Name(zh="核查期间再次出现", en="It came back while its end was being verified")
NOT_ACCEPTED = Name(zh="规定时间内未接单", en="Not accepted in time")
SUSPENSION_ENDS = Name(zh="挂账到期，自动恢复", en="The suspension has ended by itself")
SUSPENDED = Name(zh="挂账，暂不派遣", en="Suspended: nobody is sent meanwhile")
NOT_SUSPENDED = Name(zh="事件未挂账，不能恢复", en="Resume is not possible: the incident is not suspended")
SUSPENDED_ALREADY = Name(zh="事件已挂账", en="Suspend is not possible: the incident is suspended")
SUSPENDED_BEFORE = Name(zh="每件只能挂账一次", en="Suspend is not possible: an incident may be suspended once")
SUSPENDED_BY_WHEN = Name(
    zh="挂账须指定恢复时间 until，晚于现在且不超过一年", en="Suspend needs `until`, a time to come within a year"
)
NO_CLOCK_TO_EXTEND = Name(
    zh="尚未派遣，没有可延的时限", en="Extend is not possible: nobody has been sent, no limit counts yet"
)
EXTENDED_BEFORE = Name(zh="每件最多延期两次", en="Extend is not possible: an incident may be extended twice")
TOO_LATE_TO_EXTEND = Name(zh="已超时，不能延期", en="Extend is not possible: the limit has run out")
NOBODY_IS_SENT = Name(zh="这一类事件不派人，不能改派", en="Reassign is not possible: nobody is sent for this class")

_ACTIONS_ZH = {
    ActionKind.FILE: "立案",
    ActionKind.VOID: "作废",
    ActionKind.CLOSE: "结案",
    ActionKind.REASSIGN: "改派",
    ActionKind.REOPEN: "重开",
    ActionKind.NOTE: "备注",
    ActionKind.EXTEND: "延期",
    ActionKind.SUSPEND: "挂账",
    ActionKind.RESUME: "恢复",
}
_STATES_ZH = {
    IncidentState.REPORTED: "待立案",
    IncidentState.FILED: "已立案",
    IncidentState.DISPATCHED: "已派遣",
    IncidentState.HANDLING: "处置中",
    IncidentState.VERIFYING: "核查中",
    IncidentState.CLOSED: "已结案",
    IncidentState.VOID: "已作废",
    IncidentState.RETURNED: "已退回",
    IncidentState.REOPENED: "已重开",
}
_STAGES = {
    Stage.ACCEPTANCE: Name(zh="受理", en="Acceptance"),
    Stage.DISPATCH: Name(zh="派遣", en="Dispatch"),
    Stage.HANDLING: Name(zh="处置", en="Handling"),
    Stage.VERIFICATION: Name(zh="核查", en="Verification"),
}
_NOBODY = {
    LeftOut.FULL: Name(
        zh="在班且有技能的人员任务已满", en="Everybody on shift with the skill has as many tasks as they can take"
    ),
    LeftOut.OFF_SHIFT: Name(zh="有技能的人员均不在班", en="Nobody with the skill is on shift"),
    LeftOut.WITHOUT_SKILL: Name(zh="本区没有具备所需技能的人员", en="Nobody in this district has the skill"),
}


def nobody_there(left_out: Mapping[LeftOut, int]) -> Name:
    """Why nobody can be asked now: the reason of those who come nearest to being able."""
    reason = next((reason for reason in _NOBODY if reason in left_out), None)
    return _NOBODY[reason] if reason else Name(zh="本区没有登记人员", en="Nobody is registered in this district")


def all_asked(seconds: int) -> Name:
    """Everybody was asked; a new round begins after a rest of `seconds`."""
    return Name(
        zh=f"可派人员均已派过，{seconds} 秒后重新派遣",
        en=f"Everybody who could be sent was asked; asking again after {seconds} s",
    )


def still_stands(evidence: Evidence) -> Name:
    """Which reading keeps an incident open."""
    reading = f"{evidence.metric} {number(evidence.value)}".strip()
    limit = number(evidence.limit)
    return Name(
        zh=f"等待传感器 {evidence.device or evidence.cell} 恢复：{reading}（限值 {limit}）",
        en=f"Waiting for sensor {evidence.device or evidence.cell} to clear: {reading} (limit {limit})",
    )


def sensor_died(evidence: Evidence) -> Name:
    """The sensor that would have to show the end has died."""
    return Name(
        zh=f"传感器 {evidence.device or evidence.cell} 报警后失联，由值班员决定",
        en=f"Sensor {evidence.device or evidence.cell} died after raising this: the operator decides",
    )


def holding(seconds: int) -> Name:
    """The readings have fallen back and must stay there for `seconds`."""
    return Name(zh=f"读数已恢复，须保持 {seconds} 秒", en=f"The readings have cleared and must stay so for {seconds} s")


def not_here(incident: str) -> Name:
    """The case stage holds no such incident (any more)."""
    return Name(zh=f"没有未结或新近结案的事件 {incident}", en=f"{incident} is not open here, and was not closed lately")


def needs_a_reason(action: ActionKind) -> Name:
    """An operator's action came without one."""
    return Name(zh=f"{_ACTIONS_ZH[action]}须写明理由", en=f"{action.capitalize()} needs a reason")


def not_in_this_state(action: ActionKind, state: IncidentState) -> Name:
    """The state of an incident does not allow an action."""
    return Name(
        zh=f"事件{_STATES_ZH[state]}，不能{_ACTIONS_ZH[action]}",
        en=f"{action.capitalize()} is not possible: the incident is {state}",
    )


def not_while_it_stands(evidence: Evidence) -> Name:
    """An incident cannot be closed while a living sensor says that it goes on."""
    reading = f"{evidence.metric} {number(evidence.value)}".strip()
    return Name(
        zh=f"不能结案：{evidence.device or evidence.cell} 的读数仍为 {reading}；如传感器有误，请作废",
        en=f"Close is not possible: {evidence.device or evidence.cell} still shows {reading}; void the incident if the sensor is wrong",
    )


def no_worker_here(worker: str, district: str) -> Name:
    """An incident stays with the workers of its district."""
    return Name(
        zh=f"{worker} 不是 {district} 辖区的人员，不能改派",
        en=f"Reassign is not possible: {worker} is no worker of district {district}",
    )


def clock_turned(change: Change, clock: StageClock) -> Name:
    """A stage has used nine tenths of its limit, or all of it."""
    stage, limit = _STAGES[clock.stage], limit_of(clock.limit).name
    times = f" × {1 + clock.extensions}" if clock.extensions else ""
    if change is Change.OVERDUE:
        return Name(
            zh=f"{stage.zh}超时：时限{limit.zh}{times}", en=f"{stage.en} is overdue: its limit was {limit.en}{times}"
        )
    return Name(
        zh=f"{stage.zh}临近超时：{limit.zh}{times}已用九成", en=f"{stage.en} has used nine tenths of {limit.en}{times}"
    )


def number(value: float | None) -> str:
    """A reading as people write it."""
    return "–" if value is None else f"{value:.3f}".rstrip("0").rstrip(".")
