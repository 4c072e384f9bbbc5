/** Most memory that this process has held at once. */
import { readFileSync } from 'node:fs';

/** Linux says it in VmHWM; elsewhere the system's own maximum serves. */
export function peakMemoryBytes(): number {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    const found = /^VmHWM:\s*(\d+) kB$/m.exec(status);
    if (found) return 1024 * Number(found[1]);
  } catch {
    // not Linux
  }
  return 1024 * process.resourceUsage().maxRSS;
}
