/** Numbers for narrow columns: five characters at most. */

/** A count: `9999`, `12.3k`, `345k`, `4.1M`. */
export function compactCount(count: number): string {
  if (count < 10_000) return String(count);
  if (count < 999_500) return `${threeDigits(count / 1000)}k`;
  return count < 999_500_000 ? `${threeDigits(count / 1e6)}M` : `${threeDigits(count / 1e9)}G`;
}

/** A rate: `0.25`, `12.5`, `480`, `12.3k`. What is not nothing never looks like nothing. */
export function compactRate(perSecond: number): string {
  if (perSecond === 0) return "0";
  if (perSecond < 0.01) return "<0.01";
  return perSecond < 1000 ? threeDigits(perSecond) : compactCount(Math.round(perSecond));
}

/** An age or a duration: `0s`, `12s`, `3m12s`, `2h05m`, `3d04h`, `120d`. */
export function compactDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${twoDigits(seconds % 60)}s`;
  const hours = Math.floor(seconds / 3600);
  if (hours < 24) return `${hours}h${twoDigits(Math.floor(seconds / 60) % 60)}m`;
  const days = Math.floor(hours / 24);
  return days < 100 ? `${days}d${twoDigits(hours % 24)}h` : `${days}d`;
}

/** Three digits that matter, and no zeros behind the point. */
function threeDigits(value: number): string {
  if (value >= 99.95) return String(Math.round(value));
  return String(Number(value.toFixed(value >= 9.995 ? 1 : 2)));
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
