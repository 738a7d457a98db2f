/** Seconds by which `Worked.began` is: the clock that all threads of a process share. */
export function clock(): number {
  return (performance.timeOrigin + performance.now()) / 1000;
}
