/** The largest float32. Steps compute in float32, where a number beyond it would be infinite. */
export const MAX_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;
