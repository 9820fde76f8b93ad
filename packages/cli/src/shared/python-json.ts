/**
 * Reads JSON as Python's `json.dumps` writes it, in which numbers that are not finite are words that JSON does not have. They become null.
 *
 * @returns undefined for what is no JSON either
 */
export function pythonJson(text: string): unknown {
  const standard = parsed(text);
  if (standard !== undefined || !/NaN|Infinity/.test(text)) return standard;
  return parsed(text.replaceAll(/(?<=[[:,\s])-?(?:NaN|Infinity)(?=[\],}\s])/g, 'null'));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
