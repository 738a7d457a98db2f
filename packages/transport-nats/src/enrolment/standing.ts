import { readCertificate } from '../pki/authority.js';

/** How it stands with a certificate by the clock of this machine, which may be wrong: TLS decides by those of both sides. */
export interface CertificateStanding {
  readonly state: 'early' | 'good' | 'due' | 'ended';
  readonly notAfter: Date;
  /** For people. */
  readonly words: string;
}

const day = 24 * 3600 * 1000;

/** @param now of this machine; `due` begins when two thirds of the time are over */
export function certificateStanding(pem: string, now: Date = new Date()): CertificateStanding {
  const { notBefore, notAfter } = readCertificate(pem);
  const [from, until, at] = [notBefore.getTime(), notAfter.getTime(), now.getTime()];
  if (at < from)
    return { state: 'early', notAfter, words: `begins ${dayOf(notBefore)}: the clock of this machine (${now.toISOString()}) may be wrong` }; // prettier-ignore
  if (at >= until)
    return { state: 'ended', notAfter, words: `ended ${dayOf(notAfter)}, ${days(at - until)} ago by the clock of this machine` }; // prettier-ignore
  const due = at >= from + ((until - from) * 2) / 3;
  return { state: due ? 'due' : 'good', notAfter, words: `ends ${dayOf(notAfter)}, in ${days(until - at)}` };
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function days(milliseconds: number): string {
  const whole = Math.floor(milliseconds / day);
  return whole > 0 ? many(whole, 'day') : many(Math.max(1, Math.round(milliseconds / 3_600_000)), 'hour');
}

function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
