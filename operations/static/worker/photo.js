/** Makes a photo fit to send: at most 1,600 pixels, JPEG, without the camera's notes about place and device; named by its hash. */

import { el } from "../shared/dom.js";
import { sha256 } from "./sha256.js";

const LONGEST_PX = 1600;
const QUALITY = 0.82;
const PREVIEW_PX = 220;

function drawn(image, longest) {
  const share = Math.min(1, longest / Math.max(image.width, image.height));
  const canvas = el("canvas", { width: Math.max(1, Math.round(image.width * share)), height: Math.max(1, Math.round(image.height * share)) });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** {sha, blob, preview}. Raises what the browser raises where the file is no picture that it can read. */
export async function prepare(file) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  const blob = await new Promise((resolve) => drawn(image, LONGEST_PX).toBlob(resolve, "image/jpeg", QUALITY));
  const preview = drawn(image, PREVIEW_PX);
  image.close();
  return { sha: await sha256(blob), blob, preview };
}
