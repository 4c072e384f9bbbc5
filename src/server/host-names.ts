/** Host names in requests and on the command line. */
import { isIP } from 'node:net';

/** Of a Host header or of an origin's authority: without port, brackets and case. */
export function hostNameOf(authority: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(authority)?.[1];
  return (bracketed ?? authority.replace(/:\d*$/, '')).toLowerCase();
}

export function isAddress(name: string): boolean {
  return isIP(name) !== 0;
}

export function isLoopback(name: string): boolean {
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  return (isIP(name) === 4 && name.startsWith('127.')) || name === '::1';
}
