/** Lets the browser save a file. */
export function save(name: string, contents: string | Blob, type: string): void {
  const blob = typeof contents === 'string' ? new Blob([contents], { type }) : contents;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser reads the address while it answers the click.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Pixels of a PNG for each CSS pixel, as by default in the command. */
const SCALE = 2;

/** Draws an SVG as PNG. */
export async function pngOf(svg: string): Promise<Blob> {
  const image = new Image();
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = SCALE * image.naturalWidth;
    canvas.height = SCALE * image.naturalHeight;
    (canvas.getContext('2d') as CanvasRenderingContext2D).drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (!blob) throw new Error('this browser cannot make a PNG of that size');
    return blob;
  } finally {
    URL.revokeObjectURL(address);
  }
}
