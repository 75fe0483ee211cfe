/** Where the phone is, as its own sensors say (WGS-84). */

const OLD_MS = 120_000;

export class Here {
  /** {lon, lat, accuracy, at} or null. */
  place = null;
  /** "unknown", "asked", "known", "denied" or "none". */
  state = "geolocation" in navigator ? "unknown" : "none";

  constructor(changed) {
    this.changed = changed;
  }

  /** Begins to follow the phone; the browser asks the worker first. */
  follow() {
    if (this.state !== "unknown" && this.state !== "denied") return;
    this.state = "asked";
    navigator.geolocation.watchPosition(
      ({ coords, timestamp }) => {
        this.place = { lon: coords.longitude, lat: coords.latitude, accuracy: coords.accuracy, at: timestamp };
        this.#is("known");
      },
      (error) => this.#is(error.code === error.PERMISSION_DENIED ? "denied" : this.place ? "known" : "asked"),
      { enableHighAccuracy: true, maximumAge: 10_000, timeout: 20_000 },
    );
  }

  #is(state) {
    this.state = state;
    this.changed();
  }

  /** The place where it is recent enough to be said of this moment, as a message carries it. */
  now() {
    if (!this.place || Date.now() - this.place.at > OLD_MS) return null;
    return { lon: this.place.lon, lat: this.place.lat, crs: "wgs84" };
  }
}
