/** Told the influences [records] of each figure that has them, by its name: from them differences get their intervals. */
export type NoteInfluences = (name: string, influences: Float64Array) => void;
