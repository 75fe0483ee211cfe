/** Where names stand on the map: none over another, the larger places first, moved a little where that makes room. */

/** The rectangle that a text block around (x, y) takes: [left, top, right, bottom]. */
function rectangle(x, y, width, height) {
  return [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
}

const cross = (a, b) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];

/** The places to try, in shares of the block's own size: where it belongs, then above, below and beside. */
const NUDGES = [[0, 0], [0, -0.75], [0, 0.75], [0.4, 0], [-0.4, 0], [0, -1.5], [0, 1.5], [0.4, 0.9], [-0.4, 0.9], [0.4, -0.9], [-0.4, -0.9]];

/**
 * Places blocks of {x, y, width, height, must} in their order: each where it covers neither another block nor an obstacle
 * (a rectangle [left, top, right, bottom]) nor runs over the edge of a map so many pixels `across`. One that `must` be shown covers an obstacle rather than be missing, never another block.
 * Gives back those that found room, with their new x and y.
 */
export function spread(blocks, obstacles = [], across = Infinity) {
  const taken = [];
  const placed = [];
  for (const block of blocks) {
    const spots = NUDGES.map(([dx, dy]) => ({ ...block, x: block.x + dx * block.width, y: block.y + dy * block.height })).filter((spot) => spot.x >= spot.width / 2 && spot.x <= across - spot.width / 2);
    const free = spots.filter((spot) => !taken.some((other) => cross(rectangle(spot.x, spot.y, spot.width, spot.height), other)));
    const covered = (spot) => obstacles.filter((other) => cross(rectangle(spot.x, spot.y, spot.width, spot.height), other)).length;
    const clear = free.find((spot) => !covered(spot));
    const found = clear ?? (block.must ? free.sort((a, b) => covered(a) - covered(b))[0] : undefined);
    if (!found) continue;
    taken.push(rectangle(found.x, found.y, found.width, found.height));
    placed.push(found);
  }
  return placed;
}
