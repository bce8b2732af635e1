/** Ink of each pixel, 0 to 1, row by row. */
export interface Ink {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
}

/** A part of a picture, in pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Ink below this is none. */
const FAINT = 0.05;

/** The smallest box with all ink; undefined for an empty picture. */
export function boxOf({ width, height, data }: Ink): Box | undefined {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (data[y * width + x] > FAINT) {
        [left, right] = [Math.min(left, x), Math.max(right, x)];
        [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
      }
  return right < 0 ? undefined : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** The share of a picture's side that stays empty on each side, where it is large enough for an edge (as in MNIST: 4 of 28). */
const [MARGIN, LEAST_FOR_MARGIN] = [1 / 7, 16];

/**
 * A picture that is centered: the box with all ink is made as large as fits, and its proportions stay.
 *
 * @returns the part of the picture that the whole target shows; it may reach beyond the picture
 */
export function centered(box: Box, target: { readonly width: number; readonly height: number }): Box {
  const margin = Math.min(target.width, target.height) >= LEAST_FOR_MARGIN ? MARGIN : 0;
  const [usableWidth, usableHeight] = [target.width, target.height].map((side) => side * (1 - 2 * margin));
  const perPixel = Math.max(box.width / usableWidth, box.height / usableHeight);
  const [width, height] = [target.width * perPixel, target.height * perPixel];
  return {
    left: box.left + (box.width - width) / 2,
    top: box.top + (box.height - height) / 2,
    width,
    height,
  };
}

/**
 * A part of a picture on a smaller grid: each pixel is the mean of what it covers. What is beyond the picture is empty.
 *
 * @param part see {@link centered}
 */
export function resample(picture: Ink, part: Box, width: number, height: number): number[] {
  const [stepX, stepY] = [part.width / width, part.height / height];
  const pixels: number[] = [];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      pixels.push(meanOf(picture, part.left + x * stepX, part.top + y * stepY, stepX, stepY));
  return pixels;
}

function meanOf(
  { width, height, data }: Ink,
  left: number,
  top: number,
  across: number,
  down: number,
): number {
  let sum = 0;
  const [right, bottom] = [left + across, top + down];
  for (let y = Math.max(0, Math.floor(top)); y < Math.min(height, Math.ceil(bottom)); y++) {
    const share = Math.min(bottom, y + 1) - Math.max(top, y);
    for (let x = Math.max(0, Math.floor(left)); x < Math.min(width, Math.ceil(right)); x++)
      sum += share * (Math.min(right, x + 1) - Math.max(left, x)) * data[y * width + x];
  }
  return Math.min(1, sum / (across * down));
}

/**
 * The ink of an image's pixels: what differs from the ground, whether that is light or dark.
 *
 * @param rgba 4 bytes per pixel; transparent ones are white
 */
export function inkOfImage(rgba: ArrayLike<number>, width: number, height: number): Ink {
  const light = Float32Array.from({ length: width * height }, (_, i) => {
    const alpha = rgba[4 * i + 3] / 255;
    const own = (0.299 * rgba[4 * i] + 0.587 * rgba[4 * i + 1] + 0.114 * rgba[4 * i + 2]) / 255;
    return own * alpha + 1 - alpha;
  });
  const edge = Array.from(light).filter((_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return x === 0 || y === 0 || x === width - 1 || y === height - 1;
  });
  const isDarkGround = edge.sort((a, b) => a - b)[edge.length >> 1] < 0.5;
  return { width, height, data: isDarkGround ? light : light.map((one) => 1 - one) };
}
