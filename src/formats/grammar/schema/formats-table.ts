/**
 * Formats of strings, as patterns of whole texts. Where a format allows more than one way to write
 * a thing, the usual ways are here: each text is of the format, not each text of the format is here.
 */

const day = String.raw`(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))`;
const leapYear = String.raw`(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)`;
const date = String.raw`(?:\d{4}-${day}|${leapYear}-02-29)`;
const clock = String.raw`(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?`;
const time = String.raw`${clock}(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)`;
const label = '[a-z0-9]{1,24}(?:-[a-z0-9]{1,24}){0,1}';
const hostname = String.raw`${label}(?:\.${label}){0,4}`;
const byte = String.raw`(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`;
const ipv4 = String.raw`${byte}(?:\.${byte}){3}`;
const group = '[0-9a-fA-F]{1,4}';
const path = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";
const tail = String.raw`(?:/${path}*)*(?:\?(?:${path}|[/?])*)?(?:#(?:${path}|[/?])*)?`;
const atom = '[A-Za-z0-9_+-]{1,32}';
const count = String.raw`\d{1,4}`;
const clockPart = `(?:T(?:${count}H(?:${count}M)?(?:${count}S)?|${count}M(?:${count}S)?|${count}S))`;
const datePart = `(?:${count}Y(?:${count}M(?:${count}D)?)?|${count}M(?:${count}D)?|${count}D)`;

export const formatPatterns: Readonly<Record<string, string>> = {
  date,
  time,
  'date-time': `${date}T${time}`,
  'iso-date-time': `${date}T${time}`,
  'iso-time': time,
  duration: `P(?:${count}W|${datePart}${clockPart}?|${clockPart})`,
  email: String.raw`${atom}(?:\.${atom}){0,3}@${label}(?:\.${label}){1,3}`,
  hostname,
  ipv4,
  ipv6: `(?:(?:${group}:){7}${group}|(?:${group}:){1,6}:${group}|::(?:${group})?)`,
  uuid: '[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}',
  uri: String.raw`[a-z][a-z0-9+.-]{1,15}://${hostname}(?::[1-9]\d{0,3})?${tail}`,
  url: String.raw`https?://${label}(?:\.${label}){0,3}\.[a-z]{2,12}(?::[1-9]\d{1,3})?(?:/${path}*)*`,
  'uri-reference': `/${path}*${tail}`,
  'json-pointer': String.raw`(?:/(?:[^~/\x00-\x1f]|~[01])*)*`,
  byte: '(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?',
};

/** How a text is shown or kept, not what is in it. */
export const annotatingFormats: ReadonlySet<string> = new Set([
  ...['password', 'binary', 'float', 'double', 'int64', 'uint64', 'textarea', 'markdown'],
]);

/** Of whole numbers: the least and the greatest. */
export const integerFormats: Readonly<Record<string, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
};
