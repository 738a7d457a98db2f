import { listProcesses, readMemory, readProcess, wasStartedWith, type ProcessEntry } from './process-table.js';

/** What a program and all processes that came of it have used. */
export interface TreeUsage {
  /**
   * User and system time of all of them. At least so much: of a process that nobody waited for, what it did after the
   * last look is not known.
   */
  readonly processorSeconds: number;
  /**
   * At the look where it was largest, in MB (10^6 bytes): the sum of their proportional set sizes or, if that is more, the
   * resident set of the largest. At least so much: exact for one process; of several, pages that are also those of a
   * process outside (a library, say) count in part.
   */
  readonly peakMegabytes: number;
  /** The most that there were at once. */
  readonly processes: number;
}

interface Member {
  last: ProcessEntry;
  /** Those that it may still wait for, or has. */
  readonly children: Set<Member>;
  /** Where it is itself. */
  siblings: Set<Member>;
}

/**
 * The processes of a program: the one that was started, whatever its processes started, and what has an entry of its own
 * in its environment, which finds those whose parent ended before anybody looked (daemons do so on purpose).
 */
export class ProcessTree {
  readonly #mark: string;
  readonly #living = new Map<number, Member>();
  /** Of this process: what was waited for before, and is none of the program's. */
  readonly #waitedBefore = waitedByMe();
  /** Ids that need no further look: not of the program, or ended. */
  readonly #strangers = new Set<number>();
  /** The program itself, which this process waits for. */
  readonly #program = new Set<Member>();
  /** Those whose parent has ended: no other member waits for them. */
  readonly #orphans = new Set<Member>();
  #peakBytes = 0;
  #most = 0;

  /**
   * To be made just before the program starts.
   * @param mark `NAME=value` in the environment of the program
   */
  constructor(mark: string) {
    this.#mark = mark;
    for (const pid of listProcesses()) this.#strangers.add(pid);
  }

  /** Looks once. @returns how many processes there are */
  look(): number {
    const listed = listProcesses();
    const there = new Set(listed);
    for (const pid of this.#strangers) if (!there.has(pid)) this.#strangers.delete(pid);
    for (const [pid, member] of this.#living) this.#update(pid, member);
    // Ids mostly grow, so that a parent comes before its children; those of others are found by their mark.
    for (const pid of listed) if (!this.#living.has(pid) && !this.#strangers.has(pid)) this.#admit(pid);
    let sum = 0;
    for (const pid of this.#living.keys()) {
      const { resident, proportional } = readMemory(pid);
      sum += proportional;
      this.#peakBytes = Math.max(this.#peakBytes, resident, sum);
    }
    this.#most = Math.max(this.#most, this.#living.size);
    return this.#living.size;
  }

  /** Ends what still runs. */
  end(): void {
    for (const [pid, { last }] of this.#living) {
      if (readProcess(pid)?.startedAt !== last.startedAt) continue; // the id is another's by now
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has just ended.
      }
    }
  }

  /** To be asked once the program has ended, with no other child of this process having ended meanwhile. */
  usage(): TreeUsage {
    return {
      processorSeconds: withChildren(0, waitedByMe() - this.#waitedBefore, this.#program) + sumOf(this.#orphans),
      peakMegabytes: this.#peakBytes / 1e6,
      processes: this.#most,
    };
  }

  #update(pid: number, member: Member): void {
    const now = readProcess(pid);
    const same = now?.startedAt === member.last.startedAt;
    if (same) {
      if (now.parent !== member.last.parent) this.#place(member, now.parent);
      member.last = now;
      if (!now.ended) return;
    }
    this.#living.delete(pid);
    if (same) this.#strangers.add(pid); // it has been counted
  }

  #admit(pid: number): void {
    const entry = readProcess(pid);
    if (!entry) return;
    if (!this.#living.has(entry.parent) && !wasStartedWith(pid, this.#mark)) {
      this.#strangers.add(pid);
      return;
    }
    const member: Member = { last: entry, children: new Set(), siblings: this.#orphans };
    this.#place(member, entry.parent);
    if (entry.ended) this.#strangers.add(pid);
    else this.#living.set(pid, member);
  }

  /** Among the children of its parent, which changes when that ends. */
  #place(member: Member, parent: number): void {
    member.siblings.delete(member);
    const ofMe = parent === process.pid ? this.#program : undefined;
    member.siblings = ofMe ?? this.#living.get(parent)?.children ?? this.#orphans;
    member.siblings.add(member);
  }
}

/**
 * Of a process's children two sums are known: what those that it waited for have used in all, and what was seen of each at
 * the last look. Both may lack something (children that nobody waited for, the time after a look), neither has too much.
 */
function withChildren(own: number, waited: number, children: ReadonlySet<Member>): number {
  return own + Math.max(waited, sumOf(children));
}

function sumOf(members: ReadonlySet<Member>): number {
  let seconds = 0;
  for (const { last, children } of members) seconds += withChildren(last.ownSeconds, last.waitedSeconds, children);
  return seconds;
}

function waitedByMe(): number {
  return readProcess(process.pid)?.waitedSeconds ?? 0;
}
