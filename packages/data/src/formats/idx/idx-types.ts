/** The type of NumPy for each code of IDX; numbers are big-endian. */
export const types: Readonly<Record<number, string>> = {
  8: '|u1',
  9: '|i1',
  11: '>i2',
  12: '>i4',
  13: '>f4',
  14: '>f8',
};
