/**
 * Times as the contract writes and reads them (RFC 3339), by arithmetic alone.
 *
 * Days are counted with the civil calendar of Howard Hinnant's `days_from_civil`: a year begins in
 * March, so the leap day is its last.
 */

const dayMs = 86_400_000;
const eraDays = 146_097;
/** Days from 0000-03-01 to 1970-01-01. */
const epochDays = 719_468;

/** Latest time that four digits of a year can write, in ms since 1970. */
export const timeMsMax = 253_402_300_799_999;

let dayFormatted = -1;
let dayText = "";

/**
 * `2026-11-23T04:05:06.789Z`, always three decimals.
 * @param timeMs whole milliseconds since 1970, 0 to timeMsMax
 */
export function formatTime(timeMs: number): string {
  const day = Math.floor(timeMs / dayMs);
  // Answers of one day share its text: only the time of day is computed each time.
  if (day !== dayFormatted) {
    dayText = formatDay(day);
    dayFormatted = day;
  }
  const rest = timeMs - day * dayMs;
  const hours = Math.floor(rest / 3_600_000);
  const minutes = Math.floor(rest / 60_000) % 60;
  const seconds = Math.floor(rest / 1000) % 60;
  return `${dayText}T${two(hours)}:${two(minutes)}:${two(seconds)}.${three(rest % 1000)}Z`;
}

function formatDay(day: number): string {
  const shifted = day + epochDays;
  const era = Math.floor(shifted / eraDays);
  const dayOfEra = shifted - era * eraDays;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(dayOfMonth)}`;
}

const timePattern =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/**
 * Milliseconds since 1970 of an RFC 3339 time with any offset, cut to milliseconds; null when the
 * text is none, names a day that does not exist, or lies after timeMsMax. A leap second can only be
 * the last of a month in UTC (RFC 3339 §5.7); it is read as the second after it, as our clocks have
 * none. A time before 1970 is 1970: to us both are long past, and programs write year 1 for "no time".
 */
export function parseTime(text: string): number | null {
  const parts = timePattern.exec(text);
  if (parts === null) return null;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const [hours, minutes, seconds] = [Number(parts[4]), Number(parts[5]), Number(parts[6])];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  if (hours > 23 || minutes > 59 || seconds > 60) return null;
  const offset = parts[8] === undefined ? 0 : offsetMinutes(parts[8], parts[9], parts[10]);
  if (offset === null) return null;
  const milliseconds = Number((parts[7] ?? "").padEnd(3, "0").slice(0, 3));
  const ofDay = ((hours * 60 + minutes - offset) * 60 + seconds) * 1000 + milliseconds;
  const time = daysSince1970(year, month, day) * dayMs + ofDay;
  if (seconds === 60 && !isFirstSecondOfMonth(time)) return null;
  return time > timeMsMax ? null : Math.max(0, time);
}

function isFirstSecondOfMonth(timeMs: number): boolean {
  const day = Math.floor(timeMs / dayMs);
  return timeMs - day * dayMs < 1000 && formatDay(day).endsWith("-01");
}

function offsetMinutes(sign: string, hours = "0", minutes = "0"): number | null {
  if (Number(hours) > 23 || Number(minutes) > 59) return null;
  const offset = Number(hours) * 60 + Number(minutes);
  return sign === "-" ? -offset : offset;
}

function daysSince1970(year: number, month: number, day: number): number {
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * eraDays + dayOfEra - epochDays;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}

function three(value: number): string {
  return value < 10 ? `00${value}` : value < 100 ? `0${value}` : `${value}`;
}
