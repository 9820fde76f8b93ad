/** A line that is cut at the panel's edges and has gaps where there is no value. */
export const curveMark = {
  type: 'line',
  strokeCap: 'round',
  strokeJoin: 'round',
  clip: true,
  invalid: 'break-paths-show-path-domains',
} as const;
