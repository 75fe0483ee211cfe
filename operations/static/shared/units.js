/** Units as people write them: a metric's unit is the end of its name, in the letters that a name may have. */

const WRITTEN = {
  pct: "%",
  pctlel: "% LEL",
  ugm3: "µg/m³",
  mgm3: "mg/m³",
  dba: "dB(A)",
  deg: "°",
  c: "°C",
  ms: "m/s",
  hpa: "hPa",
  w: "W",
  bool: "",
};

export function unitWords(unit) {
  return WRITTEN[unit] ?? unit ?? "";
}

export function unitOf(metric) {
  return unitWords(metric.split("_").at(-1));
}
