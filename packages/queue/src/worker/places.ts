/** Places for trainings that run at a time. Who finds none waits in line. */
export interface Places {
  /** Takes a place if one is free. */
  takeFree(): boolean;
  /** Waits for a place, and takes it. */
  take(): Promise<void>;
  /** Gives a place back: to who has waited longest. */
  giveBack(): void;
}

/** @param count how many there are */
export function openPlaces(count: number): Places {
  let free = count;
  const line: (() => void)[] = [];
  const takeFree = () => {
    if (free === 0) return false;
    free -= 1;
    return true;
  };
  return {
    takeFree,
    take: () => (takeFree() ? Promise.resolve() : new Promise((resolve) => line.push(resolve))),
    giveBack() {
      const first = line.shift();
      if (first) first();
      else free += 1;
    },
  };
}
