/** Units of time, and how many of them a second has; 0 for a day. */
export const perSecond = { D: 0n, s: 1n, ms: 1000n, us: 1_000_000n, ns: 1_000_000_000n } as const;

/** A unit of time. */
export type TimeUnit = keyof typeof perSecond;

/** JavaScript's dates reach so many days before and after 1970. */
const MOST_DAYS = 100_000_000n;

/**
 * The texts of dates and times, as `DataFrame.to_csv` writes a column of them: dates alone where every time is midnight,
 * otherwise with the time to the second, or with three, six or nine places where some moment needs them.
 *
 * @param moments in units since 1970; null for a missing one
 * @param zoned whether they are moments in UTC rather than what a clock showed
 * @returns null for missing moments, and for those that no calendar has
 */
export function momentTexts(moments: readonly (bigint | null)[], unit: TimeUnit, zoned = false): (string | null)[] {
  const scale = perSecond[unit];
  if (scale === 0n) return moments.map((moment) => (moment === null ? null : dateText(moment)));
  const day = 86_400n * scale;
  const known = moments.filter((moment) => moment !== null);
  if (!zoned && known.every((moment) => moment % day === 0n))
    return moments.map((moment) => (moment === null ? null : dateText(moment / day)));
  const places =
    [0, 3, 6, 9].find((count) => known.every((moment) => (moment * 10n ** BigInt(count)) % scale === 0n)) ?? 9;
  return moments.map((moment) => {
    if (moment === null) return null;
    const within = ((moment % day) + day) % day;
    const date = dateText((moment - within) / day);
    if (date === null) return null;
    const seconds = Number(within / scale);
    const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    const time = parts.map((part) => String(part).padStart(2, '0')).join(':');
    const fraction = ((within % scale) * 10n ** BigInt(places)) / scale;
    return `${date} ${time}${places === 0 ? '' : `.${String(fraction).padStart(places, '0')}`}${zoned ? '+00:00' : ''}`;
  });
}

/** The date so many days after 1970. */
function dateText(days: bigint): string | null {
  if (days > MOST_DAYS || days < -MOST_DAYS) return null;
  const date = new Date(Number(days) * 86_400_000);
  const year = date.getUTCFullYear();
  if (year < 1 || year > 9999) return date.toISOString().replace(/T.*/, '');
  return date.toISOString().slice(0, 10);
}
