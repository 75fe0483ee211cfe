/** Which part of the plane a canvas shows: `scale` in pixels a metre, and where the plane's origin lies on the canvas. */

export class View {
  scale = 1;
  left = 0;
  top = 0;
  width = 1;
  height = 1;
  least = 0.001;
  most = 20;

  toScreen(x, y) {
    return [x * this.scale + this.left, y * this.scale + this.top];
  }

  toPlane(px, py) {
    return [(px - this.left) / this.scale, (py - this.top) / this.scale];
  }

  /** The part of the plane that is seen: [left, top, right, bottom] in metres. */
  sight() {
    return [...this.toPlane(0, 0), ...this.toPlane(this.width, this.height)];
  }

  resize(width, height) {
    this.left += (width - this.width) / 2;
    this.top += (height - this.height) / 2;
    this.width = width;
    this.height = height;
  }

  /** Shows a box [left, top, right, bottom] in metres, with `margin` pixels around it, `below` more under it and `above` more over it. */
  fit([left, top, right, bottom], margin = 24, below = 0, above = 0) {
    const across = Math.max(1, right - left);
    const down = Math.max(1, bottom - top);
    const scale = Math.min((this.width - 2 * margin) / across, (this.height - 2 * margin - below - above) / down);
    this.scale = Math.min(this.most, Math.max(this.least, scale));
    this.centre((left + right) / 2, (top + bottom) / 2);
    this.top += (above - below) / 2;
  }

  centre(x, y) {
    this.left = this.width / 2 - x * this.scale;
    this.top = this.height / 2 - y * this.scale;
  }

  pan(dx, dy) {
    this.left += dx;
    this.top += dy;
  }

  /** Zooms by `factor` and leaves the place under the pixel where it is. */
  zoom(factor, px = this.width / 2, py = this.height / 2) {
    const [x, y] = this.toPlane(px, py);
    this.scale = Math.min(this.most, Math.max(this.least, this.scale * factor));
    this.left = px - x * this.scale;
    this.top = py - y * this.scale;
  }

  /** Never lets the city be pushed out of sight: its box keeps touching the middle of the canvas. */
  hold([left, top, right, bottom]) {
    const [x, y] = this.toPlane(this.width / 2, this.height / 2);
    const heldX = Math.min(right, Math.max(left, x));
    const heldY = Math.min(bottom, Math.max(top, y));
    if (heldX !== x || heldY !== y) this.centre(heldX, heldY);
  }

  copy() {
    return { scale: this.scale, left: this.left, top: this.top };
  }
}
