import { inkOfImage, type Ink } from "./ink.js";

/** Bytes of an image's file, and pixels of its side at most: what is larger could fill the browser's memory. */
const [MOST_BYTES, MOST_SIDE] = [2 ** 25, 20_000];

/**
 * The ink of an image.
 *
 * @param side pixels of its longer side, afterwards
 * @throws Error in words for the buyer
 */
export async function imageOf(file: File, side: number): Promise<Ink> {
  if (file.size > MOST_BYTES) throw new Error("This file is larger than 32 MiB: choose a smaller image.");
  const image = await createImageBitmap(file).catch(() => {
    throw new Error("This file is no image that the browser can read.");
  });
  const longer = Math.max(image.width, image.height);
  if (longer > MOST_SIDE) throw new Error("This image is too large: choose a smaller one.");
  const [width, height] = [image.width, image.height].map((one) =>
    Math.max(1, Math.round((one * side) / longer)),
  );
  const context = new OffscreenCanvas(width, height).getContext("2d")!;
  context.drawImage(image, 0, 0, width, height);
  image.close();
  return inkOfImage(context.getImageData(0, 0, width, height).data, width, height);
}
