/** Where a picture's panels stand, in pixels. */
export interface PictureLayout {
  /** height of the whole picture */
  height: number;
  /** width of the panels, axes not counted */
  inner: number;
  left: number;
  top: number;
  right: number;
  bottom: number;
  /** space between the panels */
  spacing: number;
}

/** What pictures of panels one above the other have in common, for Vega-Lite. */
export function stackedPicture({ height, inner, left, top, right, bottom, spacing }: PictureLayout) {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    // The size is that of the whole picture; Vega-Lite has no property for it where views are stacked.
    autosize: 'none' as const,
    padding: { left, top, right, bottom },
    params: [
      { name: 'width', value: inner },
      { name: 'height', value: height - top - bottom },
    ],
    bounds: 'flush' as const,
    spacing,
  };
}
