/** Asks the server and turns its answers into values, its problem documents (RFC 9457) into `Problem`. */

import { language, say } from "./language.js";

/** What the server refused, in words for the person who asked. `status` 0 means that no answer came. */
export class Problem extends Error {
  constructor(status, body = {}) {
    super(body.detail ?? body.title ?? String(status));
    this.status = status;
    this.body = body;
  }

  /** The server's sentence in the page's language, or ours where it had none. */
  get sentence() {
    if (this.status === 0) return say("problem.unreachable");
    const { zh, detail, title } = this.body;
    if (language() === "zh" && typeof zh === "string") return zh;
    if (language() === "zh" && zh?.detail) return zh.detail;
    return detail ?? title ?? say("problem.status", { status: this.status });
  }
}

/** What an answer says. One that breaks off on its way says nothing: whoever asked is told that none came. */
async function bodyOf(response) {
  if (!response.headers.get("content-type")?.includes("json")) return {};
  try {
    return await response.json();
  } catch (failure) {
    if (failure.name === "AbortError") throw failure;
    if (response.ok) throw new Problem(0);
    return {};
  }
}

async function answer(path, options) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", ...options });
  } catch (failure) {
    if (failure.name === "AbortError") throw failure;
    throw new Problem(0);
  }
  const body = await bodyOf(response);
  if (!response.ok) throw new Problem(response.status, body);
  return body;
}

function bearer(token) {
  return token ? { authorization: `Bearer ${token}` } : {};
}

export function get(path, { token, ...options } = {}) {
  return answer(path, { headers: { accept: "application/json", ...bearer(token) }, ...options });
}

export function post(path, value, { token, ...options } = {}) {
  const headers = { "content-type": "application/json", ...bearer(token) };
  return answer(path, { method: "POST", headers, body: JSON.stringify(value), ...options });
}

export function put(path, blob, { token, ...options } = {}) {
  const headers = { "content-type": blob.type || "application/octet-stream", ...bearer(token) };
  return answer(path, { method: "PUT", headers, body: blob, ...options });
}
