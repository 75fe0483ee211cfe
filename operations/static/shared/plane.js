/** A flat picture of the city: degrees to metres east and south of its middle. Good to a few metres over a hundred kilometres. */

const METRES_PER_DEGREE = 111_320;

export class Plane {
  constructor(lon, lat) {
    this.lon = lon;
    this.lat = lat;
    this.east = METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180);
  }

  to(lon, lat) {
    return [(lon - this.lon) * this.east, (this.lat - lat) * METRES_PER_DEGREE];
  }

  from(x, y) {
    return [this.lon + x / this.east, this.lat - y / METRES_PER_DEGREE];
  }
}

/** Metres between two places in degrees, by the haversine formula on a sphere of 6,371 km. */
export function metresBetween(a, b) {
  const rad = Math.PI / 180;
  const half = (x) => Math.sin(x / 2) ** 2;
  const h = half((b.lat - a.lat) * rad) + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * half((b.lon - a.lon) * rad);
  return 2 * 6_371_000 * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** The direction from `a` to `b`, in degrees clockwise from north. */
export function bearing(a, b) {
  const rad = Math.PI / 180;
  const y = Math.sin((b.lon - a.lon) * rad) * Math.cos(b.lat * rad);
  const x =
    Math.cos(a.lat * rad) * Math.sin(b.lat * rad) -
    Math.sin(a.lat * rad) * Math.cos(b.lat * rad) * Math.cos((b.lon - a.lon) * rad);
  return (Math.atan2(y, x) / rad + 360) % 360;
}
